import type { AuditRecord } from '../domain/audit.ts';
import type { Description } from '../pull-requests/describe.ts';

/** The audit table, as a person reaches it. */
export interface AuditTable {
  readonly name: string;
  readonly region: string;
}

/** The editor of items of Amazon DynamoDB in the console of AWS; partition key and sort key are those of the audit table. */
const AWS_CONSOLE =
  'https://{region}.console.aws.amazon.com/dynamodbv2/home?region={region}#edit-item?itemMode=2&pk={resource}&sk={sequence}&table={table}';

/** What a shell takes as one plain word. */
const PLAIN_WORD = /^\w[\w./:+-]*$/;

/**
 * Where a decision is read: as a link where policy says how, and as the command that prints it.
 *
 * @param auditLink `aws-console`, or an address with `{decisionId}`, `{resource}`, `{sequence}`, `{region}` and `{table}`
 * @param record    of the decision; `null` where it is out of reach, and there is nothing to link to
 * @param table     `null` where nobody but this process reaches it
 */
export function auditAddress(
  decisionId: string,
  record: AuditRecord | null,
  { auditLink, table }: { readonly auditLink: string | undefined; readonly table: AuditTable | null },
): Description['audit'] {
  return {
    decisionId,
    address: record === null || auditLink === undefined ? null : filled(auditLink, record, table),
    ...(table === null ? {} : commandOf(decisionId, table)),
  };
}

function filled(auditLink: string, { decisionId, resource, sequence }: AuditRecord, table: AuditTable | null) {
  const values: Readonly<Record<string, string | undefined>> = {
    decisionId,
    resource,
    sequence: String(sequence),
    region: table?.region,
    table: table?.name,
  };
  const template = auditLink === 'aws-console' ? AWS_CONSOLE : auditLink;
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  // Half an address leads nowhere.
  if (names.some((name) => values[name] === undefined)) return null;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

function commandOf(decisionId: string, { name, region }: AuditTable): { readonly command?: string } {
  if (![decisionId, name, region].every((word) => PLAIN_WORD.test(word))) return {};
  return { command: `npx fulcrum audit ${decisionId} --table ${name} --region ${region}` };
}
