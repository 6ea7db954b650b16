import type { AuditRecord } from '../../shared/domain/audit.ts';
import { NOTHING_SUSPENDED, type ScalingSetup, type ScheduledCapacity } from '../../shared/domain/capacity.ts';
import type { Change, ProposableChange } from '../../shared/domain/change.ts';
import type { Act } from '../../shared/domain/decision.ts';
import { describeChange, explainReason } from '../../shared/domain/explain.ts';
import { POOLER_SETTING_NAMES, POOLER_SIZES, type PoolerSizes } from '../../shared/domain/pooler.ts';
import { instant } from '../../shared/domain/units.ts';
import type { TimeFormat } from './format.ts';
import type { LeverPull, PullStatus } from './report-data.ts';

/** The audit table as a list of lever pulls: one for each decision that wanted a change, with what became of it. */
export function pullsOf(records: readonly AuditRecord[], times: TimeFormat): readonly LeverPull[] {
  const byDecision = Map.groupBy(records, ({ decisionId }) => decisionId);
  const found = [...byDecision.values()].flatMap((story) => pullOf(story, times)).toSorted((a, b) => a.at - b.at);
  return withoutRepeats(found);
}

interface FoundPull extends LeverPull {
  /** What was wanted, wherever it began. */
  readonly wanted: string;
  readonly isProposal: boolean;
}

/** A proposal is renewed by the day, and what is held back may be wanted by the hour: that is no news. */
function withoutRepeats(found: readonly FoundPull[]): readonly LeverPull[] {
  const before = new Map<string, FoundPull>();
  return found.flatMap(({ wanted, isProposal, ...pull }): readonly LeverPull[] => {
    const key = `${pull.lever} ${pull.resource}`;
    const last = before.get(key);
    const isSame = last?.wanted === wanted;
    const isRenewal = isProposal && last?.status === 'applied' && pull.status !== 'failed';
    const isHeldStill = last?.status === 'held' && pull.status === 'held';
    if (isSame && (isRenewal || isHeldStill)) return [];
    before.set(key, { wanted, isProposal, ...pull });
    return [pull];
  });
}

function pullOf(story: readonly AuditRecord[], times: TimeFormat): readonly FoundPull[] {
  const opening = story.find(({ transition }) => transition === 'decided' || transition === 'blocked');
  const wanted = opening === undefined ? null : wantedOf(opening);
  if (opening === undefined || wanted === null) return [];
  const { status, because } = outcomeOf(opening, story);
  const { change } = wanted;
  const isProposal = change.kind === 'tend-proposal';
  return [
    {
      wanted: JSON.stringify([change.kind, isProposal ? (change.to.proposes?.to ?? null) : change.to]),
      isProposal,
      at: instant(opening.at),
      effectiveAt: wanted.change.kind === 'schedule-capacity' ? wanted.change.to.map(({ at }) => at) : [],
      resource: opening.resource,
      lever: opening.lever ?? 'unknown',
      title: describeChange(wanted.change),
      detail: [...wanted.because.map(explainReason), ...because],
      ...beforeAndAfter(wanted.change, times),
      status,
      decisionId: opening.decisionId,
    },
  ];
}

function wantedOf({ decision }: AuditRecord): Act | null {
  if (decision?.kind === 'act') return decision;
  return decision?.kind === 'hold' ? (decision.instead ?? null) : null;
}

interface PullOutcome {
  readonly status: PullStatus;
  readonly because: readonly string[];
}

function outcomeOf(opening: AuditRecord, story: readonly AuditRecord[]): PullOutcome {
  if (opening.transition === 'blocked') return { status: 'held', because: opening.reasons.map(explainReason) };
  const last = story.findLast(({ transition }) => OUTCOMES.has(transition));
  switch (last?.transition) {
    case 'applied':
      return { status: 'applied', because: [] };
    case 'skipped':
    case 'failed':
      return { status: last.transition, because: last.reasons.map(explainReason) };
    default:
      return { status: 'open', because: [] };
  }
}

const OUTCOMES: ReadonlySet<string> = new Set(['applied', 'skipped', 'failed']);

function beforeAndAfter(change: Change, times: TimeFormat): Pick<LeverPull, 'before' | 'after'> {
  switch (change.kind) {
    case 'ensure-target-tracking':
      return {
        before: change.from === null ? 'not registered' : setupInWords(change.from),
        after: setupInWords({
          bounds: change.to.bounds,
          targetTracking: [change.to.targetTracking],
          suspended: NOTHING_SUSPENDED,
        }),
      };
    case 'set-capacity-bounds':
      return { before: `${change.from.min}–${change.from.max}`, after: `${change.to.min}–${change.to.max}` };
    case 'schedule-capacity':
      return { before: scheduleInWords(change.from, times), after: scheduleInWords(change.to, times) };
    case 'tune-pgbouncer': {
      const { from, to } = change;
      const moving = POOLER_SIZES.filter((size) => from.some(({ sizes }) => sizes[size] !== to[size]));
      const inWords = (sizes: PoolerSizes): string =>
        moving.map((size) => `${POOLER_SETTING_NAMES[size]} ${sizes[size]}`).join(', ');
      return { before: [...new Set(from.map(({ sizes }) => inWords(sizes)))].join('; '), after: inWords(to) };
    }
    case 'tend-proposal':
      return proposedInWords(change.to.proposes, times);
    default: {
      const [before = '', after = ''] = describeChange(change).split(': ').at(-1)?.split(' → ') ?? [];
      return { before, after };
    }
  }
}

function proposedInWords(proposes: ProposableChange | null, times: TimeFormat): Pick<LeverPull, 'before' | 'after'> {
  if (proposes === null) return { before: 'proposed', after: 'closed' };
  if (proposes.kind !== 'set-capacity-bounds') return beforeAndAfter(proposes, times);
  return { before: `max ${proposes.from.max}`, after: `max ${proposes.to.max}` };
}

function setupInWords({
  bounds,
  targetTracking,
  suspended,
}: Pick<ScalingSetup, 'bounds' | 'targetTracking' | 'suspended'>): string {
  const targets = targetTracking.map(({ cpuPercent }) => `${cpuPercent}\u00a0%\u00a0CPU`).join(', ');
  const still = suspended.dynamicScalingIn || suspended.dynamicScalingOut || suspended.scheduledScaling;
  return `${bounds.min}–${bounds.max}, ${targets === '' ? 'no policy' : targets}${still ? ', suspended' : ''}`;
}

function scheduleInWords(actions: readonly ScheduledCapacity[], times: TimeFormat): string {
  if (actions.length === 0) return 'nothing scheduled';
  return actions
    .map(({ at, min, max }) => {
      const bounds = [min === undefined ? '' : `min\u00a0${min}`, max === undefined ? '' : `max\u00a0${max}`];
      return `${times.moment(at)}: ${bounds.filter((bound) => bound !== '').join(', ')}`;
    })
    .join('; ');
}
