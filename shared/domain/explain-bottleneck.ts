import type { DatabaseBottleneck } from './bottleneck.ts';

/** `CPU of the database: 91.3 % of 70`. */
export function explainBottleneck(bottleneck: DatabaseBottleneck): string {
  const is = round(bottleneck.is);
  const limit = round(bottleneck.limit);
  switch (bottleneck.kind) {
    case 'database-storage':
      return `storage of the database: ${is} GiB free, less than ${limit}`;
    case 'database-memory':
      return `memory of the database: ${is} GiB free, less than ${limit}`;
    case 'database-swap':
      return `memory of the database: ${is} GiB swapped, more than ${limit}`;
    case 'database-cpu':
      return `CPU of the database: ${is} % of ${limit}`;
    case 'database-io':
      return `I/O of the database: ${is} IOPS of ${limit}, ${round(bottleneck.queueDepth)} requests queue`;
    case 'database-load':
      return `load of the database: ${is} active sessions for each vCPU of ${limit}`;
    case 'database-connections':
      return `number of database connections: ${is} connections of ${limit}`;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
