import { PROPOSAL_OUTLIVES_NEED } from '../domain/snapshot.ts';
import { DAY, earlier, type EpochMs, HOUR, later, type Seconds } from '../domain/units.ts';
import type { BranchView, CommitId, OpenedProposal, Proposal } from './code-host.ts';
import { type Marker, readMarker } from './marker.ts';

/** What the levers and the code say of one subject now. */
export type Want =
  /** The code has another value than is needed, and can be edited. */
  | {
      readonly kind: 'wanted';
      /** `proposalDigest` */
      readonly digest: string;
      /** `editDigest` */
      readonly edit: string;
      readonly title: string;
    }
  /** It is needed, and must not be edited by a machine: a person gets the advice. */
  | { readonly kind: 'not-editable'; readonly digest: string; readonly title: string }
  /** The code of the base branch has the value; the platform has not. */
  | { readonly kind: 'in-code' }
  /** The platform has the value. */
  | { readonly kind: 'live' }
  | { readonly kind: 'not-needed'; readonly lastNeededAt: EpochMs };

export interface ProposalLimits {
  /** Open at a time, over all subjects of the repository. */
  readonly openAtMost: number;
  /** Opened in any 24 hours. */
  readonly perDayAtMost: number;
  /** A proposal is not refreshed again sooner: each refresh costs its reviewers their approval. */
  readonly refreshEverySeconds: Seconds;
  /** How old the evidence in the text may become. */
  readonly rewordEverySeconds: Seconds;
  /** How long a need must be gone before its proposal is closed. */
  readonly goneForSeconds: Seconds;
  /** How long the undoing of a merged proposal counts as a no to its value. */
  readonly undoneForSeconds: Seconds;
  /** A person sets this label to keep us away. */
  readonly handsOffLabel: string;
}

export const DEFAULT_LIMITS: ProposalLimits = {
  openAtMost: 5,
  perDayAtMost: 3,
  refreshEverySeconds: 6 * HOUR,
  rewordEverySeconds: DAY,
  goneForSeconds: PROPOSAL_OUTLIVES_NEED,
  undoneForSeconds: 30 * DAY,
  handsOffLabel: 'fulcrum:hands-off',
};

/** What to do about the proposal of one subject. */
export type NextStep =
  | { readonly kind: 'open'; readonly over: CommitId | null }
  | { readonly kind: 'refresh'; readonly proposal: Proposal; readonly over: CommitId; readonly because: RefreshReason }
  | { readonly kind: 'reword'; readonly proposal: Proposal }
  | { readonly kind: 'leave'; readonly proposal: Proposal; readonly because: LeaveReason }
  /** A person is at work there. It is said once under the proposal, where there is one. */
  | { readonly kind: 'hands-off'; readonly proposal: Proposal | null; readonly because: HandsOffReason }
  | {
      readonly kind: 'close';
      readonly proposal: Proposal;
      readonly because: CloseReason;
      readonly removeBranchAt: CommitId | null;
    }
  /** A person has said no to exactly this. */
  | { readonly kind: 'refused-before'; readonly proposal: Proposal; readonly how: 'closed' | 'undone' }
  | { readonly kind: 'wait'; readonly because: WaitReason }
  /** Merged, and not yet live. */
  | { readonly kind: 'await-roll-out'; readonly proposal: Proposal }
  /** Merged and live. */
  | { readonly kind: 'rolled-out'; readonly proposal: Proposal }
  /** An issue takes the place of the proposal. */
  | { readonly kind: 'advise' }
  | { readonly kind: 'nothing' };

export type RefreshReason = 'value-changed' | 'base-moved' | 'conflicting' | 'behind';
export type LeaveReason =
  | { readonly code: 'unchanged' }
  | { readonly code: 'refreshed-lately'; readonly until: EpochMs }
  | { readonly code: 'need-may-return'; readonly until: EpochMs }
  /** The new value was refused before; the proposal of the old one is left to its reviewers. */
  | { readonly code: 'new-value-refused'; readonly id: string }
  | { readonly code: 'branch-gone' };
export type HandsOffReason = 'person-pushed' | 'label' | 'no-longer-needed' | 'branch-of-others';
export type CloseReason = 'need-gone' | 'in-code' | 'live' | 'not-editable';
export type WaitReason =
  | { readonly code: 'too-many-open'; readonly open: number; readonly limit: number }
  | { readonly code: 'too-many-today'; readonly opened: number; readonly limit: number; readonly until: EpochMs };

export interface LifeCycleInput {
  readonly want: Want;
  readonly view: BranchView;
  /** All proposals of ours that are open or were opened in the last 24 hours. */
  readonly opened: readonly OpenedProposal[];
  readonly limits: ProposalLimits;
}

/**
 * The next step for the proposal of one subject, from what is wanted, what stands at the host and what was said before.
 * Nothing is remembered elsewhere: the host is the table.
 */
export function nextStep(input: LifeCycleInput, now: EpochMs): NextStep {
  const standing = input.view.proposals.find(({ state }) => state === 'open');
  return standing === undefined ? withoutProposal(input, now) : withProposal(standing, input, now);
}

function withProposal(proposal: Proposal, input: LifeCycleInput, now: EpochMs): NextStep {
  const { want, limits } = input;
  switch (want.kind) {
    case 'wanted':
      return withWanted(proposal, want, input, now);
    case 'not-editable': {
      const marker = readMarker(proposal.body);
      // Withdrawn and open: a person wants it as it stands.
      return marker?.digest === want.digest && marker.standing === 'withdrawn'
        ? { kind: 'leave', proposal, because: { code: 'unchanged' } }
        : closing(proposal, 'not-editable', input);
    }
    case 'in-code':
    case 'live':
      return closing(proposal, want.kind, input);
    case 'not-needed': {
      const until = later(want.lastNeededAt, limits.goneForSeconds);
      return now < until
        ? { kind: 'leave', proposal, because: { code: 'need-may-return', until } }
        : closing(proposal, 'need-gone', input);
    }
  }
}

/** What a person has worked on is theirs to close. */
function closing(proposal: Proposal, because: CloseReason, { view: { branch }, limits }: LifeCycleInput): NextStep {
  const isTheirs = branch?.authorship === 'shared' || proposal.labels.includes(limits.handsOffLabel);
  if (isTheirs) return { kind: 'hands-off', proposal, because: 'no-longer-needed' };
  return { kind: 'close', proposal, because, removeBranchAt: branch?.head ?? null };
}

function withWanted(
  proposal: Proposal,
  want: Extract<Want, { kind: 'wanted' }>,
  { view: { branch, proposals }, limits }: LifeCycleInput,
  now: EpochMs,
): NextStep {
  // A person outranks every reason to touch the branch.
  if (branch === null) return { kind: 'leave', proposal, because: { code: 'branch-gone' } };
  if (branch.authorship === 'shared') return { kind: 'hands-off', proposal, because: 'person-pushed' };
  if (proposal.labels.includes(limits.handsOffLabel)) return { kind: 'hands-off', proposal, because: 'label' };

  const marker = readMarker(proposal.body);
  const because = refreshReason(proposal, marker, want);
  if (because === null) {
    // Withdrawn and open: a person has opened it again.
    const isStale =
      marker !== null && (marker.standing === 'withdrawn' || now >= later(marker.renewedAt, limits.rewordEverySeconds));
    return isStale ? { kind: 'reword', proposal } : { kind: 'leave', proposal, because: { code: 'unchanged' } };
  }
  const no = because === 'value-changed' ? refusalOf(want, proposals, limits, now) : null;
  if (no !== null) {
    return { kind: 'leave', proposal, because: { code: 'new-value-refused', id: no.proposal.id } };
  }
  const until = later(marker?.renewedAt ?? proposal.openedAt, limits.refreshEverySeconds);
  if (now < until) return { kind: 'leave', proposal, because: { code: 'refreshed-lately', until } };
  return { kind: 'refresh', proposal, over: branch.head, because };
}

function refreshReason(
  { mergeable }: Proposal,
  marker: Marker | null,
  { digest, edit }: Extract<Want, { kind: 'wanted' }>,
): RefreshReason | null {
  if (marker?.digest !== digest) return 'value-changed';
  if (marker.edit !== edit) return 'base-moved';
  if (mergeable === 'conflicting' || mergeable === 'behind') return mergeable;
  return null;
}

function withoutProposal(input: LifeCycleInput, now: EpochMs): NextStep {
  const { want, view, limits } = input;
  const [newest] = view.proposals;
  const merged = newest?.state === 'merged' ? newest : null;
  switch (want.kind) {
    case 'not-needed':
      return { kind: 'nothing' };
    case 'in-code':
      return merged === null ? { kind: 'nothing' } : { kind: 'await-roll-out', proposal: merged };
    case 'live':
      return merged === null ? { kind: 'nothing' } : { kind: 'rolled-out', proposal: merged };
    case 'not-editable':
      return refusalOf(want, view.proposals, limits, now) ?? { kind: 'advise' };
    case 'wanted':
      return refusalOf(want, view.proposals, limits, now) ?? opening(input, now);
  }
}

function opening({ view: { branch }, opened, limits }: LifeCycleInput, now: EpochMs): NextStep {
  if (branch?.authorship === 'shared') return { kind: 'hands-off', proposal: null, because: 'branch-of-others' };
  const because = limitReached(opened, limits, now);
  // A branch of ours without a proposal was left by an attempt that failed half-way, or by a proposal that has ended.
  return because === null ? { kind: 'open', over: branch?.head ?? null } : { kind: 'wait', because };
}

/** A person's no to exactly this value. Where the marker is lost, the title tells, because it names the value. */
function refusalOf(
  { digest, title }: { readonly digest: string; readonly title: string },
  proposals: readonly Proposal[],
  limits: ProposalLimits,
  now: EpochMs,
): Extract<NextStep, { kind: 'refused-before' }> | null {
  let isReplaced = false;
  for (const proposal of proposals) {
    const marker = readMarker(proposal.body);
    const isSame = marker === null ? proposal.title === title : marker.digest === digest;
    if (!isSame) {
      // What a later one of ours has brought took the place of this value: nobody has undone it.
      isReplaced ||= proposal.state === 'merged';
      continue;
    }
    if (proposal.state === 'closed' && marker?.standing !== 'withdrawn') {
      return { kind: 'refused-before', proposal, how: 'closed' };
    }
    // It was merged, and the code lacks the value again.
    const since = proposal.endedAt ?? proposal.openedAt;
    if (proposal.state === 'merged' && !isReplaced && now < later(since, limits.undoneForSeconds)) {
      return { kind: 'refused-before', proposal, how: 'undone' };
    }
  }
  return null;
}

function limitReached(opened: readonly OpenedProposal[], limits: ProposalLimits, now: EpochMs): WaitReason | null {
  const open = opened.filter(({ state }) => state === 'open').length;
  if (open >= limits.openAtMost) return { code: 'too-many-open', open, limit: limits.openAtMost };
  const dayAgo = earlier(now, DAY);
  const today = opened.map(({ openedAt }) => openedAt).filter((at) => at > dayAgo);
  if (today.length < limits.perDayAtMost) return null;
  // Free again when enough of them are a day old.
  const leaving = today.sort((a, b) => b - a)[limits.perDayAtMost - 1];
  const until = leaving === undefined ? later(now, DAY) : later(leaving, DAY);
  return { code: 'too-many-today', opened: today.length, limit: limits.perDayAtMost, until };
}
