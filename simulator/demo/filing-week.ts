import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import type { Policy, ServicePolicy } from '../../shared/config/policy.ts';
import { instantOf } from '../../shared/config/local-time.ts';
import { type EpochMs, HOUR, secondsBetween } from '../../shared/domain/units.ts';
import { CITIZEN_DAY, OFFICE_DAY } from '../load/day-shape.ts';
import { SeededRandom } from '../load/seeded-random.ts';
import { startOfStep } from '../load/steps.ts';
import { syntheticLoad } from '../load/synthetic.ts';
import type { SteppedLoad } from '../load/trace.ts';
import type { SlowSpell } from '../platform/simulated-platform.ts';
import { type DemoWorld, type Happening, NOTHING_ELSE, type WorldService } from './world.ts';

const TIME_ZONE = 'Europe/Berlin';
const SEED = 20_261_204;
const DAYS = 7;

/** Requests a second of a task at 100 % CPU, and what a request takes of the database: plausible, not measured. */
const SERVICES = {
  'core-api': { taskCapacity: 60, databaseUse: { cpuMillisPerRequest: 1.2, connectionMillisPerRequest: 40 } },
  portal: { taskCapacity: 20, databaseUse: { cpuMillisPerRequest: 0, connectionMillisPerRequest: 0 } },
  'telemetry-api': { taskCapacity: 40, databaseUse: { cpuMillisPerRequest: 0.6, connectionMillisPerRequest: 20 } },
} as const;

/**
 * A week of a filing platform, Monday to Sunday: ordinary days, a news item on Tuesday evening that nobody has announced,
 * and a filing deadline on Friday at midnight that somebody announces on Wednesday.
 */
export function filingWeek(policy: Policy): DemoWorld {
  const [fleet] = policy.fleets;
  if (fleet === undefined) throw new Error('the policy of the demo has no fleet');
  const startsAt = local('2026-11-30T00:00');
  const loads = syntheticLoad(
    {
      startsAt,
      days: DAYS,
      timeZone: TIME_ZONE,
      services: [
        {
          name: 'core-api',
          weekdayMean: 150,
          day: OFFICE_DAY,
          weekendFactor: 0.4,
          fluctuation: 0.05,
          arrivals: 'random',
        },
        {
          name: 'portal',
          weekdayMean: 40,
          day: CITIZEN_DAY,
          weekendFactor: 0.6,
          fluctuation: 0.06,
          arrivals: 'random',
        },
        {
          name: 'telemetry-api',
          weekdayMean: 70,
          day: OFFICE_DAY,
          weekendFactor: 0.7,
          fluctuation: 0.03,
          arrivals: 'even',
        },
      ],
      surges: [
        {
          name: 'filing deadline',
          deadline: local('2026-12-05T00:00'),
          peakFactors: { 'core-api': 5, portal: 3.5, 'telemetry-api': 0.5 },
        },
      ],
    },
    new SeededRandom(SEED),
  );

  const services = fleet.services.map((service): WorldService => {
    const load = loads.get(service.name);
    const traits = Object.entries(SERVICES).find(([name]) => name === service.name)?.[1];
    if (load === undefined || traits === undefined) throw new Error(`the demo knows no load for ${service.name}`);
    return {
      policy: service,
      load: service.name === 'portal' ? withNewsItem(load, local('2026-12-01T19:30')) : load,
      taskCapacity: traits.taskCapacity,
      databaseUse: { ...traits.databaseUse, connectionsPerTask: connectionsOf(service) },
      suspended:
        service.name === 'telemetry-api' ? { ...NOTHING_SUSPENDED, dynamicScalingOut: true } : NOTHING_SUSPENDED,
    };
  });
  return {
    title: 'A week with a filing deadline',
    subtitle: 'Three services, PgBouncer and PostgreSQL of a filing platform',
    timeZone: TIME_ZONE,
    traceName: 'synthetic week',
    seed: SEED,
    notes: NOTES,
    policy,
    fleet,
    startsAt,
    services,
    database: { vcpus: 2, idlePercent: 4, poolLimit: 26, directConnections: 12 },
    happenings: HAPPENINGS,
    ...NOTHING_ELSE,
    poolers: { crowdingCost: CROWDING_COST, slowSpells: [REPORT] },
  };
}

const NOTES: readonly string[] = [
  'The load is made up: day shapes, weekend and deadline surge are plausible, not measured.',
  'Tuesday 19:30: a news item sends people to the portal; nobody has announced it.',
  'Monday 09:00 to 13:00: a report holds more and more locks in the database, until each transaction keeps its connection 2.1 times as long; nobody has announced that.',
  'The pools of PgBouncer are large enough for ordinary days. Beside that report and on Friday they are not, with or without Fulcrum.',
  'Target tracking alone is set up from the first second as policy says, and nobody touches it: its best case. Fulcrum’s side begins with a suspended service that somebody has left behind, and two people change things by hand.',
];

/** Less than what pgbench can tell from nothing at up to 30 connections a processor (docs/levers/pool-size.md). */
const CROWDING_COST = 0.002;

/** A report that holds more and more locks: requests wait for it with their connections in hand. */
const REPORT: SlowSpell = { from: local('2026-11-30T09:00'), to: local('2026-11-30T13:00'), holdFactor: 2.1 };

function connectionsOf({ pools }: ServicePolicy): number {
  return pools.reduce((sum, { maxConnections }) => sum + maxConnections, 0);
}

/** What people do in the week. */
const HAPPENINGS: readonly Happening[] = [
  {
    at: local('2026-11-30T09:50'),
    what: 'somebody adds a user to PgBouncer and lets it read its files again',
    happen: async (platform) => {
      await platform.poolers?.reloadByHand();
    },
  },
  {
    at: local('2026-12-02T10:30'),
    what: 'somebody lowers the ceiling of portal by hand',
    happen: async (platform) => {
      await platform.setBounds({ cluster: 'production', service: 'portal' }, { min: 2, max: 5 });
    },
  },
  {
    at: local('2026-12-02T14:55'),
    what: 'the deadline is announced with a floor above the hard limit',
    happen: async (_platform, control) => {
      await control.announce(announcement({ 'core-api': 40, portal: 10 }));
    },
  },
  {
    at: local('2026-12-02T15:00'),
    what: 'the deadline is announced',
    happen: async (_platform, control) => {
      await control.announce(announcement({ 'core-api': 14, portal: 8 }));
    },
  },
  {
    at: local('2026-12-06T19:00'),
    what: 'somebody suspends scaling in of telemetry-api on a frozen weekend',
    happen: async (platform) => {
      platform.suspendByHand(
        { cluster: 'production', service: 'telemetry-api' },
        { ...NOTHING_SUSPENDED, dynamicScalingIn: true },
      );
      await Promise.resolve();
    },
  },
];

function announcement(floors: Readonly<Record<string, number>>): unknown {
  return {
    fleet: 'production',
    event: 'filing deadline',
    from: '2026-12-04T09:00',
    to: '2026-12-05T00:30',
    timeZone: TIME_ZONE,
    floors,
  };
}

/** How much a news item multiplies the load at its height, and how fast it is forgotten. */
const NEWS_FACTOR = 3.2;
const NEWS_RISE_HOURS = 0.15;
const NEWS_DECAY_HOURS = 0.8;

function withNewsItem(load: SteppedLoad, published: EpochMs): SteppedLoad {
  return {
    ...load,
    perSecond: load.perSecond.map((usual, step) => {
      const hours = secondsBetween(published, startOfStep(load.startsAt, step)) / HOUR;
      if (hours < 0) return usual;
      const share = (1 - Math.exp(-hours / NEWS_RISE_HOURS)) * Math.exp(-hours / NEWS_DECAY_HOURS);
      return usual * (1 + NEWS_FACTOR * share);
    }),
  };
}

function local(time: string): EpochMs {
  const resolved = instantOf(time, TIME_ZONE);
  if (resolved.kind !== 'instant') throw new Error(`${time} ${TIME_ZONE}: ${resolved.kind}`);
  return resolved.at;
}
