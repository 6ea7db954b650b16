import type { Command } from 'commander';
import { DynamoDbAuditLog } from '../shared/adapters/aws/audit-log.ts';
import { dynamoDbClient } from '../shared/adapters/aws/clients.ts';
import type { AuditRecord } from '../shared/domain/audit.ts';
import { withRemedy } from './aws-remedy.ts';

interface AuditOptions {
  readonly table: string;
  readonly region: string;
  readonly json?: true;
}

/** Nothing is written here, so nothing is kept. */
const NO_RETENTION_YEARS = 1;

export function registerAudit(program: Command): void {
  const { AWS_REGION, FULCRUM_AUDIT_TABLE } = process.env;
  program
    .command('audit')
    .description(
      'print the records of a decision from the audit table, oldest first, with the credentials of your shell',
    )
    .argument('<decision>', 'as a pull request, a log or another record names it')
    .requiredOption('--table <name>', 'the audit table: output `AuditTable` of the stack', FULCRUM_AUDIT_TABLE)
    .requiredOption('--region <region>', 'where it is', AWS_REGION)
    .option('--json', 'all of every record, with the arguments of the lever')
    .action(audit);
}

async function audit(decisionId: string, { table, region, json }: AuditOptions): Promise<void> {
  const records = await recordsOf(decisionId, table, region);
  if (records.length === 0) throw new RangeError(`${table} has no record of ${decisionId}`);
  console.log(json === true ? JSON.stringify(records, null, 2) : records.map(paragraphOf).join('\n\n'));
}

/** @throws RangeError with the words of AWS: who may not read the table can mend that. */
async function recordsOf(decisionId: string, table: string, region: string): Promise<readonly AuditRecord[]> {
  const client = dynamoDbClient(region);
  try {
    return await new DynamoDbAuditLog(client, table, NO_RETENTION_YEARS).byDecision(decisionId);
  } catch (error) {
    const complaint = error instanceof Error ? error.message : String(error);
    throw new RangeError(withRemedy(complaint, 'dynamodb:Query'), { cause: error });
  } finally {
    client.destroy();
  }
}

function paragraphOf(record: AuditRecord): string {
  const { at, transition, resource, sequence, sentence, lever, trigger, codeVersion, policyVersion } = record;
  return [
    `${at}  ${transition}  ${resource} #${sequence}`,
    `  ${sentence}`,
    `  lever ${lever ?? 'none'}, woken by ${trigger.kind} ${trigger.id}, code ${codeVersion}, policy ${policyVersion}`,
  ].join('\n');
}
