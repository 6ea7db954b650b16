/**
 * What of the database holds a fleet back, with the mean of the minutes in which it did and its limit. More load on it makes
 * it worse. GiB free of storage or memory, GiB swapped, percent of CPU, IOPS, active sessions for each vCPU, connections.
 */
export type DatabaseBottleneck =
  | {
      readonly kind:
        | 'database-storage'
        | 'database-memory'
        | 'database-swap'
        | 'database-cpu'
        | 'database-load'
        | 'database-connections';
      readonly is: number;
      readonly limit: number;
    }
  | { readonly kind: 'database-io'; readonly is: number; readonly limit: number; readonly queueDepth: number };
