import { describe, expect, it } from '@jest/globals';
import { seen, unseen } from '../../shared/domain/reading.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import { needsOf } from '../../shared/evaluation/needs.ts';
import { A_DATABASE, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, minutesAgo, NOW } from '../support/builders/time.ts';
import { aServiceSnapshot, type ServiceWorld } from '../support/builders/world.ts';

const ask = (see: ServiceWorld, over: Partial<FleetInput> = {}, now: EpochMs = NOW): readonly string[] => {
  const policy = aFleetPolicy({ database: A_DATABASE, ...over });
  const { facts, scaling, forecast } = aServiceSnapshot(see, now);
  return needsOf({ services: { 'core-api': { facts, scaling, forecast } } }, policy, now).map(({ slot }) => slot);
};

const throttled = unseen({ code: 'unreadable', detail: 'throttled' });
const raised = { bounds: { min: 2, max: 20 } };
const WITH_DATABASE = ['cpu', 'wantedMoreThanMax', 'databaseCpu', 'databaseConnections'];

describe('what a look pays for', () => {
  // prettier-ignore
  it.each<{ when: string; see: ServiceWorld; now?: EpochMs; then: string[] }>([
    { when: 'the service is below its ceiling',         see: { desired: 9 },                                     then: [] },
    { when: 'it is at its ceiling',                     see: { desired: 10 },                                    then: WITH_DATABASE },
    { when: 'more is wanted than its ceiling',          see: { desired: 11 },                                    then: WITH_DATABASE },
    { when: 'its ceiling is raised',                    see: raised,                                             then: [] },
    { when: 'its ceiling is raised, at the full hour',  see: raised,          now: at('13:00'),                  then: ['runningTasks'] },
    { when: 'its ceiling is ordinary, at the full hour', see: {},             now: at('13:00'),                  then: [] },
    { when: 'it is at its raised ceiling, at the full hour', see: { ...raised, desired: 20 }, now: at('13:00'),  then: WITH_DATABASE },
    { when: 'the ECS service cannot be seen',           see: { desired: 10, readings: { facts: throttled } },    then: [] },
    { when: 'its scaling cannot be seen',               see: { desired: 10, readings: { scaling: throttled } },  then: [] },
    { when: 'it is not registered',                     see: { desired: 10, readings: { scaling: seen(null, NOW) } }, then: [] },
  ])('when $when: $then', ({ see, now = NOW, then }) => {
    expect(ask(see, {}, now)).toEqual(then);
  });

  it('nothing for a lever that is off', () => {
    expect(ask({ desired: 10 }, { levers: { ceiling: { mode: 'off' } } })).toEqual([]);
  });

  it('for a lever that observes as for one that applies: its word is to be believed', () => {
    expect(ask({ desired: 10 }, { levers: { ceiling: { mode: 'observe' } } })).toEqual(WITH_DATABASE);
  });

  it('without a database only the service', () => {
    const policy = aFleetPolicy();
    const { facts, scaling, forecast } = aServiceSnapshot({ desired: 10 });
    expect(needsOf({ services: { 'core-api': { facts, scaling, forecast } } }, policy, NOW)).toEqual([
      { slot: 'cpu', service: 'core-api', query: expect.objectContaining({ windowSeconds: 900 }) as unknown },
      { slot: 'wantedMoreThanMax', service: 'core-api', since: minutesAgo(5) },
    ]);
  });

  it('nothing for a service that was not read at all', () => {
    expect(needsOf({ services: {} }, aFleetPolicy(), NOW)).toEqual([]);
  });
});
