import type { DatabaseReason } from '../../../shared/domain/database-reason.ts';

/** What a person reads for each of `DATABASE_REASONS`. */
export const DATABASE_SENTENCES: { readonly [Code in DatabaseReason['code']]: string } = {
  'database-pressed': 'CPU at 82.4 %, above 70 %, in the busy hours of 12 of 14 days',
  'class-offers': 'db.m6g.xlarge has 4 vCPUs, 16 GiB and by default 1742 connections',
  'quiet-hours': 'quiet hours from 2026-12-02 01:00 UTC to 2026-12-02 03:00 UTC, 22 % of the mean load',
  'green-hours':
    '183 g CO₂/kWh then, against 301 in the quietest hours from 2026-12-02 01:00 UTC to 2026-12-02 03:00 UTC, 22 % of the mean load: equally quiet (within 5 % of the mean load), and greener',
  'database-calm': 'never more than 18.2 % CPU, 5.1 GiB of memory and 62 connections in 28 days',
  'reads-dominate': '81.3 % of the load are reads, CPU of the writer at 84.2 % in the busy hours of 12 of 14 days',
  'replicas-busy': '1 replica at 78.6 % CPU, above 70 %, in the busy hours of 11 of 14 days',
  'replicas-idle': '2 replicas never above 12.3 % CPU in 28 days',
  'storage-pressed': '2712 of 3000 IOPS, above 80 %, in 9 of 72 hours, 75 % of them reads',
  'baseline-steps': 'from 400 GiB on gp3 has 12000 IOPS and 500 MiB/s at no further charge',
  'storage-ceiling-in-the-way': 'storage autoscaling ends at 200 GiB, 400 GiB are to be allocated',
  'storage-idle': 'never more than 4101 IOPS of 20000 in 28 days',
  'acu-near-max': '14.6 ACU used of at most 16, above 85 %, in 4 of 72 hours',
  'acu-ramps': 'from 0.5 to 8.2 ACU within an hour, more than ×4, on 5 of 7 days',
  'acu-warm-for-event': '“Tax deadline” begins 2026-12-02 08:00 UTC, 8 ACU are kept warm',
  'acu-idle': 'never more than 3.4 ACU in 7 days, at most 32 allowed',
  'acu-warm-enough': 'no ramp has needed a minimum of 4 ACU in 7 days',
  'pressed-too-seldom': 'free memory below 0.4 GiB on 3 of 14 days only, not on 10',
  'no-larger-class': 'no class above db.r6g.16xlarge offers what is needed',
  'sessions-wait': '9.4 sessions wait for locks or I/O, more than the 4 vCPUs: a larger class would not help them',
  'pools-too-large': '178 connections, and pools of 60 of which 11 are ever in use: smaller pools first',
  'writes-dominate': '41.2 % of the load are reads, not 70 %: a replica takes no writes',
  'replicas-unused': '2 replicas at 3.1 % CPU while the writer is busy: the application does not read from them',
  'replicas-lag':
    'replicas are 840 ms behind, more than 100: writes are the bottleneck, and every replica has to repeat them',
  'most-replicas': '2 replicas, no more are allowed',
  'storage-within-limits': '1204 of 3000 IOPS',
  'queue-without-load':
    '24.5 requests queue for 18.3 ms at 1480 IOPS: the volume has room, the instance passes no more on',
  'storage-type-ends-here':
    'gp2 of this size has 750 IOPS, needs 1250: move to gp3, which has 3000 at any size and 12000 from 400 GiB',
  'most-iops': '64000 IOPS are the most that is offered, needs 81000',
  'most-acu': '64 ACU are the most that is allowed',
  'acu-fits': 'up to 6.2 ACU within 0.5–16',
  'database-changing': 'the database is changing: modifying',
  'changed-lately': 'changed at 2026-12-01 02:10 UTC, judged again after 14 days',
  'approval-needed': 'a class is changed live only with an approval of exactly db.r6g.large that has not expired',
  'waits-for-quiet-hours': 'waits for the quiet hours from 2026-12-02 01:00 UTC',
  'other-remedy': 'read-replica goes first: reads can leave the writer, without a restart of it',
  'storage-optimizing': 'the storage is still being optimised after the last change',
  'storage-modified-lately': 'AWS allows four changes of storage in 24 hours, the next at 2026-12-02 09:12 UTC',
  'storage-not-offered': 'AWS takes 400 or 440–65536 GiB for this instance, not 80000',
  'storage-without-autoscaling': 'AWS offers no storage autoscaling for this instance',
};
