import * as z from 'zod';
import { cooldownHours, mode, percent, sustainedDays } from './schema-parts.ts';

const busyHours = z
  .int()
  .min(1)
  .max(12)
  .default(3)
  .describe(
    'A day is judged by what was reached in so many of its hours: its mean hides them, its maximum is a spike.',
  );
const sustainedHours = z.strictObject({
  datapoints: z.int().min(1).max(168).describe('So many whole hours must breach …'),
  of: z.int().min(1).max(168).describe('… of the newest so many, read from hourly aggregates.'),
});
const calmDays = z.int().min(7).max(60);
const acu = z.number().min(0).max(256).multipleOf(0.5);

const instantOfApproval = z.iso.datetime({ offset: true }).meta({ examples: ['2026-12-05T22:00:00+01:00'] });

/** A person's word for one class, which ends by itself. */
export const classApprovalSchema = z.strictObject({
  by: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'Who answers for it.', examples: ['database on-call'] }),
  instanceClass: z
    .string()
    .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/)
    .meta({
      description: 'The class that the database may be changed to; no other.',
      patternErrorMessage: 'a class as AWS names it',
      examples: ['db.r6g.large'],
    }),
  from: instantOfApproval.describe('It begins.'),
  until: instantOfApproval.describe('It ends, at most 14 days later.'),
  window: z
    .enum(['quiet-hours', 'any-time'])
    .default('quiet-hours')
    .describe('Only in the quietest hours that the forecast knows, or whenever it is needed.'),
});

/** The levers of the database itself: its class, its replicas, its IOPS and the capacity of Aurora Serverless. */
export const databaseLevers = {
  'database-class': z
    .strictObject({
      mode: mode.default('observe'),
      sustained: sustainedDays
        .prefault({ days: 10, of: 14 })
        .describe('On how many days a resource must be short: ten of fourteen leave out two weekends.'),
      busyHours,
      freeMemoryLowPercent: percent
        .lte(50)
        .default(10)
        .describe('Free memory below this share of that of the class is pressure.'),
      swapHighMiB: z
        .int()
        .min(1)
        .max(65_536)
        .default(256)
        .describe('More swap than this is pressure while less than twice that share is free.'),
      sessionsPerVcpu: z
        .number()
        .gt(0)
        .lte(4)
        .default(1)
        .describe('More sessions on CPU (DBLoadCPU) for each vCPU than this are pressure.'),
      ioCreditsLowPercent: percent
        .lte(90)
        .default(20)
        .describe('I/O credits (EBSIOBalance%, EBSByteBalance%) below this: the class passes on no more I/O.'),
      calmDays: calmDays.default(28).describe('A smaller class is wanted after so many calm days.'),
      calmPercent: percent
        .default(50)
        .describe('Calm means: what was used would be at most this share of what the smaller class has.'),
      cooldownHours: cooldownHours.default(24),
      approval: classApprovalSchema
        .optional()
        .describe(
          'With `mode: apply` the class is changed live only while such an approval names it. Without one there is a pull request.',
        ),
    })
    .prefault({})
    .describe(
      'Proposes the next class when CPU, memory, connections or I/O credits of this one are short for two weeks.',
    ),
  'read-replica': z
    .strictObject({
      mode: mode.default('observe'),
      sustained: sustainedDays
        .prefault({ days: 10, of: 14 })
        .describe('On how many days the writer, or the replicas, must be busy.'),
      busyHours,
      readPercent: percent.default(70).describe('Reads are more than this share of the load.'),
      readShare: z
        .strictObject({
          namespace: z.string().min(1).max(255).describe('CloudWatch namespace.'),
          metric: z.string().min(1).max(255).describe('Its name.'),
          dimensions: z.record(z.string(), z.string()).default({}).describe('Its dimensions.'),
        })
        .optional()
        .describe(
          'A metric of the application: the share of reads in percent. Without it the disk operations tell, which miss reads from memory.',
        ),
      replicaCpuPercent: percent.default(70).describe('Replicas that are busier than this get another one.'),
      unusedCpuPercent: percent
        .default(10)
        .describe('Replicas below this while the writer is busy are not read from: another one would not be either.'),
      lagMillis: z
        .int()
        .min(1)
        .max(60_000)
        .default(100)
        .describe('Replicas further behind than this have enough to do with writes.'),
      maxReplicas: z.int().min(1).max(15).default(2).describe('No more are ever wanted.'),
      minReplicas: z
        .int()
        .min(0)
        .max(15)
        .default(1)
        .describe('So many are never said to be one too many: one is what Aurora fails over to.'),
      calmDays: calmDays.default(28).describe('After so many calm days it is said that there could be one fewer.'),
      calmPercent: percent.default(35).describe('Calm means: those that stay would be at most so busy.'),
      cooldownHours: cooldownHours.default(72),
    })
    .prefault({})
    .describe('Proposes replicas when reads dominate and the writer is busy; says so when writes are the bottleneck.'),
  iops: z
    .strictObject({
      mode: mode.default('observe'),
      highPercent: percent.default(80).describe('More than this share of the provisioned IOPS or MiB/s is pressure …'),
      sustainedHours: sustainedHours
        .prefault({ datapoints: 6, of: 72 })
        .describe('… in so many hours: two busy hours on each of three days.'),
      queueDepth: z.number().gt(0).lte(1_000).default(10).describe('More outstanding requests than this are a queue …'),
      latencyMillis: z
        .number()
        .gt(0)
        .lte(1_000)
        .default(10)
        .describe('… when an operation takes longer than this, too: gp3 answers within single milliseconds.'),
      targetPercent: percent.default(60).describe('The new number has the peak at this share.'),
      maxIops: z.int().min(1_000).max(256_000).default(64_000).describe('No more are ever wanted.'),
      calmDays: calmDays.default(28).describe('Fewer provisioned IOPS are wanted after so many calm days.'),
      calmPercent: percent.default(40).describe('Calm means: the peak stays under this share of what is provisioned.'),
      cooldownHours: cooldownHours.default(24),
    })
    .prefault({})
    .describe('Proposes more IOPS or throughput, or the 400 GiB at which gp3 has four times as many at no charge.'),
  'aurora-capacity': z
    .strictObject({
      mode: mode.default('observe'),
      minAcu: acu
        .default(0.5)
        .describe(
          'The ordinary minimum: never lower, and given back to after events and ramps. With 0 the cluster may pause, and no ramp raises it.',
        ),
      maxAcu: acu.min(1).default(64).describe('The maximum is never raised above this.'),
      highPercent: percent
        .default(85)
        .describe('Capacity above this share of the maximum is about to be bound by it …'),
      sustainedHours: sustainedHours.prefault({ datapoints: 3, of: 72 }).describe('… in so many hours.'),
      targetPercent: percent.default(60).describe('The new maximum has the peak at this share.'),
      maxStepFactor: z.number().gt(1).lte(4).default(2).describe('A step raises the maximum at most so many times.'),
      rampFactor: z
        .number()
        .gte(2)
        .lte(64)
        .default(4)
        .describe(
          'A rise within an hour of more than this needs a warmer minimum: Aurora grows the slower the smaller it is.',
        ),
      sustained: sustainedDays.prefault({ days: 3, of: 7 }).describe('On how many days there was such a rise.'),
      eventPercent: percent
        .default(50)
        .describe('While a known event is near or under way, this share of the maximum is kept warm.'),
      eventLeadMinutes: z
        .int()
        .min(0)
        .max(1_440)
        .default(120)
        .describe('A known event is near so long before it begins.'),
      calmDays: calmDays.default(7).describe('Less is wanted after so many calm days.'),
      cooldownHours: cooldownHours.default(1),
    })
    .prefault({})
    .describe(
      'Moves the bounds of Aurora Serverless v2: the maximum before it binds, the minimum for ramps and events.',
    ),
};
