import { DAY, instant, later, type Seconds } from '../../domain/units.ts';
import type { Finding, Path } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';

/** An approval is for a change that is near; longer than this it would be a policy. */
const LONGEST_APPROVAL: Seconds = 14 * DAY;

/** Numbers of one lever of the database that contradict each other, and approvals that would not end. */
export function checkDatabaseLevers({ levers, database }: SoundFleet): readonly Finding[] {
  if (levers === undefined) return [];
  const { path, value } = levers;
  const { 'database-class': ofClass, 'read-replica': replicas, iops, 'aurora-capacity': aurora } = value;
  const at = (lever: string, ...keys: readonly string[]): Path => [...path, lever, ...keys];
  return [
    ...approvalEnds(at('database-class', 'approval'), ofClass.approval),
    ...approvalOfInstance(at('database-class', 'approval'), ofClass.approval, database?.value.kind),
    ...atMost(at('database-class', 'sustained', 'days'), ofClass.sustained.days, 'of', ofClass.sustained.of),
    ...atMost(at('read-replica', 'sustained', 'days'), replicas.sustained.days, 'of', replicas.sustained.of),
    ...atMost(at('read-replica', 'minReplicas'), replicas.minReplicas, 'maxReplicas', replicas.maxReplicas),
    // One replica fewer would be wanted as soon as there is one more.
    ...atMost(at('read-replica', 'calmPercent'), replicas.calmPercent, 'replicaCpuPercent', replicas.replicaCpuPercent),
    ...atMost(at('iops', 'sustainedHours', 'datapoints'), iops.sustainedHours.datapoints, 'of', iops.sustainedHours.of),
    // What was just bought would be short, or given back, at once.
    ...atMost(at('iops', 'targetPercent'), iops.targetPercent, 'highPercent', iops.highPercent),
    ...atMost(at('iops', 'calmPercent'), iops.calmPercent, 'targetPercent', iops.targetPercent),
    ...atMost(
      at('aurora-capacity', 'sustainedHours', 'datapoints'),
      aurora.sustainedHours.datapoints,
      'of',
      aurora.sustainedHours.of,
    ),
    ...atMost(at('aurora-capacity', 'sustained', 'days'), aurora.sustained.days, 'of', aurora.sustained.of),
    ...atMost(at('aurora-capacity', 'targetPercent'), aurora.targetPercent, 'highPercent', aurora.highPercent),
    ...atMost(at('aurora-capacity', 'minAcu'), aurora.minAcu, 'maxAcu', aurora.maxAcu),
  ];
}

function approvalEnds(
  path: Path,
  approval: { readonly from: string; readonly until: string } | undefined,
): readonly Finding[] {
  if (approval === undefined) return [];
  const [from, until] = [instant(approval.from), instant(approval.until)];
  if (until > from && until <= later(from, LONGEST_APPROVAL)) return [];
  return [
    {
      path: [...path, 'until'],
      at: 'value',
      found: approval.until,
      message: `found ${approval.until}`,
      expected: `after from, which is ${approval.from}, and at most 14 days after it`,
    },
  ];
}

function approvalOfInstance(path: Path, approval: object | undefined, kind: string | undefined): readonly Finding[] {
  if (approval === undefined || kind !== 'aurora-cluster') return [];
  const expected = 'none: the class of an Aurora cluster is changed by a pull request alone';
  return [{ path, at: 'key', message: 'found an approval', expected }];
}

function atMost(path: Path, is: number, limitKey: string, limit: number): readonly Finding[] {
  return is <= limit
    ? []
    : [{ path, at: 'value', found: is, message: `found ${is}`, expected: `at most ${limitKey}, which is ${limit}` }];
}
