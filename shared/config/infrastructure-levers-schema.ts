import * as z from 'zod';
import { cooldownHours, mode, percent, sustained, tasks } from './schema-parts.ts';

const hoursOf = (datapoints: number, of: number, meaning: string) =>
  z
    .strictObject({
      datapoints: z.int().min(1).max(168).describe('So many whole hours must breach …'),
      of: z.int().min(1).max(168).describe('… of the newest so many, read from hourly aggregates.'),
    })
    .prefault({ datapoints, of })
    .describe(meaning);

/** The levers of what stands around the database: tasks, pods, the cache and storage. */
export const infrastructureLevers = {
  'task-size': z
    .strictObject({
      mode: mode.default('observe'),
      sustained: hoursOf(6, 24, 'How many hours must be pressed before tasks become larger.'),
      ceilingSharePercent: percent
        .default(75)
        .describe('With fewer running tasks than this share of the ceiling, more tasks are the answer.'),
      cpuMillisPerRequest: z
        .number()
        .gt(0)
        .lte(600_000)
        .default(50)
        .describe('A request that takes more milliseconds of one vCPU than this is expensive.'),
      slowRequestMillis: z
        .number()
        .gt(0)
        .lte(600_000)
        .default(500)
        .describe('A service is slow when the 99th percentile of its response time is above this.'),
      memoryHighPercent: percent.default(80).describe('Memory above this, on average over the tasks, is short.'),
      maxCpuUnits: z.int().min(256).max(16_384).default(4_096).describe('No task is made larger than this.'),
      maxMemoryMiB: z.int().min(512).max(122_880).default(30_720).describe('Nor given more memory than this.'),
      calmDays: z.int().min(7).max(60).default(14).describe('Tasks become smaller when so many days were calm.'),
      calmHeadroomFactor: z
        .number()
        .gte(1)
        .lte(4)
        .default(1.25)
        .describe('Calm means: the peak times this fits the smaller task.'),
      cooldownHours: cooldownHours.default(24),
    })
    .prefault({})
    .describe('Gives tasks more CPU or memory when more tasks would not help, and less after calm weeks.'),
  'hpa-ceiling': z
    .strictObject({
      mode: z
        .enum(['off', 'observe', 'propose'])
        .default('observe')
        .describe('As for other levers. The value lives in a manifest: there is no `apply`.'),
      sustained: sustained
        .prefault({ datapoints: 10, of: 15 })
        .describe('How long an autoscaler must be at maxReplicas with its utilization above target.'),
      maxStepFactor: z.number().gt(1).lte(4).default(1.5).describe('A step raises maxReplicas at most so many times.'),
      maxReadingAgeSeconds: z.int().min(60).max(3_600).default(300).describe('An older reading counts as missing.'),
      cooldownHours: cooldownHours.default(24),
    })
    .prefault({})
    .describe('Proposes a higher maxReplicas for a HorizontalPodAutoscaler that is pinned at it.'),
  cache: z
    .strictObject({
      mode: mode.default('observe'),
      sustained: hoursOf(6, 24, 'How many hours must be pressed before the cache grows.'),
      memoryHighPercent: percent.default(80).describe('Memory of the fullest node above this is short.'),
      memoryTargetPercent: percent.default(60).describe('Shards are added until memory would stand here.'),
      engineCpuHighPercent: percent
        .default(80)
        .describe('CPU of the engine above this is high; the engine runs on one core.'),
      hitPercent: percent.default(80).describe('A cache with a lower hit rate does not do its work.'),
      evictionsPerHour: z
        .number()
        .gte(0)
        .default(100)
        .describe('More keys than this pushed out in an hour, by all nodes, count as evictions.'),
      readsDominatePercent: percent.default(70).describe('From this share of read commands on a replica helps.'),
      maxNodeMemoryGiB: z.number().gt(0).default(53).describe('No node type with more memory is asked for.'),
      maxShards: z.int().min(1).max(500).default(15).describe('Never more shards.'),
      maxReplicasPerShard: z.int().min(0).max(5).default(3).describe('Never more replicas of a shard.'),
      cooldownHours: cooldownHours.default(24),
    })
    .prefault({})
    .describe('Larger nodes, more shards or replicas for a cache that is short of them; never smaller.'),
  storage: z
    .strictObject({
      mode: mode.default('observe'),
      historyDays: z.int().min(7).max(60).default(28).describe('Days from which growth is read.'),
      horizonDays: z.int().min(7).max(365).default(60).describe('Acts when the room is used up within so many days.'),
      targetDays: z.int().min(30).max(1_095).default(180).describe('The new size has room for so many days.'),
      urgentDays: z
        .int()
        .min(1)
        .max(60)
        .default(7)
        .describe('Without storage autoscaling, the size itself is raised when the disk is full within so many days.'),
      freeLowPercent: percent.default(10).describe('Less free storage than this is short, whatever the growth.'),
      hardLimitGiB: z.int().min(20).max(65_536).default(4_096).describe('Storage is never asked to exceed this.'),
      cooldownHours: cooldownHours.default(24),
    })
    .prefault({})
    .describe('Raises the ceiling of storage autoscaling, or the storage itself, before it is full; never lowers it.'),
};

export const podAutoscalerSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
    .meta({
      description: 'Name of the HorizontalPodAutoscaler.',
      patternErrorMessage: 'a name of a Kubernetes object',
      examples: ['backend-hpa'],
    }),
  namespace: z.string().min(1).max(63).default('default').describe('Kubernetes namespace.'),
  cluster: z.string().min(1).max(100).describe('Kubernetes cluster, as the dimension `ClusterName` names it.'),
  hardLimit: tasks.min(1).describe('maxReplicas is never asked to exceed this.'),
  metrics: z
    .array(z.enum(['cpu', 'memory']))
    .min(1)
    .default(['cpu'])
    .describe('Utilization metrics of the autoscaler that are looked at.'),
  tolerance: z
    .number()
    .gte(0)
    .lt(1)
    .default(0.1)
    .describe('So far from its target the autoscaler leaves things as they are.'),
  metricNamespace: z
    .string()
    .min(1)
    .default('ContainerInsights/Prometheus')
    .describe('Namespace under which kube-state-metrics reach CloudWatch.'),
});
export type PodAutoscalerConfiguration = z.output<typeof podAutoscalerSchema>;

export const podAutoscalers = z
  .array(podAutoscalerSchema)
  .default([])
  .describe('HorizontalPodAutoscalers whose kube-state-metrics reach CloudWatch.');
