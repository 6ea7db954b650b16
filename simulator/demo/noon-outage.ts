import type { Policy } from '../../shared/config/policy.ts';
import { instantOf } from '../../shared/config/local-time.ts';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { DAY, earlier, type EpochMs } from '../../shared/domain/units.ts';
import { targetOf } from '../../shared/levers/resources.ts';
import type { DayShape } from '../load/day-shape.ts';
import { SeededRandom } from '../load/seeded-random.ts';
import { STEPS_PER_DAY } from '../load/steps.ts';
import { syntheticLoad } from '../load/synthetic.ts';
import type { DemoWorld, Happening } from './world.ts';

const TIME_ZONE = 'Europe/Berlin';
const SEED = 20_261_118;
/** Three weeks: the forecast sees each day of the week three times. */
const PAST_DAYS = 21;
/** Requests a second of a task at 100 % CPU. */
const TASK_CAPACITY = 25;

/** Places are given out at half past two: a calm morning, and most of the people within two hours of the afternoon. */
const REGISTRATION_DAY: DayShape = {
  night: 0.06,
  peaks: [
    { hour: 10, spreadHours: 1.6, height: 0.3 },
    { hour: 14.5, spreadHours: 0.7, height: 0.9 },
    { hour: 19, spreadHours: 1.6, height: 0.2 },
  ],
};

/** What becomes of Fulcrum, and of what it has left in AWS. */
export type Fate = 'killed' | 'killed-without-plan' | 'lives';

/**
 * A Wednesday after three weeks of history. At noon Fulcrum is killed, hours before the load of the day comes; all that is
 * left of it are target tracking as it stands and the scheduled actions of its plan. `killed-without-plan` takes these away,
 * too: what would be if there were none.
 */
export function noonOutage(policy: Policy, fate: Fate): DemoWorld {
  const [fleet] = policy.fleets;
  const [service] = fleet?.services ?? [];
  if (fleet === undefined || service === undefined) throw new Error('the policy of the outage has one service');
  const startsAt = local('2026-11-18T00:00');
  const noon = local('2026-11-18T12:00');
  const load = syntheticLoad(
    {
      startsAt: earlier(startsAt, PAST_DAYS * DAY),
      days: PAST_DAYS + 1,
      timeZone: TIME_ZONE,
      services: [
        {
          name: service.name,
          weekdayMean: 250,
          day: REGISTRATION_DAY,
          weekendFactor: 0.5,
          fluctuation: 0.05,
          arrivals: 'random',
        },
      ],
      surges: [],
    },
    new SeededRandom(SEED),
  ).get(service.name);
  if (load === undefined) throw new Error('the outage has a load');
  const split = PAST_DAYS * STEPS_PER_DAY;
  const planIsTaken: Happening = {
    at: noon,
    what: 'the plan is taken away',
    happen: async (platform) => {
      const target = targetOf(service);
      const [reading] = await platform.readScheduled([target]);
      const actions = reading?.kind === 'seen' ? reading.value.ours : [];
      for (const { name } of actions) await platform.deleteScheduled(target, name);
    },
  };
  return {
    title: 'A day on which Fulcrum dies at noon',
    subtitle: 'One service whose load comes in the afternoon, carried by the scheduled actions that stand in AWS',
    timeZone: TIME_ZONE,
    traceName: 'synthetic day after three weeks of history',
    seed: SEED,
    notes: [
      'The load is made up: three weeks in which the load comes at half past two, and the day that is shown.',
      'At 12:00 Fulcrum is killed: nothing of it runs any more. What is left are the target tracking that it moved last and the scheduled actions of the plan of 11:07.',
    ],
    policy,
    fleet,
    startsAt,
    services: [
      {
        policy: service,
        load: { startsAt, perSecond: load.perSecond.slice(split), missing: load.missing.slice(split) },
        taskCapacity: TASK_CAPACITY,
        databaseUse: { cpuMillisPerRequest: 0, connectionMillisPerRequest: 0 },
        suspended: NOTHING_SUSPENDED,
      },
    ],
    database: null,
    poolers: null,
    happenings: fate === 'killed-without-plan' ? [planIsTaken] : [],
    past: new Map([[service.name, load.perSecond.slice(0, split)]]),
    diesAt: fate === 'lives' ? null : noon,
  };
}

function local(time: string): EpochMs {
  const resolved = instantOf(time, TIME_ZONE);
  if (resolved.kind !== 'instant') throw new Error(`${time} ${TIME_ZONE}: ${resolved.kind}`);
  return resolved.at;
}
