import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbAuditLog } from '../../shared/adapters/aws/audit-log.ts';
import { createTables } from '../../shared/adapters/aws/create-tables.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../shared/adapters/aws/embedded-dynamodb.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { anEntry } from '../contracts/samples.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/fulcrum.mjs', import.meta.url));
const ID = 'ceiling/production/core-api/20261201T1229-0a1b2c3d';

let database: EmbeddedDynamoDb;
beforeAll(async () => {
  database = await startEmbeddedDynamoDb();
  await createTables(database.client, { audit: 'fulcrum-audit', state: 'fulcrum-state' });
  const audit = new DynamoDbAuditLog(database.client, 'fulcrum-audit', 7);
  await audit.append(anEntry({ decisionId: ID, transition: 'decided', sentence: 'raise max 10 → 14' }));
  await audit.append(anEntry({ decisionId: 'another', transition: 'decided', sentence: 'something else' }));
  await audit.append(anEntry({ decisionId: ID, transition: 'applied', sentence: 'applied: raise max 10 → 14' }));
});
afterAll(() => database.stop());

/** As a person starts it, with the credentials of their shell. */
function fulcrum(...args: readonly string[]) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    AWS_ENDPOINT_URL: database.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  return new Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [LAUNCHER, ...args], { env }, (_, stdout, stderr) => {
      resolve({ status: child.exitCode ?? 1, stdout, stderr });
    });
  });
}

describe('fulcrum audit', () => {
  const here = ['--table', 'fulcrum-audit', '--region', 'eu-central-1'];

  it('prints the story of a decision, oldest first, and nothing of others', async () => {
    const { status, stdout, stderr } = await fulcrum('audit', ID, ...here);
    expect([status, stderr]).toEqual([0, '']);
    const [decided = '', applied = '', ...more] = stdout.trim().split('\n\n');
    expect(decided).toMatch(/Z {2}decided {2}\S+ #1\n {2}raise max 10 → 14\n {2}lever /);
    expect(applied).toMatch(/Z {2}applied {2}\S+ #3\n {2}applied: raise max 10 → 14\n/);
    expect(more).toEqual([]);
  });

  it('prints all of it as JSON, as it is stored', async () => {
    const { stdout } = await fulcrum('audit', ID, ...here, '--json');
    const records = JSON.parse(stdout) as readonly AuditRecord[];
    expect(records.map(({ sequence, transition }) => [sequence, transition])).toEqual([
      [1, 'decided'],
      [3, 'applied'],
    ]);
    expect(records[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a decision that nobody has made', ['none', ...here], /^fulcrum-audit has no record of none$/],
    [
      'a table that is not there',
      [ID, '--table', 'other', '--region', 'eu-central-1'],
      /^reading other: .*not found.*; is that the name, and the region where it is\?$/i,
    ],
    ['no table', [ID, '--region', 'eu-central-1'], /required option '--table <name>' not specified/],
  ])('says in a line what is wrong with %s', async (_, args, why) => {
    const { status, stdout, stderr } = await fulcrum('audit', ...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(why);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
