import { describe, expect, it } from '@jest/globals';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import type { DatabaseSnapshot } from '../../shared/domain/snapshot.ts';
import { diagnose } from '../../shared/evaluation/diagnose.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { NOW, secondsAgo } from '../support/builders/time.ts';
import { aDatabaseSnapshot, aSeries, aSnapshot } from '../support/builders/world.ts';

const policy = aFleetPolicy({ database: A_DATABASE });

const values = (...points: number[]): Reading<Series> => seen(aSeries(points), NOW);
const healthy = aDatabaseSnapshot();
const throttled = unseen({ code: 'unreadable', detail: 'throttled' });

/** RDS with 200 connections; the bottleneck is above 70 % CPU or above 80 % of the connections, 5 of 5 minutes. */
describe('the bottleneck', () => {
  // prettier-ignore
  it.each<{ when: string; database: Partial<DatabaseSnapshot>; then: object }>([
    { when: 'all is well',                           database: {},                                               then: { kind: 'none' } },
    { when: 'CPU is at its limit',                   database: { cpu: values(70, 70, 70, 70, 70) },              then: { kind: 'none' } },
    { when: 'CPU is above it',                       database: { cpu: values(71, 71, 71, 71, 71) },              then: { kind: 'database-cpu', cpuPercent: 71, limitPercent: 70 } },
    { when: 'CPU is above it in 4 of 5 minutes',     database: { cpu: values(71, 71, 70, 71, 71) },              then: { kind: 'none' } },
    { when: 'connections are at their limit',        database: { connections: values(160, 160, 160, 160, 160) }, then: { kind: 'none' } },
    { when: 'connections are above it',              database: { connections: values(161, 161, 161, 161, 161) }, then: { kind: 'database-connections', connections: 161, limit: 160 } },
    { when: 'connections are above it in 4 of 5',    database: { connections: values(161, 160, 161, 161, 161) }, then: { kind: 'none' } },
    { when: 'both are',                              database: { cpu: values(90, 90, 90, 90, 90), connections: values(190, 190, 190, 190, 190) }, then: { kind: 'database-cpu', cpuPercent: 90, limitPercent: 70 } },
    { when: 'CPU cannot be seen',                    database: { cpu: throttled },                               then: { kind: 'unknown' } },
    { when: 'connections cannot be seen',            database: { connections: throttled },                       then: { kind: 'unknown' } },
    { when: 'CPU cannot be seen, connections are above', database: { cpu: throttled, connections: values(161, 161, 161, 161, 161) }, then: { kind: 'database-connections', connections: 161, limit: 160 } },
    { when: 'connections cannot be seen, CPU is above', database: { connections: throttled, cpu: values(71, 71, 71, 71, 71) }, then: { kind: 'database-cpu', cpuPercent: 71, limitPercent: 70 } },
    { when: 'a point is missing',                    database: { cpu: values(90, 90, 90, 90) },                  then: { kind: 'unknown' } },
    { when: 'a point is NaN',                        database: { cpu: values(90, NaN, 90, 90, 90) },             then: { kind: 'unknown' } },
    { when: 'the newest minute ended 300 s ago',     database: { cpu: seen(aSeries([90, 90, 90, 90, 90], secondsAgo(240)), NOW) }, then: { kind: 'database-cpu', cpuPercent: 90, limitPercent: 70 } },
    { when: 'the newest minute ended 301 s ago',     database: { cpu: seen(aSeries([90, 90, 90, 90, 90], secondsAgo(241)), NOW) }, then: { kind: 'unknown' } },
  ])('when $when', ({ database, then }) => {
    expect(diagnose(aSnapshot(policy, { database: { ...healthy, ...database } }), policy, NOW)).toEqual(then);
  });

  it('there is none without a database', () => {
    expect(diagnose(aSnapshot(aFleetPolicy()), aFleetPolicy(), NOW)).toEqual({ kind: 'none' });
    expect(diagnose({ ...aSnapshot(policy), database: null }, policy, NOW)).toEqual({ kind: 'none' });
  });

  it('its limits are settings', () => {
    const strict = aFleetPolicy({
      database: { ...A_DATABASE, cpuHighPercent: 30, connectionsHighPercent: 25, sustained: { datapoints: 1, of: 2 } },
    });
    const see = (database: Partial<DatabaseSnapshot>) =>
      diagnose(aSnapshot(strict, { database: { ...healthy, ...database } }), strict, NOW);
    expect(see({ cpu: values(20, 40) })).toEqual({ kind: 'database-cpu', cpuPercent: 40, limitPercent: 30 });
    expect(see({ cpu: values(20, 20), connections: values(51, 51) })).toEqual({
      kind: 'database-connections',
      connections: 51,
      limit: 50,
    });
  });
});
