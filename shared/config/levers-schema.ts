import * as z from 'zod';
import { databaseLevers } from './database-levers-schema.ts';
import { infrastructureLevers } from './infrastructure-levers-schema.ts';
import { connections, mode, percent, seconds, sustained, whenBlind } from './schema-parts.ts';

/** Every lever and its numbers; those that change infrastructure stand in files of their own. */
export const leversSchema = z.strictObject({
  'target-tracking': z
    .strictObject({
      mode: mode.default('observe'),
      cooldownSeconds: seconds.default(300).describe('Least time between two repairs of one service.'),
    })
    .prefault({})
    .describe('Keeps the scalable target and its target-tracking policy as `fulcrum.yml` says.'),
  ceiling: z
    .strictObject({
      mode: mode.default('observe'),
      sustained: sustained
        .prefault({ datapoints: 10, of: 10 })
        .describe('How long a service must be pinned at its ceiling with its CPU above target.'),
      confirmed: sustained
        .prefault({ datapoints: 3, of: 3 })
        .describe('Enough instead of `sustained` when Application Auto Scaling itself says that it is at the maximum.'),
      maxStepFactor: z.number().gt(1).lte(4).default(1.5).describe('A step raises the ceiling at most so many times.'),
      growCooldownSeconds: seconds.default(180).describe('Least time between two raises: start-up and metric delay.'),
      shrinkCooldownSeconds: seconds.default(86_400).describe('Least time between two reductions.'),
      calmDays: z.int().min(1).max(14).default(7).describe('Lowered again when so many days were calm.'),
      calmHeadroomFactor: z
        .number()
        .gte(1)
        .lte(4)
        .default(1.25)
        .describe('Calm means: the peak times this stays under the ceiling. The reduced ceiling keeps this room.'),
      maxReadingAgeSeconds: seconds.default(300).describe('An older CPU reading counts as missing.'),
      whenBlind,
    })
    .prefault({})
    .describe('Raises max capacity of a service that is pinned at it, and lowers it again after calm days.'),
  'known-event': z
    .strictObject({
      mode: mode.default('observe'),
      leadSeconds: seconds.default(900).describe('Capacity stands ready so long before an event begins.'),
      horizonDays: z.int().min(1).max(366).default(14).describe('Events further ahead are not scheduled yet.'),
      ceilingFactor: z
        .number()
        .gte(1)
        .lte(4)
        .default(1.5)
        .describe('The ceiling is raised to at least the floor times this, so that target tracking keeps room.'),
    })
    .prefault({})
    .describe('Scheduled actions for deadlines, enrolments and elections, given back at the end.'),
  'pool-size': z
    .strictObject({
      mode: mode.default('observe'),
      samples: z.int().min(2).max(10).default(3).describe('A probe looks so many times at every PgBouncer.'),
      sampleSeconds: z.int().min(1).max(10).default(1).describe('Time between two of these looks.'),
      waitMillis: z
        .number()
        .gt(0)
        .lte(60_000)
        .default(20)
        .describe('Clients wait when a transaction waits longer for its connection, in the mean of a probe.'),
      waitFactor: z
        .number()
        .gte(1)
        .lte(1_000)
        .default(2)
        .describe(
          'They also wait when it waits so many times as long as it then takes, from a quarter of `waitMillis` on.',
        ),
      maxStepFactor: z.number().gt(1).lte(10).default(4).describe('A step grows the pools at most so many times.'),
      maxPoolSize: connections.min(1).default(200).describe('No pool is ever made larger.'),
      minPoolSize: connections.min(1).default(5).describe('No pool is ever made smaller.'),
      usefulGainPercent: percent
        .default(5)
        .describe('A step that brings less throughput than this shows that the database holds it back.'),
      effectMemorySeconds: seconds
        .default(3_600)
        .describe('So long a step that did not help, or made things worse, is not tried again.'),
      watchMinutes: z
        .int()
        .min(0)
        .max(60)
        .default(10)
        .describe(
          'So long after a step up it is taken back when the CPU of the database has risen above `database.cpuHighPercent`, or more requests to the services behind fail.',
        ),
      growCooldownSeconds: seconds.default(30).describe('Least time between two steps up.'),
      shrinkCooldownSeconds: seconds.default(86_400).describe('Least time between two steps down.'),
      durableAfterSeconds: seconds.default(900).describe('Sizes that have stood so long are made durable.'),
      durableCooldownSeconds: seconds
        .default(86_400)
        .describe('Least time between two times: each may replace every PgBouncer task.'),
      calmHours: z.int().min(1).max(168).default(24).describe('Made smaller when so many hours were calm.'),
      calmHeadroomFactor: z
        .number()
        .gte(1)
        .lte(10)
        .default(2)
        .describe('Calm means: the most connections in use, times this, are fewer than the pool has.'),
      clientsHighPercent: percent
        .default(85)
        .describe('Above this share of `max_client_conn` that limit is raised, as the connection math allows.'),
      maxClientConnections: connections
        .min(1)
        .default(10_000)
        .describe('`max_client_conn` is never made larger: the file descriptors of the PgBouncer task bound it.'),
      whenBlind,
    })
    .prefault({})
    .describe('Tunes PgBouncer while it runs, when clients wait although the database has room.'),
  predictive: z
    .strictObject({
      mode: mode.default('observe'),
      historyDays: z.int().min(2).max(28).default(28).describe('Days of load that are learned from.'),
      memoryDays: z.int().min(1).max(28).default(14).describe('After so many days what was learned counts a third.'),
      missedPrice: z
        .number()
        .gte(1)
        .lte(1_000)
        .default(60)
        .describe(
          'What load that is missed costs, in the tasks that would have carried it. More keeps more tasks ready; `fulcrum backtest --tune` finds it.',
        ),
      usablePercent: percent
        .default(90)
        .describe('CPU up to which a task answers in time: the floor is planned up to this.'),
      targetPercent: percent
        .default(85)
        .describe(
          'Target of target tracking while the floor is learned: it only has to catch what the floor misses. Equal to `targetTracking.cpuPercent` leaves the target alone.',
        ),
      planHours: z.int().min(1).max(48).default(24).describe('The plan that AWS holds for us reaches so far ahead.'),
      planQuantile: z
        .number()
        .gte(0.5)
        .lte(0.99)
        .default(0.95)
        .describe('Quantile of the forecast that the plan has room for.'),
      maxForecastAgeMinutes: z.int().min(60).max(1_440).default(150).describe('An older forecast counts as missing.'),
      shrinkCooldownSeconds: seconds.default(0).describe('Least time between two reductions of the floor.'),
    })
    .prefault({})
    .describe('Moves min capacity by the load to come, and hands the plan of the next day to AWS.'),
  ...infrastructureLevers,
  ...databaseLevers,
});
