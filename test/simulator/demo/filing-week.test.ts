import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { DynamoDbAuditLog } from '../../../shared/adapters/aws/audit-log.ts';
import { createTables } from '../../../shared/adapters/aws/create-tables.ts';
import { startEmbeddedDynamoDb } from '../../../shared/adapters/aws/embedded-dynamodb.ts';
import { DynamoDbStateStore } from '../../../shared/adapters/aws/state-store.ts';
import { MemoryAuditLog } from '../../../shared/adapters/memory/audit-log.ts';
import { MemoryStateStore } from '../../../shared/adapters/memory/state-store.ts';
import { verifyChain } from '../../../shared/audit/chain.ts';
import { loadPolicyFile } from '../../../shared/config/load-file.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { HOUR, later, utcDay } from '../../../shared/domain/units.ts';
import type { Tables } from '../../../simulator/demo/control-plane.ts';
import { filingWeek } from '../../../simulator/demo/filing-week.ts';
import { runDemo } from '../../../simulator/demo/run-demo.ts';
import { type DemoRun, runBaseline, runWithFulcrum } from '../../../simulator/demo/run.ts';
import type { DemoWorld } from '../../../simulator/demo/world.ts';
import { STEP_SECONDS } from '../../../simulator/load/steps.ts';
import { expectReplays, expectWholeStories } from '../../support/laws.ts';

const SILENT = { tell: () => undefined, warn: () => undefined, count: () => undefined };

async function week(): Promise<DemoWorld> {
  const loaded = await loadPolicyFile(
    fileURLToPath(new URL('../../../simulator/demo/filing-week.yml', import.meta.url)),
  );
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return filingWeek(loaded.policy);
}

/** So many hours of a world, beginning so many hours after it does. */
function cut(world: DemoWorld, fromHours: number, hours: number): DemoWorld {
  const first = (fromHours * HOUR) / STEP_SECONDS;
  const startsAt = later(world.startsAt, fromHours * HOUR);
  return {
    ...world,
    startsAt,
    services: world.services.map((service) => ({
      ...service,
      load: {
        ...service.load,
        startsAt,
        perSecond: service.load.perSecond.slice(first, first + (hours * HOUR) / STEP_SECONDS),
      },
    })),
    happenings: world.happenings.filter(({ at }) => at >= startsAt),
  };
}

async function run(
  world: DemoWorld,
  tables: Tables = { audit: new MemoryAuditLog(), state: new MemoryStateStore() },
): Promise<{ readonly run: DemoRun; readonly records: readonly AuditRecord[] }> {
  const done = await runWithFulcrum(world, tables, SILENT, () => undefined);
  const days = [world.startsAt, later(world.startsAt, 24 * HOUR)].map(utcDay);
  const records = (await Promise.all(days.map((day) => tables.audit.byDay(day)))).flat();
  return { run: done, records };
}

function expectSoundRecords(records: readonly AuditRecord[]): void {
  for (const [, chain] of Map.groupBy(records, ({ resource }) => resource)) {
    expect(verifyChain(chain)).toEqual({ kind: 'ok', records: chain.length });
    expectWholeStories(chain);
    expectReplays(chain);
  }
}

describe('the filing week', () => {
  it('goes through its first day: what somebody left behind is put right at once, and then it is quiet', async () => {
    const world = cut(await week(), 0, 24);
    const { run: done, records } = await run(world);
    expectSoundRecords(records);
    expect(records.filter(({ transition }) => transition === 'failed')).toEqual([]);
    const repaired = records.filter(({ lever, transition }) => lever === 'target-tracking' && transition === 'applied');
    expect(repaired.map(({ resource }) => resource)).toEqual(['service/production/telemetry-api']);
    expect(repaired[0]?.sentence).toContain('put target tracking right');
    // A look a minute, and hardly a metric: quiet looks and quiet probes cost nothing.
    expect(done.invocations).toBeGreaterThanOrEqual(1_440);
    expect(done.calls.metricsAsked).toBeLessThan(500);
    expect(records.length).toBeLessThan(100);
  });

  it('has a news item on Tuesday evening that makes the ceiling rise, the same in every run', async () => {
    const world = cut(await week(), 43, 3);
    const [once, again] = [await run(world), await run(world)];
    expect(again.records).toEqual(once.records);
    expect(again.run).toEqual(once.run);
    const raised = once.records.filter(({ lever, transition }) => lever === 'ceiling' && transition === 'applied');
    expect(raised.length).toBeGreaterThan(0);
    expect(new Set(raised.map(({ resource }) => resource))).toEqual(new Set(['service/production/portal']));
    expectSoundRecords(once.records);
  });

  it('has a deadline announced on Wednesday, once refused and once taken: the same in DynamoDB as in memory', async () => {
    const world = cut(await week(), 62.75, 0.5);
    const { records } = await run(world);
    const told = records.map(({ transition, lever }) => `${lever ?? '-'} ${transition}`);
    expect(told).toContain('known-event refused');
    expect(told).toContain('known-event announced');
    expect(told.filter((line) => line === 'known-event applied')).toHaveLength(2);
    expectSoundRecords(records);

    const dynamoDb = await startEmbeddedDynamoDb();
    try {
      const names = { audit: 'audit', state: 'state' };
      await createTables(dynamoDb.client, names);
      const audit = new DynamoDbAuditLog(dynamoDb.client, names.audit, 7);
      const inDynamoDb = await run(world, { audit, state: new DynamoDbStateStore(dynamoDb.client, names.state) });
      expect(inDynamoDb.records).toEqual(records);
    } finally {
      await dynamoDb.stop();
    }
  });

  it('has a report on Monday that makes clients wait: what it takes is lost, put back, kept, and given back when it was calm', async () => {
    const world = cut(await week(), 8.5, 29.5);
    const { run: done, records } = await run(world);
    expectSoundRecords(records);
    const story = records
      .filter(({ lever, transition }) => lever === 'pool-size' && transition === 'decided')
      .map(({ reasons, decision }) => [
        reasons[0]?.code,
        decision?.kind === 'act' && decision.change.kind === 'tune-pgbouncer'
          ? decision.change.to.defaultPoolSize
          : null,
      ]);
    const [[, grown] = []] = story;
    expect(story).toEqual([
      ['clients-wait', grown],
      ['pool-size-lost', grown],
      ['pool-size-not-durable', null],
      ['pool-calm', expect.any(Number)],
      ['pool-size-not-durable', null],
    ]);
    const [, , , [, givenBack = null] = []] = story;
    expect(Number(givenBack)).toBeLessThan(Number(grown));
    expect(Number(givenBack)).toBeGreaterThanOrEqual(13);
    expect(records.filter(({ transition }) => transition === 'failed')).toEqual([]);
    const { clientsWaiting, poolLimit, poolStartLimit } = done.recording;
    expect(poolLimit.at(-1)).toBe(2 * Number(givenBack));
    expect([poolStartLimit[0], new Set(poolStartLimit).has(2 * Number(grown))]).toEqual([26, true]);
    expect(poolStartLimit.at(-1)).toBe(2 * Number(givenBack));
    expect(Math.max(...clientsWaiting)).toBeLessThan(40);
    expect(Math.max(...runBaseline(world).clientsWaiting)).toBeGreaterThan(200);
  });

  it('makes clients wait on Friday, in front of a database that has room: the pools are tuned, and the wait goes', async () => {
    const world = cut(await week(), 112, 9);
    const { run: done, records } = await run(world);
    expectSoundRecords(records);
    const tuned = records.filter(({ lever, transition }) => lever === 'pool-size' && transition === 'applied');
    expect(tuned.length).toBeGreaterThanOrEqual(1);
    expect(tuned.length).toBeLessThanOrEqual(3);
    const { clientsWaiting, poolLimit, databaseCpuPercent } = done.recording;
    const alone = runBaseline(world);
    expect(Math.max(...alone.clientsWaiting)).toBeGreaterThan(200);
    expect(Math.max(...clientsWaiting)).toBeLessThan(40);
    expect(Math.max(...clientsWaiting.slice(-3 * 180))).toBeLessThan(1);
    expect([poolLimit[0], new Set(alone.poolLimit)]).toEqual([26, new Set([26])]);
    // 80 % of 200 connections, less the 12 that do not go through the pools.
    expect(Math.max(...poolLimit)).toBeLessThanOrEqual(148);
    expect(Math.max(...databaseCpuPercent)).toBeLessThan(70);
  });

  it('is a demo that shows its progress and gives the data of a report', async () => {
    const shares: number[] = [];
    const data = await runDemo(cut(await week(), 62.75, 0.3), (share) => shares.push(share));
    expect(data.records.map(({ transition }) => transition)).toContain('announced');
    expect(data.services.map(({ name }) => name)).toEqual(['core-api', 'portal', 'telemetry-api']);
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });
});
