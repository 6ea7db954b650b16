import { describe, expect, it } from '@jest/globals';
import { alarmPlan, alarmPrefix, findAlarm } from '../../shared/alarms/alarm-plan.ts';
import type { FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { diagnose } from '../../shared/evaluation/diagnose.ts';
import { verdictOf } from '../support/builders/decisions.ts';
import { A_DATABASE, aPolicy, aServiceInput } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { aDatabaseSnapshot, aSnapshot } from '../support/builders/world.ts';

const policy = aPolicy([
  {
    name: 'production',
    services: [aServiceInput(), aServiceInput({ name: 'worker', targetTracking: { cpuPercent: 60 } })],
    database: { ...A_DATABASE, maxConnections: 201, sustained: { datapoints: 3, of: 5 } },
    levers: { ceiling: { sustained: { datapoints: 8, of: 10 } } },
  },
  { name: 'staging', services: [aServiceInput({ cluster: 'staging' })] },
]);

describe('the alarms of a policy', () => {
  const plan = alarmPlan(policy, 'live');

  it('one for the CPU of each service, two for each database', () => {
    expect(plan.map(({ name, threshold, datapoints, of }) => `${name} > ${threshold}, ${datapoints} of ${of}`)).toEqual(
      [
        'fulcrum-live-production/service/core-api/cpu > 70, 8 of 10',
        'fulcrum-live-production/service/worker/cpu > 60, 8 of 10',
        'fulcrum-live-production/database/cpu > 70, 3 of 5',
        'fulcrum-live-production/database/connections > 160, 3 of 5',
        'fulcrum-live-staging/service/core-api/cpu > 70, 10 of 10',
      ],
    );
  });

  it('each says what it is and what it wakes', () => {
    expect(plan.map(({ description }) => description)).toEqual([
      'CPU of core-api above its target of 70 % for 8 of 10 minutes: wakes the ceiling lever',
      'CPU of worker above its target of 60 % for 8 of 10 minutes: wakes the ceiling lever',
      'CPU of production above 70 %: the database is the bottleneck',
      'Connections of production above 80 % of 201',
      'CPU of core-api above its target of 70 % for 10 of 10 minutes: wakes the ceiling lever',
    ]);
  });

  it('in full', () => {
    expect(plan[4]).toEqual({
      name: 'fulcrum-live-staging/service/core-api/cpu',
      fleet: 'staging',
      description: 'CPU of core-api above its target of 70 % for 10 of 10 minutes: wakes the ceiling lever',
      metric: {
        namespace: 'AWS/ECS',
        metric: 'CPUUtilization',
        dimensions: { ClusterName: 'staging', ServiceName: 'core-api' },
        statistic: 'Average',
        periodSeconds: 60,
        windowSeconds: 900,
      },
      threshold: 70,
      datapoints: 10,
      of: 10,
    });
  });

  it('have names of their own, within what CloudWatch takes', () => {
    expect(new Set(plan.map(({ name }) => name)).size).toBe(plan.length);
    const longest = aPolicy([
      { name: `f${'l'.repeat(62)}`, services: [aServiceInput({ name: `s${'v'.repeat(62)}` })] },
    ]);
    for (const { name } of alarmPlan(longest, 'production')) expect(name.length).toBeLessThanOrEqual(255);
  });

  it('begin with what the rule on the event bus listens to', () => {
    for (const { name } of plan) expect(name.startsWith(alarmPrefix('live'))).toBe(true);
    expect(alarmPrefix('live')).toBe('fulcrum-live-');
  });
});

describe('an alarm wakes when the lever would act, not sooner', () => {
  const fleet = aPolicy([{ database: { ...A_DATABASE, sustained: { datapoints: 5, of: 5 } } }]).fleets[0]!;
  const [cpu, databaseCpu, connections] = alarmPlan({ ...policy, fleets: [fleet] }, 'live');
  const bottleneckOf = (snapshot: FleetSnapshot): string =>
    diagnose(snapshot, [], fleet, NOW).bottlenecks[0]?.kind ?? 'none';

  it.each([
    { over: 0, then: 'hold' },
    { over: 0.1, then: 'act' },
  ])('CPU of a pinned service, $over above the threshold: $then', ({ over, then }) => {
    const snapshot = aSnapshot(fleet, { services: { 'core-api': { desired: 10, cpu: cpu!.threshold + over } } });
    expect(verdictOf('ceiling', snapshot, fleet).kind).toBe(then);
  });

  it.each([
    { over: 0, then: 'none' },
    { over: 0.1, then: 'database-cpu' },
  ])('CPU of the database, $over above: $then', ({ over, then }) => {
    const database = aDatabaseSnapshot({ cpu: databaseCpu!.threshold + over });
    expect(bottleneckOf(aSnapshot(fleet, { database }))).toBe(then);
  });

  it.each([
    { over: 0, then: 'none' },
    { over: 1, then: 'database-connections' },
  ])('connections, $over above: $then', ({ over, then }) => {
    const database = aDatabaseSnapshot({ connections: connections!.threshold + over });
    expect(bottleneckOf(aSnapshot(fleet, { database }))).toBe(then);
  });
});

describe('the fleet of an alarm', () => {
  // prettier-ignore
  it.each([
    { name: 'fulcrum-live-production/service/worker/cpu', then: 'production' },
    { name: 'fulcrum-live-staging/service/core-api/cpu',  then: 'staging' },
    { name: 'fulcrum-live-staging/service/gone/cpu',      then: null },
    { name: 'fulcrum-test-staging/service/core-api/cpu',  then: null },
    { name: 'somebody-elses-alarm',                       then: null },
  ])('$name: $then', ({ name, then }) => {
    expect(findAlarm(policy, 'live', name)?.name ?? null).toBe(then);
  });
});
