import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { MemoryEventBus } from '../../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryMetricReader } from '../../shared/adapters/memory/metric-reader.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import { poolerAlarmPlan } from '../../shared/alarms/pooler-alarms.ts';
import type { ProbeRequest } from '../../shared/events/probe-request.ts';
import { MINUTE } from '../../shared/domain/units.ts';
import { probe, type ProbeReport } from '../../shared/workflow/probe.ts';
import { A_DATABASE, A_POOLER, aPolicy, aServiceInput } from '../support/builders/policy.ts';
import { aPoolerSnapshot } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';

const console = { passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:console-AbCdEf' };
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
/** Seven fleets with a console, and one without. */
const policy = aPolicy([
  ...NAMES.map((name) => ({
    name,
    services: [aServiceInput({ name: `${name}-api` })],
    database: { ...A_DATABASE, identifier: name },
    pooler: { ...A_POOLER, service: `${name}-pgbouncer`, console },
  })),
  { name: 'plain', services: [aServiceInput({ name: 'plain-api' })] },
]);

let clock: ManualClock;
let asked: string[];
let broken: string | null;
beforeEach(() => {
  clock = new ManualClock(NOW);
  asked = [];
  broken = null;
});

function run(request: ProbeRequest, remainingMillis = () => 60_000): Promise<ProbeReport> {
  const world = new MemoryWorld();
  const { instances, maxConnections } = aPoolerSnapshot();
  return probe(request, policy, 'test', remainingMillis, {
    clock,
    capacity: new MemoryCapacityReader(world, clock),
    metrics: new MemoryMetricReader(world),
    forecasts: new MemoryForecastStore(),
    audit: new MemoryAuditLog(),
    state: new MemoryStateStore(),
    bus: new MemoryEventBus(),
    codeVersion: 'test',
    poolers: {
      observe: (fleet) => {
        asked.push(fleet);
        return fleet === broken
          ? Promise.reject(new Error('the secret is gone'))
          : Promise.resolve({ instances, maxConnections });
      },
      readDurable: () => Promise.resolve(null),
    },
  });
}
const schedule: ProbeRequest = { kind: 'schedule', id: 'one' };
const ringing = (alarmName: string, state = 'ALARM'): ProbeRequest => ({
  kind: 'alarm',
  id: 'two',
  alarm: { alarmName, state, id: 'two' },
});

describe('a probe', () => {
  it('looks at every fleet that names a console, and at no other', async () => {
    const { probed, failed, leftOut } = await run(schedule);
    expect(asked.toSorted()).toEqual(NAMES);
    expect(probed.map(({ look }) => look.fleet).sort()).toEqual(NAMES);
    expect([failed, leftOut]).toEqual([[], []]);
    expect(probed[0]?.measured.map(({ metric }) => metric)).toContain('ClientsWaiting');
  });

  it('goes on where one fleet fails', async () => {
    broken = 'c';
    const { probed, failed } = await run(schedule);
    expect(probed).toHaveLength(NAMES.length - 1);
    expect(failed).toMatchObject([{ fleet: 'c', error: { message: 'the secret is gone' } }]);
  });

  it('leaves out what there is no time for, and begins with others a minute later', async () => {
    const { leftOut } = await run(schedule, () => 19_999);
    expect(leftOut).toHaveLength(2);
    clock.advance(5 * MINUTE);
    asked = [];
    await run(schedule, () => 19_999);
    expect(asked).toEqual(expect.arrayContaining([...leftOut]));
  });

  it('looks again at the one fleet of which clients wait', async () => {
    const alarm = poolerAlarmPlan(policy, 'test').find(({ fleet }) => fleet === 'd')!;
    await run(ringing(alarm.name));
    expect(asked).toEqual(['d']);
  });

  it.each([
    { what: 'an alarm that has ended', request: ringing('fulcrum/test/d/clients-waiting', 'OK') },
    { what: 'an alarm of a fleet that is gone', request: ringing('fulcrum/test/gone/clients-waiting') },
    { what: 'an alarm of another stage', request: ringing('fulcrum/other/d/clients-waiting') },
  ])('does nothing for $what', async ({ request }) => {
    expect(await run(request)).toEqual({ probed: [], failed: [], leftOut: [] });
    expect(asked).toEqual([]);
  });
});
