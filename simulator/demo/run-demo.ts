import type { Journal } from '../../functions/journal.ts';
import { DynamoDbAuditLog } from '../../shared/adapters/aws/audit-log.ts';
import { createTables } from '../../shared/adapters/aws/create-tables.ts';
import { startEmbeddedDynamoDb } from '../../shared/adapters/aws/embedded-dynamodb.ts';
import { DynamoDbForecastStore } from '../../shared/adapters/aws/forecast-store.ts';
import { DynamoDbStateStore } from '../../shared/adapters/aws/state-store.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { DAY, later, utcDay } from '../../shared/domain/units.ts';
import type { AuditLog } from '../../shared/ports.ts';
import { STEP_SECONDS } from '../load/steps.ts';
import type { ReportData } from '../report/report-data.ts';
import { type CodeRepository, makeCodeRepository, withCode } from './code-repository.ts';
import { reportOfRun } from './report-of-run.ts';
import { type DemoRun, runBaseline, runWithFulcrum } from './run.ts';
import type { DemoWorld } from './world.ts';

/** The demo tells its story with the audit table; the log of the handlers would only repeat it. */
export const SILENT: Journal = { tell: () => undefined, warn: () => undefined, count: () => undefined };

/**
 * Runs a world with Fulcrum, over an embedded DynamoDB, and with target tracking alone.
 *
 * @param codeFolder where its infrastructure code is written to, as a git repository; `null`: it has none
 */
export async function runDemo(
  world: DemoWorld,
  onProgress: (share: number) => void,
  codeFolder: string | null = null,
): Promise<ReportData> {
  const code = codeFolder === null ? null : await makeCodeRepository(codeFolder, world.startsAt);
  const furnished = code === null ? world : withCode(world, code.remote);
  const { run, records } = await runOverDynamoDb(furnished, onProgress, code);
  return reportOfRun(furnished, run, runBaseline(furnished), records, (await code?.proposals()) ?? []);
}

export interface ToldRun {
  readonly run: DemoRun;
  readonly records: readonly AuditRecord[];
}

/** Where the world has a past, the forecast function runs as well. */
export async function runOverDynamoDb(
  world: DemoWorld,
  onProgress: (share: number) => void,
  code: CodeRepository | null = null,
): Promise<ToldRun> {
  const dynamoDb = await startEmbeddedDynamoDb();
  try {
    const names = { audit: 'fulcrum-audit', state: 'fulcrum-state' };
    await createTables(dynamoDb.client, names);
    const audit = new DynamoDbAuditLog(dynamoDb.client, names.audit, world.policy.auditRetentionYears);
    const state = new DynamoDbStateStore(dynamoDb.client, names.state);
    const tables = { audit, state };
    const run = await runWithFulcrum(
      world,
      world.past.size === 0
        ? tables
        : { ...tables, forecasts: new DynamoDbForecastStore(dynamoDb.client, names.state) },
      SILENT,
      onProgress,
      code,
    );
    return { run, records: await allRecords(world, run.recording.steps, audit) };
  } finally {
    await dynamoDb.stop();
  }
}

/** Read back from the table, day by day, as anybody would. */
async function allRecords(world: DemoWorld, steps: number, audit: AuditLog): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  const end = later(world.startsAt, steps * STEP_SECONDS);
  for (let at = world.startsAt; utcDay(at) <= utcDay(end); at = later(at, DAY)) {
    records.push(...(await audit.byDay(utcDay(at))));
  }
  return records;
}
