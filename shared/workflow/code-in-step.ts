import type { FleetPolicy, LeverName } from '../config/policy.ts';
import type { Change, ProposableChange } from '../domain/change.ts';
import { type Act, act } from '../domain/decision.ts';
import { type DurableSizes, POOLER_SETTING_NAMES, POOLER_SIZES, type PoolerSizes } from '../domain/pooler.ts';
import type { Reading } from '../domain/reading.ts';
import type { FleetSnapshot, StandingProposal } from '../domain/snapshot.ts';
import { DAY, type EpochMs, HOUR, later, MINUTE, type Seconds } from '../domain/units.ts';
import { proposalResourceOf } from '../evaluation/proposals.ts';
import type { LookKind } from '../levers/lever.ts';
import { isDue } from '../levers/metric-queries.ts';
import { poolerResourceOf, resourceOf, targetOf } from '../levers/resources.ts';
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
const SETTLED_AFTER: Seconds = 15 * MINUTE;
/** The same is looked after so often: the base moves, a person answers. */
const AGAIN_AFTER: Seconds = DAY;
/** So long a live change of infrastructure is followed until its code says it. */
const FOLLOWED_FOR: Seconds = 30 * DAY;

/**
 * Live changes that the next apply of the infrastructure code would take back, as far as is known here: what the code says
 * was said by policy, or by the last proposal. The action reads the code itself, and leaves it alone where it is right.
 */
export function codeOutOfStep(
  look: LookKind,
  { policy, changes }: { readonly policy: FleetPolicy; readonly changes: readonly StoredChange[] },
  snapshot: FleetSnapshot,
  now: EpochMs,
): readonly OutOfStep[] {
  if (policy.infrastructureCode === undefined || !canPropose(policy.infrastructureCode)) return [];
  const all = { fleet: ceilings, pooler: pools, infrastructure: sizes }[look](policy, snapshot, changes, now);
  return all.flatMap(({ lever, about, service, inCode, live, change }) => {
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
  const isSame = standing.proposes !== null && JSON.stringify(standing.proposes.to) === JSON.stringify(change.to);
  return !isSame || now >= later(standing.tendedAt, AGAIN_AFTER);
}

interface Moved {
  readonly lever: LeverName;
  readonly about: string;
  readonly service: string | null;
  readonly inCode: string;
  readonly live: string;
  readonly change: ProposableChange;
}

type Finder = (
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
const ceilings: Finder = ({ services }, snapshot, _, now) =>
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

/** Within so long sizes that stand are kept for the next start, if they are at all. */
const KEPT_AFTER: Seconds = HOUR;

/**
 * Sizes of PgBouncer that stand live. Those that are kept in a task definition or a parameter stand in the code all the
 * same: its next apply would make a revision with the old ones, or put the parameter back.
 */
const pools: Finder = ({ pooler }, { pooler: seen, proposals }, _, now) => {
  if (pooler === undefined) return [];
  const intended = seen?.intended ?? null;
  const since = seen?.intendedAt ?? null;
  if (intended === null || since === null || now < later(since, SETTLED_AFTER)) return [];
  const configured: PoolerSizes = {
    defaultPoolSize: pooler.defaultPoolSize,
    reservePoolSize: pooler.reservePoolSize,
    maxClientConnections: pooler.maxClientConnections,
  };
  const kept = keptSizes(pooler, seen?.durable ?? null, {
    sizes: intended,
    isOverdue: now >= later(since, KEPT_AFTER),
  });
  if (kept === null) return [];
  const live = { ...configured, ...kept.sizes };
  const about = poolerResourceOf(pooler);
  const known = knownSizes(proposals[proposalResourceOf('pool-size', about)]);
  // What was proposed before stands in the code as soon as it is merged; until then policy says what does.
  const inCode = known === null || isSame(known, live) ? configured : known;
  if (isSame(inCode, live)) return [];
  const said = (sizes: PoolerSizes): string =>
    POOLER_SIZES.filter((size) => live[size] !== inCode[size])
      .map((size) => `${POOLER_SETTING_NAMES[size]} ${sizes[size]}`)
      .join(', ');
  const target = { cluster: pooler.cluster, service: pooler.service };
  return [
    {
      lever: 'pool-size',
      about,
      service: null,
      inCode: said(inCode),
      live: said(live),
      change: {
        kind: 'tune-pgbouncer',
        pooler: target,
        from: [{ instance: 'configuration', sizes: inCode }],
        to: live,
        ...kept.family,
      },
    },
  ];
};

interface KeptSizes {
  /** Those that infrastructure code has a say in. */
  readonly sizes: Partial<PoolerSizes>;
  readonly family: { readonly family?: string };
}

/** `null`: what is live is about to be kept, or cannot be seen. What is kept nowhere else stands in the code alone. */
function keptSizes(
  { durable: place }: NonNullable<FleetPolicy['pooler']>,
  durable: Reading<DurableSizes> | null,
  { sizes: intended, isOverdue }: { readonly sizes: PoolerSizes; readonly isOverdue: boolean },
): KeptSizes | null {
  if (place === undefined) return { sizes: intended, family: {} };
  if (durable?.kind !== 'seen' || durable.value.rollout !== 'none') return null;
  const { sizes, revision } = durable.value;
  const named = POOLER_SIZES.filter((size) => sizes[size] !== null);
  // Where it was refused, or may be done once a day only, the code is the way that is left.
  if (!isOverdue && named.some((size) => sizes[size] !== intended[size])) return null;
  return {
    sizes: Object.fromEntries(named.map((size) => [size, intended[size]])),
    family: place.kind === 'task-definition' ? { family: revision.replace(/:\d+$/, '') } : {},
  };
}

function knownSizes(standing: StandingProposal | undefined): PoolerSizes | null {
  return standing?.proposes?.kind === 'tune-pgbouncer' ? standing.proposes.to : null;
}

function isSame(one: PoolerSizes, other: PoolerSizes): boolean {
  return POOLER_SIZES.every((size) => one[size] === other[size]);
}

const SIZES: ReadonlySet<Change['kind']> = new Set([
  'resize-task',
  'change-database-class',
  'set-read-replicas',
  'set-storage-ceiling',
  'set-aurora-capacity',
  'set-cache-shape',
  'change-cache-node-type',
]);

/** Changes of tasks, databases and caches that were made live, and verified. */
const sizes: Finder = (_, __, changes, now) =>
  changes.flatMap(({ resource, status, order }): readonly Moved[] => {
    const { change, lever } = order;
    const isFollowed = status.status === 'verified' && now < later(status.updatedAt, FOLLOWED_FOR);
    if (!isFollowed || change.kind === 'tend-proposal' || !SIZES.has(change.kind)) return [];
    const [inCode, live] = [plain(change.from), plain(change.to)];
    return [{ lever: lever as LeverName, about: resource, service: null, inCode, live, change }];
  });

function plain(size: unknown): string {
  return typeof size === 'object' && size !== null
    ? Object.entries(size)
        .map(([key, value]: [string, unknown]) => `${key} ${JSON.stringify(value)}`)
        .join(', ')
    : String(size);
}
