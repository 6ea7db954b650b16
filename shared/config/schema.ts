import * as z from 'zod';
import { carbonSchema } from './carbon-schema.ts';
import { infrastructureCodeSchema } from './infrastructure-code-schema.ts';
import { podAutoscalers } from './infrastructure-levers-schema.ts';
import { leversSchema } from './levers-schema.ts';
import { poolerConsoleSchema } from './pooler-console-schema.ts';
import { poolerDurableSchema } from './pooler-durable-schema.ts';
import { connections, localTime, name, percent, seconds, sustained, tasks, text, timeZone } from './schema-parts.ts';

/**
 * The one declaration of `fulcrum.yml`. Types, the JSON Schema for editors, the messages of the loader and
 * docs/configuration.md are derived from it. Descriptions are what a user reads: units, meaning, source of a default.
 * `patternErrorMessage` says in words what a pattern wants; editors that know the JSON Schema show it too.
 * What concerns two keys or more stands in checks/.
 */

export const targetTrackingSchema = z.strictObject({
  cpuPercent: percent.default(70).describe('Average CPU that the service is kept at, in percent.'),
  scaleOutCooldownSeconds: seconds.default(60).describe('Least time between two scale-outs.'),
  scaleInCooldownSeconds: seconds.default(300).describe('Least time between two scale-ins.'),
  disableScaleIn: z.boolean().default(false).describe('Never remove tasks by this policy.'),
  metricResolution: z
    .enum(['60s', '20s'])
    .default('60s')
    .describe('`20s` reacts in about 80 s instead of 380 s and needs high-resolution metrics on the ECS service.'),
});

const pool = z.strictObject({
  name: name.meta({ description: 'What the application calls the pool.', examples: ['app'] }),
  maxConnections: z.int().min(1).max(10_000).describe('Most connections that one task opens from this pool.'),
});

export const serviceSchema = z.strictObject({
  name: name.describe('Name of the service within Fulcrum: levers, events and audit records use it.'),
  cluster: text.describe('ECS cluster name.'),
  service: text.optional().describe('ECS service name, where it differs from `name`.'),
  targetGroup: z
    .string()
    .regex(/^targetgroup\/[^/]+\/[0-9a-f]+$/)
    .optional()
    .meta({
      description: 'Last part of the ARN of the target group: the request metric. Needs `loadBalancer`.',
      patternErrorMessage: 'the last part of the ARN of a target group',
      examples: ['targetgroup/core-api/0123456789abcdef'],
    }),
  loadBalancer: z
    .string()
    .regex(/^(app|net)\/[^/]+\/[0-9a-f]+$/)
    .optional()
    .meta({
      description: 'Last part of the ARN of the load balancer in front of `targetGroup`.',
      patternErrorMessage: 'the last part of the ARN of a load balancer',
      examples: ['app/production/0123456789abcdef'],
    }),
  min: tasks.describe('Least tasks without an event: one for each availability zone.'),
  max: tasks.min(1).describe('The ceiling of an ordinary day, in tasks.'),
  hardLimit: tasks.min(1).describe('No lever ever goes above so many tasks.'),
  targetTracking: targetTrackingSchema
    .prefault({})
    .describe('The target-tracking policy that Application Auto Scaling runs for the service.'),
  task: z
    .strictObject({
      cpuUnits: z.int().min(1).max(16_384).describe('1024 is one vCPU.'),
      memoryMiB: z.int().min(1).max(122_880).describe('Memory in MiB; Fargate offers certain pairs only.'),
      architecture: z.enum(['x86_64', 'arm64']).default('x86_64').describe('Of the processor: arm64 costs less.'),
      capacityProvider: z
        .enum(['fargate', 'fargate-spot'])
        .default('fargate')
        .describe('Spot costs at most what is counted, which is the on-demand price: AWS moves the price of Spot.'),
      passRoles: z
        .array(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/))
        .max(4)
        .optional()
        .describe(
          'Task role and execution role of the task definition: who registers a revision of another size has to pass them on.',
        ),
    })
    .describe('Size of one task, for prices and for the task-size lever.'),
  startupSeconds: seconds.default(60).describe('From the wish for a task to the task that serves.'),
  connectsTo: z
    .enum(['pooler', 'database', 'nothing'])
    .default('nothing')
    .describe('Where the pools of its tasks lead.'),
  pools: z.array(pool).default([]).describe('Connection pools of one task.'),
});

export const poolerSchema = z.strictObject({
  cluster: text.describe('ECS cluster of the PgBouncer tasks.'),
  service: text.describe('ECS service of the PgBouncer tasks.'),
  tasks: z.int().min(1).max(100).describe('PgBouncer tasks: each has its own server connections.'),
  defaultPoolSize: connections.min(1).describe('`default_pool_size`: server connections for each pair.'),
  reservePoolSize: connections.default(0).describe('`reserve_pool_size`: further connections for each pair.'),
  maxClientConnections: connections.min(1).describe('`max_client_conn` of one PgBouncer task.'),
  databaseUserPairs: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('(database, user) pairs in use: each has a pool of its own in each PgBouncer task.'),
  console: poolerConsoleSchema
    .optional()
    .describe('How to reach the admin consoles. Without it PgBouncer is neither measured nor tuned.'),
  durable: poolerDurableSchema
    .optional()
    .describe('Where tuned sizes are kept for the next start. Without it they are restored live after every restart.'),
});

export const databaseSchema = z.strictObject({
  kind: z
    .enum(['rds-instance', 'aurora-cluster'])
    .default('rds-instance')
    .describe('What `identifier` names, and which metrics exist.'),
  identifier: z.string().min(1).max(63).describe('DB instance identifier, or that of the Aurora cluster.'),
  maxConnections: connections.min(1).describe('`max_connections` as in the parameter group.'),
  usableShare: percent.default(80).describe('Percent of max_connections that may be planned with.'),
  directConnections: z
    .array(
      z.strictObject({
        name: name.meta({ description: 'Who opens them.', examples: ['migrations'] }),
        connections: connections.describe('Most connections at a time.'),
      }),
    )
    .default([])
    .describe('Connections that bypass the pooler: migrations, monitoring, administrators.'),
  cpuHighPercent: percent
    .default(70)
    .describe('Above this, sustained, the database is the bottleneck and more tasks make it worse.'),
  connectionsHighPercent: percent
    .default(80)
    .describe('Connections above this percent of max_connections are the bottleneck.'),
  loadHighPerVcpu: z
    .number()
    .gt(0)
    .lte(100)
    .default(2)
    .describe(
      'More active sessions for each vCPU than this (DBLoadRelativeToNumVCPUs, where Database Insights is on) are the bottleneck.',
    ),
  freeMemoryLowPercent: percent
    .lte(50)
    .default(5)
    .describe('Less free memory than this percent of that of the class is the bottleneck.'),
  swapHighMiB: z
    .int()
    .min(1)
    .max(65_536)
    .default(256)
    .describe('More swap than this is, too, while less than twice that percent is free.'),
  iopsHighPercent: percent
    .default(90)
    .describe('More than this percent of the IOPS of the volume are the bottleneck …'),
  queueDepthHigh: z
    .number()
    .gt(0)
    .lte(1_000)
    .default(10)
    .describe('… while more requests than this are outstanding (DiskQueueDepth).'),
  freeStorageLowPercent: percent
    .lte(50)
    .default(5)
    .describe(
      'Less free storage than this percent of what is allocated is the bottleneck: a full disk stops the database.',
    ),
  sustained: sustained.prefault({ datapoints: 5, of: 5 }).describe('How long “sustained” is for the database.'),
});

export const freezeSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'What people call it.', examples: ['Weekend'] }),
  from: localTime.optional().describe('Begin of a freeze that happens once, in local time.'),
  to: localTime.optional().describe('Its end, in local time.'),
  cron: z
    .string()
    .optional()
    .meta({
      description: 'When a recurring freeze begins, in five fields of lists, ranges and steps.',
      examples: ['0 16 * * 5'],
    }),
  durationMinutes: z.int().min(1).max(44_640).optional().describe('How long a recurring freeze lasts.'),
  timeZone,
  allow: z
    .enum(['growth', 'nothing'])
    .default('growth')
    .describe('What may happen all the same: growth alone, or nothing.'),
});

export const calendarEntrySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'What people call it. Its id is derived from it.', examples: ['Tax deadline 2026'] }),
  from: localTime.describe('Begin, in local time. Capacity stands ready earlier, by `leadSeconds` of the lever.'),
  to: localTime.describe('End, in local time. Capacity is given back then.'),
  timeZone,
  floors: z.record(name, tasks.min(1)).describe('Least tasks while it lasts, by name of service.'),
});

export const fleetSchema = z.strictObject({
  name: name.meta({
    description: 'Name of the fleet: invocations, audit records and metrics use it.',
    examples: ['production'],
  }),
  environment: z.enum(['production', 'staging']).describe('What the fleet is for; audit records and reports say it.'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
    .meta({
      description: 'AWS region of everything in the fleet.',
      patternErrorMessage: 'an AWS region',
      examples: ['eu-central-1'],
    }),
  account: z
    .string()
    .regex(/^\d{12}$/)
    .meta({
      description: 'AWS account number. Quoted, since YAML would drop a leading zero.',
      patternErrorMessage: 'twelve digits in quotes',
      examples: ['111122223333'],
    }),
  services: z.array(serviceSchema).min(1).max(2_000).describe('ECS services on Fargate that Fulcrum scales.'),
  pooler: poolerSchema.optional().describe('PgBouncer in front of the database.'),
  database: databaseSchema.optional().describe('PostgreSQL that the services use.'),
  cache: z
    .strictObject({
      replicationGroup: z.string().min(1).max(40).describe('ElastiCache replication group.'),
    })
    .optional()
    .describe('Cache that the services use.'),
  podAutoscalers,
  budget: z
    .strictObject({
      usdPerMonthAtCeiling: z
        .number()
        .gt(0)
        .describe('No change may let the services cost more than this in a month of running at all their ceilings.'),
    })
    .optional()
    .describe('Money that scaling may spend.'),
  carbon: carbonSchema
    .optional()
    .describe('How clean the power of the region is: of equally quiet hours the greener ones are named.'),
  freezes: z
    .array(freezeSchema)
    .default([])
    .describe('Times without changes. Each has either `from` and `to`, or `cron` and `durationMinutes`.'),
  calendar: z.array(calendarEntrySchema).default([]).describe('Known events: deadlines, enrolments, elections.'),
  levers: leversSchema.prefault({}).describe('What may be pulled, and how far. Every lever observes only, by default.'),
  infrastructureCode: infrastructureCodeSchema.optional().describe('Where the Terraform of the fleet lives.'),
});

export const configurationSchema = z.strictObject({
  version: z.literal(1).describe('Version of this format.'),
  tickMinutes: z.int().min(1).max(15).default(1).describe('Period of the regular look at every fleet, in minutes.'),
  infrastructureLookHours: z
    .int()
    .min(1)
    .max(24)
    .default(1)
    .describe('Period of the look at databases, caches and the size of tasks, in hours.'),
  auditRetentionYears: z.int().min(1).max(30).default(7).describe('How long audit records are kept.'),
  notify: z.array(z.email()).default([]).describe('E-mail addresses that are told when Fulcrum itself is in trouble.'),
  fleets: z.array(fleetSchema).min(1).describe('Services that share a database and a budget, in one region.'),
});

export type Configuration = z.output<typeof configurationSchema>;
export type FleetConfiguration = z.output<typeof fleetSchema>;
export type ServiceConfiguration = z.output<typeof serviceSchema>;
export type FreezeConfiguration = z.output<typeof freezeSchema>;
export type CalendarEntry = z.output<typeof calendarEntrySchema>;
