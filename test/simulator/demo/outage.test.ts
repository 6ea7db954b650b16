import { describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { MemoryAuditLog } from '../../../shared/adapters/memory/audit-log.ts';
import { MemoryForecastStore } from '../../../shared/adapters/memory/forecast-store.ts';
import { MemoryStateStore } from '../../../shared/adapters/memory/state-store.ts';
import { loadPolicyFile } from '../../../shared/config/load-file.ts';
import type { Policy } from '../../../shared/config/policy.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { HOUR, instant, isoInstant, later } from '../../../shared/domain/units.ts';
import { type Fate, noonOutage } from '../../../simulator/demo/noon-outage.ts';
import { afternoonOf } from '../../../simulator/demo/outage.ts';
import { type DemoRun, runBaseline, runWithFulcrum } from '../../../simulator/demo/run.ts';
import type { DemoWorld } from '../../../simulator/demo/world.ts';
import { STEP_SECONDS } from '../../../simulator/load/steps.ts';
import { expectReplays, expectWholeStories } from '../../support/laws.ts';

const SILENT = { tell: () => undefined, warn: () => undefined, count: () => undefined };
const SERVICE = 'registration';
const BEGINS_AT_HOUR = 10;

async function outagePolicy(): Promise<Policy> {
  const loaded = await loadPolicyFile(
    fileURLToPath(new URL('../../../simulator/demo/noon-outage.yml', import.meta.url)),
  );
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const [fleet] = loaded.policy.fleets;
  // Two hours are short: nothing waits, and the target is raised as on a whole day.
  const predictive = { ...fleet!.levers.predictive, shrinkCooldownSeconds: 0 };
  return { ...loaded.policy, fleets: [{ ...fleet!, levers: { ...fleet!.levers, predictive } }] };
}

/** The day from ten in the morning on: what was before counts to the past. */
function fromTen(world: DemoWorld): DemoWorld {
  const steps = (BEGINS_AT_HOUR * HOUR) / STEP_SECONDS;
  const [service] = world.services;
  const { load } = service!;
  const startsAt = later(world.startsAt, BEGINS_AT_HOUR * HOUR);
  const past = Float64Array.from([...world.past.get(SERVICE)!, ...load.perSecond.slice(0, steps)]);
  const rest = { startsAt, perSecond: load.perSecond.slice(steps), missing: load.missing.slice(steps) };
  return { ...world, startsAt, services: [{ ...service!, load: rest }], past: new Map([[SERVICE, past]]) };
}

interface Told {
  readonly run: DemoRun;
  readonly records: readonly AuditRecord[];
  readonly world: DemoWorld;
}

async function run(fate: Fate): Promise<Told> {
  const world = fromTen(noonOutage(await outagePolicy(), fate));
  const tables = { audit: new MemoryAuditLog(), state: new MemoryStateStore(), forecasts: new MemoryForecastStore() };
  const done = await runWithFulcrum(world, tables, SILENT, () => undefined);
  return { run: done, records: await tables.audit.byDay('2026-11-18'), world };
}

/** In local time, which is an hour ahead of UTC. */
const stepAt = (hour: number): number => Math.round(((hour - BEGINS_AT_HOUR) * HOUR) / STEP_SECONDS);
const floorAt = ({ run: { recording } }: Told, hour: number): number =>
  recording.services.get(SERVICE)!.min[stepAt(hour)]!;
const missedOf = ({ run: { recording }, world }: Told): number => afternoonOf('', recording, world).missedShare;

describe('a day on which Fulcrum is killed at noon', () => {
  const killed = run('killed');

  it('has handed its plan to AWS by then: one plan, replaced with every forecast', async () => {
    const { records } = await killed;
    const plans = records.filter(
      ({ transition, lever, before }) => transition === 'applied' && lever === 'predictive' && before !== null,
    );
    const scheduled = plans.map(({ sentence }) => sentence).filter((sentence) => sentence.includes('actions from'));
    expect(scheduled).toEqual([
      expect.stringContaining('2026-11-18 09:30 UTC (now 0)'),
      expect.stringMatching(/schedule (\d+) actions from 2026-11-18 10:30 UTC \(now \d+\)/),
    ]);
    for (const [, count] of scheduled.join().matchAll(/schedule (\d+) actions/g)) {
      expect(Number(count)).toBeLessThanOrEqual(49);
    }
    expectWholeStories(records);
    expectReplays(records);
  });

  it('is dead: after noon it does nothing more', async () => {
    const { records, run: done } = await killed;
    const last = records
      .map(({ at }) => at)
      .sort()
      .at(-1)!;
    expect(instant(last)).toBeLessThan(instant('2026-11-18T11:00:00Z'));
    // Two hours of looks and two forecasts, each with the orders that came of it.
    expect(done.invocations).toBeGreaterThanOrEqual(122);
    expect(done.invocations).toBeLessThan(300);
  });

  it('carries the afternoon with the scheduled actions: the floor is there before the load, and gone after it', async () => {
    const told = await killed;
    const load = told.run.recording.services.get(SERVICE)!.load;
    const needAt = (hour: number): number => load[stepAt(hour)]! / (25 * 0.9);
    for (const hour of [13, 13.5, 14, 14.5, 15])
      expect(floorAt(told, hour + 0.05)).toBeGreaterThan(needAt(hour + 0.05));
    expect(floorAt(told, 14.25)).toBeGreaterThan(4 * floorAt(told, 12.25));
    expect(floorAt(told, 17)).toBeLessThan(floorAt(told, 14.25) / 3);
    expect(missedOf(told)).toBeLessThan(0.001);
  });

  it('would have failed without them, and with them misses less for less than target tracking alone', async () => {
    const [told, without] = [await killed, await run('killed-without-plan')];
    expect(floorAt(without, 14.25)).toBe(floorAt(without, 12.25));
    expect(missedOf(without)).toBeGreaterThan(0.1);
    const alone = afternoonOf('', runBaseline(told.world), told.world);
    expect(missedOf(told)).toBeLessThan(alone.missedShare);
    expect(afternoonOf('', told.run.recording, told.world).taskHours).toBeLessThan(alone.taskHours);
    expect(isoInstant(told.world.diesAt!)).toBe('2026-11-18T11:00:00.000Z');
  });
});
