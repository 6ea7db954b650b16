import type { LeverName } from '../config/policy.ts';
import type { DatabaseResource, OtherRemedy } from '../domain/database-reason.ts';
import type { Act } from '../domain/decision.ts';
import type { ActReason } from '../domain/reason.ts';
import type { Proposal } from '../levers/lever.ts';

/**
 * One ailment, several levers that would ease it: the one that mends its cause goes, the others wait for what it brings. A
 * rule says who waits for whom, and for which of their reasons. No two rules send each other to wait.
 */
interface Rule {
  readonly waits: LeverName;
  readonly isFor: (wanted: Act) => boolean;
  readonly for: LeverName;
  readonly which: (wanted: Act) => boolean;
  readonly why: OtherRemedy['why'];
}

const grows = (codes: readonly ActReason['code'][]) => (wanted: Act) =>
  wanted.direction === 'grow' && wanted.because.some(({ code }) => codes.some((one) => one === code));

/** Whether a class is short of nothing but these. */
const shortOfOnly = (resources: readonly DatabaseResource[]) => (wanted: Act) => {
  const short = shortOf(wanted);
  return short.length > 0 && short.every((what) => resources.includes(what));
};
const shortOfAny = (resources: readonly DatabaseResource[]) => (wanted: Act) =>
  shortOf(wanted).some((what) => resources.includes(what));

function shortOf({ because }: Act): readonly DatabaseResource[] {
  return because.flatMap((reason) => (reason.code === 'database-pressed' ? [reason.what] : []));
}

const CPU_ALONE: readonly DatabaseResource[] = ['cpu', 'sessions-on-cpu'];
const MORE_THAN_CPU: readonly DatabaseResource[] = ['memory', 'swap', 'connections', 'io-credits'];

const missesMore = grows(['cache-evicts', 'cache-memory-short']);
const needsCpuOfTasks = grows(['requests-cost-cpu', 'slow-and-cpu-bound']);

const raisesCeiling = ({ direction, change }: Act): boolean =>
  direction === 'grow' && change.kind === 'set-storage-ceiling';

const allocatesMore = ({ direction, change }: Act): boolean =>
  direction === 'grow' && change.kind === 'provision-storage' && change.to.allocatedGiB > change.from.allocatedGiB;

/** Whether the IOPS that are short are reads, which memory would spare. */
function areReads({ because }: Act): boolean {
  return because.some((reason) => reason.code === 'storage-pressed' && (reason.readPercent ?? 0) > 50);
}

const RULES: readonly Rule[] = [
  { waits: 'iops', isFor: raisesCeiling, for: 'storage', which: raisesCeiling, why: 'disk-fills' },
  { waits: 'iops', isFor: allocatesMore, for: 'storage', which: allocatesMore, why: 'disk-fills' },
  { waits: 'iops', isFor: areReads, for: 'cache', which: missesMore, why: 'cache-misses' },
  { waits: 'database-class', isFor: shortOfOnly(CPU_ALONE), for: 'cache', which: missesMore, why: 'cache-misses' },
  {
    waits: 'read-replica',
    isFor: grows(['reads-dominate', 'replicas-busy']),
    for: 'cache',
    which: missesMore,
    why: 'cache-misses',
  },
  {
    waits: 'database-class',
    isFor: shortOfOnly(CPU_ALONE),
    for: 'read-replica',
    which: grows(['reads-dominate']),
    why: 'reads-can-leave',
  },
  {
    waits: 'read-replica',
    isFor: grows(['reads-dominate']),
    for: 'database-class',
    which: shortOfAny(MORE_THAN_CPU),
    why: 'class-has-both',
  },
  {
    waits: 'read-replica',
    isFor: grows(['reads-dominate']),
    for: 'aurora-capacity',
    which: grows(['acu-near-max']),
    why: 'capacity-is-bound',
  },
  {
    waits: 'iops',
    isFor: areReads,
    for: 'database-class',
    which: shortOfAny(['memory', 'swap']),
    why: 'memory-spares-reads',
  },
  {
    waits: 'iops',
    isFor: grows(['storage-pressed']),
    for: 'database-class',
    which: shortOfAny(['io-credits']),
    why: 'class-is-the-limit',
  },
  ...(['database-class', 'read-replica', 'aurora-capacity'] as const).map((lever): Rule => ({
    waits: 'task-size',
    isFor: needsCpuOfTasks,
    for: lever,
    which: (wanted) =>
      wanted.direction === 'grow' && !wanted.because.every(({ code }) => code === 'acu-warm-for-event'),
    why: 'database-holds-back',
  })),
];

/**
 * The lever whose remedy goes before that of a proposal, and why; `null` where there is none.
 *
 * @param comesAbout whether a wish is carried out or proposed: nobody waits for one that is only observed.
 */
export function otherRemedy(
  { lever, wanted }: Proposal,
  proposals: readonly Proposal[],
  comesAbout: (proposal: Proposal, wanted: Act) => boolean,
): OtherRemedy | null {
  if (wanted.kind !== 'act') return null;
  const rule = RULES.filter((one) => one.waits === lever && one.isFor(wanted)).find((one) =>
    proposals.some(
      (rival) =>
        rival.lever === one.for &&
        rival.wanted.kind === 'act' &&
        one.which(rival.wanted) &&
        comesAbout(rival, rival.wanted),
    ),
  );
  return rule === undefined ? null : { code: 'other-remedy', lever: rule.for, why: rule.why };
}

/** The levers whose growth brings more work to the database. */
export const LOADS_THE_DATABASE: ReadonlySet<LeverName> = new Set([
  'ceiling',
  'hpa-ceiling',
  'pool-size',
  'predictive',
  'task-size',
]);

/**
 * Whether a wish would bring the database more work now. Tasks that need memory would not, and what is announced, planned for
 * later or repaired does not depend on the load of now.
 */
export function pushesLoad({ lever, wanted }: Proposal): boolean {
  if (wanted.kind !== 'act' || wanted.direction !== 'grow' || !LOADS_THE_DATABASE.has(lever)) return false;
  if (wanted.change.kind === 'schedule-capacity') return false;
  return lever !== 'task-size' || needsCpuOfTasks(wanted);
}
