import { describe, expect, it } from '@jest/globals';
import { auditAddress } from '../../shared/proposals/audit-address.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';

const TABLE = { name: 'fulcrum-audit', region: 'eu-central-1' };
const ID = 'ceiling/production/core-api/20261201T1229-0a1b2c3d';
const RECORD = {
  decisionId: ID,
  resource: 'proposal/ceiling/service/production/core api',
  sequence: 17,
} as unknown as AuditRecord;

describe('where a decision is read', () => {
  it('is the item of the table in the console of AWS', () => {
    expect(auditAddress(ID, RECORD, { auditLink: 'aws-console', table: TABLE }).address).toBe(
      'https://eu-central-1.console.aws.amazon.com/dynamodbv2/home?region=eu-central-1#edit-item?itemMode=2&pk=proposal%2Fceiling%2Fservice%2Fproduction%2Fcore%20api&sk=17&table=fulcrum-audit',
    );
  });

  it('is an address of the house, with what it asks for', () => {
    const auditLink = 'https://audit.example.org/{table}/{decisionId}?n={sequence}';
    expect(auditAddress(ID, RECORD, { auditLink, table: TABLE }).address).toBe(
      'https://audit.example.org/fulcrum-audit/ceiling%2Fproduction%2Fcore-api%2F20261201T1229-0a1b2c3d?n=17',
    );
  });

  it.each([
    { when: 'policy names none', auditLink: undefined, record: RECORD, table: TABLE },
    { when: 'the record is out of reach', auditLink: 'aws-console', record: null, table: TABLE },
    { when: 'nobody reaches the table', auditLink: 'aws-console', record: RECORD, table: null },
    { when: 'it asks for what is not known', auditLink: 'https://x.example/{shard}', record: RECORD, table: TABLE },
  ])('is no link when $when', ({ auditLink, record, table }) => {
    expect(auditAddress(ID, record, { auditLink, table }).address).toBeNull();
  });

  it('is told as a command that a person can paste, and as none that a shell would read otherwise', () => {
    const command = (id: string) => auditAddress(id, null, { auditLink: undefined, table: TABLE }).command;
    expect(command(ID)).toBe(`npx fulcrum audit ${ID} --table fulcrum-audit --region eu-central-1`);
    for (const id of ['a b', 'a;rm -rf /', '$(x)', "a'b", 'a`b`', 'ä', '--table=x']) {
      expect(command(id)).toBeUndefined();
    }
    expect(auditAddress(ID, null, { auditLink: undefined, table: null }).command).toBeUndefined();
  });
});
