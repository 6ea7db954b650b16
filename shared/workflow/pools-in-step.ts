import type { FleetPolicy } from '../config/policy.ts';
import { type DurableSizes, POOLER_SETTING_NAMES, POOLER_SIZES, type PoolerSizes } from '../domain/pooler.ts';
import type { Reading } from '../domain/reading.ts';
import type { StandingProposal } from '../domain/snapshot.ts';
import { HOUR, later, type Seconds } from '../domain/units.ts';
import { proposalResourceOf } from '../evaluation/proposals.ts';
import { poolerResourceOf } from '../levers/resources.ts';
import { type FindMoved, SETTLED_AFTER } from './code-in-step.ts';

/** Within so long sizes that stand are kept for the next start, if they are at all. */
const KEPT_AFTER: Seconds = HOUR;

/**
 * Sizes of PgBouncer that stand live. Those that are kept in a task definition or a parameter stand in the code all the
 * same: its next apply would make a revision with the old ones, or put the parameter back.
 */
export const movedPools: FindMoved = ({ pooler }, { pooler: seen, proposals }, _, now) => {
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
