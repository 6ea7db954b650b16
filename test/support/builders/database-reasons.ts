import type { DatabaseReason } from '../../../shared/domain/database-reason.ts';
import { at } from './time.ts';

/** One reason of every code of the levers of the database. */
export const DATABASE_REASONS: {
  readonly [Code in DatabaseReason['code']]: DatabaseReason & { readonly code: Code };
} = {
  'database-pressed': { code: 'database-pressed', what: 'cpu', is: 82.44, limit: 70, days: 12, of: 14 },
  'class-offers': {
    code: 'class-offers',
    instanceClass: 'db.m6g.xlarge',
    vcpus: 4,
    memoryGiB: 16,
    maxConnections: 1742,
  },
  'quiet-hours': { code: 'quiet-hours', from: at('01:00', 1), to: at('03:00', 1), loadPercent: 22.4 },
  'green-hours': {
    ...{ code: 'green-hours', gramsPerKWh: 182.6, equalWithinPercent: 5 },
    quietest: { from: at('01:00', 1), to: at('03:00', 1), loadPercent: 22.4, gramsPerKWh: 301.2 },
  },
  'database-calm': { code: 'database-calm', days: 28, cpuPercent: 18.2, usedMemoryGiB: 5.1, connections: 62 },
  'reads-dominate': { code: 'reads-dominate', readPercent: 81.3, cpuPercent: 84.2, days: 12, of: 14 },
  'replicas-busy': { code: 'replicas-busy', replicas: 1, cpuPercent: 78.6, limitPercent: 70, days: 11, of: 14 },
  'replicas-idle': { code: 'replicas-idle', replicas: 2, cpuPercent: 12.3, days: 28 },
  'storage-pressed': {
    ...{ code: 'storage-pressed', what: 'iops', is: 2712.4, provisioned: 3000 },
    ...{ limitPercent: 80, hours: 9, of: 72, readPercent: 74.6 },
  },
  'baseline-steps': { code: 'baseline-steps', atGiB: 400, iops: 12_000, mibps: 500 },
  'storage-ceiling-in-the-way': { code: 'storage-ceiling-in-the-way', maxAllocatedGiB: 200, neededGiB: 400 },
  'storage-idle': { code: 'storage-idle', what: 'iops', is: 4100.6, provisioned: 20_000, days: 28 },
  'acu-near-max': { code: 'acu-near-max', acu: 14.6, maxAcu: 16, limitPercent: 85, hours: 4, of: 72 },
  'acu-ramps': { code: 'acu-ramps', fromAcu: 0.5, toAcu: 8.2, factor: 4, days: 5, of: 7 },
  'acu-warm-for-event': { code: 'acu-warm-for-event', event: 'Tax deadline', from: at('08:00', 1), minAcu: 8 },
  'acu-idle': { code: 'acu-idle', days: 7, peakAcu: 3.4, maxAcu: 32 },
  'acu-warm-enough': { code: 'acu-warm-enough', days: 7, minAcu: 4 },
  'pressed-too-seldom': { code: 'pressed-too-seldom', what: 'memory', limit: 0.4, days: 3, of: 14, needed: 10 },
  'no-larger-class': { code: 'no-larger-class', instanceClass: 'db.r6g.16xlarge' },
  'sessions-wait': { code: 'sessions-wait', sessions: 9.37, vcpus: 4 },
  'pools-too-large': { code: 'pools-too-large', connections: 178, peakActive: 11, poolSize: 60 },
  'writes-dominate': { code: 'writes-dominate', readPercent: 41.2, limitPercent: 70 },
  'replicas-unused': { code: 'replicas-unused', replicas: 2, cpuPercent: 3.1 },
  'replicas-lag': { code: 'replicas-lag', lagMillis: 840, limitMillis: 100 },
  'most-replicas': { code: 'most-replicas', replicas: 2 },
  'storage-within-limits': { code: 'storage-within-limits', iops: 1204.3, provisionedIops: 3000 },
  'queue-without-load': { code: 'queue-without-load', queueDepth: 24.5, iops: 1480, latencyMillis: 18.25 },
  'storage-type-ends-here': { code: 'storage-type-ends-here', iops: 750, needed: 1250 },
  'most-iops': { code: 'most-iops', iops: 64_000, needed: 81_000 },
  'most-acu': { code: 'most-acu', maxAcu: 64 },
  'acu-fits': { code: 'acu-fits', peakAcu: 6.2, minAcu: 0.5, maxAcu: 16 },
  'database-changing': { code: 'database-changing', status: 'modifying' },
  'changed-lately': { code: 'changed-lately', at: at('02:10'), days: 14 },
  'approval-needed': { code: 'approval-needed', instanceClass: 'db.r6g.large' },
  'waits-for-quiet-hours': { code: 'waits-for-quiet-hours', from: at('01:00', 1) },
  'other-remedy': { code: 'other-remedy', lever: 'read-replica', why: 'reads-can-leave' },
  'storage-optimizing': { code: 'storage-optimizing' },
  'storage-modified-lately': { code: 'storage-modified-lately', until: at('09:12', 1) },
  'storage-not-offered': {
    code: 'storage-not-offered',
    what: 'size',
    wanted: 80_000,
    offered: [
      { from: 400, to: 400 },
      { from: 440, to: 65_536 },
    ],
  },
  'storage-without-autoscaling': { code: 'storage-without-autoscaling' },
};
