import type { FleetPolicy, LeverName } from '../config/policy.ts';
import type { ProposableChange } from '../domain/change.ts';
import { type Act, act } from '../domain/decision.ts';
import { isSameValue } from '../domain/proposed-value.ts';
import type { FleetSnapshot, StandingProposal } from '../domain/snapshot.ts';
import { DAY, type EpochMs, later, MINUTE, type Seconds } from '../domain/units.ts';
import { proposalResourceOf } from '../evaluation/proposals.ts';
import { isDue } from '../levers/metric-queries.ts';
import { resourceOf, targetOf } from '../levers/resources.ts';
import type { AuditLog, StoredChange } from '../ports.ts';

/** What was changed live and has to stand in infrastructure code as well. */
export interface OutOfStep {
  readonly lever: LeverName;
  /** What the change is about, as its lever names it. */
  readonly about: string;
  /** `null`: no service. */
  readonly service: string | null;
  readonly decision: Act;
}

/** A change that is not left alone for so long may be taken back again. */
export const SETTLED_AFTER: Seconds = 15 * MINUTE;
/** The same is looked after so often: the base moves, a person answers. */
const AGAIN_AFTER: Seconds = DAY;

/**
 * Live changes that the next apply of the infrastructure code would take back, as far as is known here: what the code says
 * was said by policy, or by the last proposal. The action reads the code itself, and leaves it alone where it is right.
 */
export function codeOutOfStep(
  findMoved: FindMoved,
  { policy, changes }: { readonly policy: FleetPolicy; readonly changes: readonly StoredChange[] },
  snapshot: FleetSnapshot,
  now: EpochMs,
): readonly OutOfStep[] {
  if (policy.infrastructureCode === undefined || !canPropose(policy.infrastructureCode)) return [];
  return findMoved(policy, snapshot, changes, now).flatMap(({ lever, about, service, inCode, live, change }) => {
    if (policy.levers[lever].mode !== 'apply') return [];
    const standing = snapshot.proposals[proposalResourceOf(lever, about)] ?? null;
    if (!isNews(standing, change, now)) return [];
    const to = { proposes: change, lastNeededAt: now };
    const tend = { kind: 'tend-proposal', lever, about, from: null, to } as const;
    return [{ lever, about, service, decision: act(tend, 'repair', { code: 'code-out-of-step', live, inCode }) }];
  });
}

function canPropose({ host, github }: NonNullable<FleetPolicy['infrastructureCode']>): boolean {
  return host === 'git' || github !== undefined;
}

function isNews(standing: StandingProposal | null, change: ProposableChange, now: EpochMs): boolean {
  if (standing === null) return true;
  if (standing.kind === 'in-hand') return false;
  const isSame = standing.proposes !== null && isSameValue(standing.proposes, change);
  return !isSame || now >= later(standing.tendedAt, AGAIN_AFTER);
}

export interface Moved {
  readonly lever: LeverName;
  readonly about: string;
  readonly service: string | null;
  readonly inCode: string;
  readonly live: string;
  readonly change: ProposableChange;
}

/** What a look finds to have moved, each kind of look in what it sees. */
export type FindMoved = (
  policy: FleetPolicy,
  snapshot: FleetSnapshot,
  changes: readonly StoredChange[],
  now: EpochMs,
) => readonly Moved[];

/** What is behind this is asked of the audit table, and not every minute. */
const CEILINGS_EVERY: Seconds = 15 * MINUTE;
/** The predictive lever tells of a service up to three times a minute. */
const RECORDS = 500;

/** Whether the ceiling lever has made a ceiling what it is: what an event has raised is for a while only. */
export async function isOfCeilingLever(
  { lever, about, decision: { change } }: OutOfStep,
  audit: Pick<AuditLog, 'byResource'>,
): Promise<boolean> {
  const proposes = change.kind === 'tend-proposal' ? change.to.proposes : null;
  if (lever !== 'ceiling' || proposes?.kind !== 'set-capacity-bounds') return true;
  const newestFirst = await audit.byResource(about, RECORDS);
  return newestFirst.some(
    ({ transition, lever: by, after }) =>
      transition === 'applied' && by === 'ceiling' && maxOf(after) === proposes.to.max,
  );
}

function maxOf(after: unknown): unknown {
  return typeof after === 'object' && after !== null && 'max' in after ? after.max : null;
}

/** Ceilings that stand elsewhere than policy and the last proposal say, and that nothing scheduled will move by itself. */
export const movedCeilings: FindMoved = ({ services }, snapshot, _, now) =>
  (isDue(now, CEILINGS_EVERY) ? services : []).flatMap((service): readonly Moved[] => {
    const seen = snapshot.services[service.name];
    if (seen?.scaling.kind !== 'seen' || seen.scaling.value === null || seen.scheduled.kind !== 'seen') return [];
    const about = resourceOf(service);
    const known = knownCeiling(snapshot.proposals[proposalResourceOf('ceiling', about)]);
    const { bounds } = seen.scaling.value;
    const isTemporary = seen.scheduled.value.ours.some(({ max }) => max !== undefined);
    if (isTemporary || !isSettled(snapshot, about, now)) return [];
    if (bounds.max === service.max && (known === null || known === bounds.max)) return [];
    // What was proposed before stands in the code as soon as it is merged; until then policy says what does.
    const inCode = known === null || known === bounds.max ? service.max : known;
    const from = { min: bounds.min, max: inCode };
    const change = { kind: 'set-capacity-bounds', target: targetOf(service), from, to: bounds } as const;
    return [
      {
        lever: 'ceiling',
        about,
        service: service.name,
        inCode: `max ${inCode}`,
        live: `max ${bounds.max}`,
        change,
      },
    ];
  });

function knownCeiling(standing: StandingProposal | undefined): number | null {
  return standing?.proposes?.kind === 'set-capacity-bounds' ? standing.proposes.to.max : null;
}

function isSettled({ changes }: FleetSnapshot, resource: string, now: EpochMs): boolean {
  const change = changes[resource];
  return change === undefined || change.lever === 'predictive' || now >= later(change.updatedAt, SETTLED_AFTER);
}
