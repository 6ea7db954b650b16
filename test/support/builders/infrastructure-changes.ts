import type { TaskSize } from '../../../shared/domain/infrastructure.ts';

export const SMALL_TASK: TaskSize = { cpuUnits: 1024, memoryMiB: 2048 };
export const LARGE_TASK: TaskSize = { cpuUnits: 2048, memoryMiB: 4096 };
export const INSTANCE = { kind: 'rds-instance', identifier: 'main' } as const;
export const CLUSTER = { kind: 'aurora-cluster', identifier: 'ledger' } as const;

/** Tasks of twice the size for core-api. */
export const RESIZE = {
  kind: 'resize-task',
  service: { cluster: 'production', service: 'core-api' },
  family: 'core-api',
  from: SMALL_TASK,
  to: LARGE_TASK,
} as const;

export const RAISED_CEILING = {
  kind: 'set-storage-ceiling',
  database: INSTANCE,
  from: { maxAllocatedGiB: 100 },
  to: { maxAllocatedGiB: 200 },
} as const;

export const LARGER_CLASS = {
  kind: 'change-database-class',
  database: INSTANCE,
  from: { instanceClass: 'db.t4g.medium' },
  to: { instanceClass: 'db.r6g.large' },
} as const;
