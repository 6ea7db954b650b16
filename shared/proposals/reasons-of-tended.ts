import type { ProposalReason } from '../domain/reason.ts';
import type { NextStep } from '../pull-requests/life-cycle.ts';
import type { Tended } from '../pull-requests/tend.ts';

interface Result {
  readonly id: string;
  readonly url: string | null;
  /** Why no machine makes the edit, where that is so. */
  readonly advice: string;
}

type Step<Kind extends NextStep['kind']> = Extract<NextStep, { kind: Kind }>;

const REASONS: { readonly [Kind in NextStep['kind']]: (step: Step<Kind>, result: Result) => ProposalReason } = {
  open: (_, { id, url }) => ({ code: 'proposal-opened', id, url }),
  refresh: ({ proposal, because }) => ({ code: 'proposal-refreshed', id: proposal.id, why: because }),
  reword: ({ proposal }) => ({ code: 'proposal-reworded', id: proposal.id }),
  leave: ({ proposal, because }) => ({ code: 'proposal-stands', id: proposal.id, why: because.code }),
  'hands-off': ({ proposal, because }) => ({
    code: 'proposal-in-other-hands',
    id: proposal?.id ?? null,
    why: because,
  }),
  close: ({ proposal, because }) => ({ code: 'proposal-closed', id: proposal.id, why: because }),
  'refused-before': ({ proposal, how }) => ({ code: 'proposal-refused-before', id: proposal.id, how }),
  wait: ({ because }) => ({
    code: 'proposals-limited',
    why: because.code,
    count: because.code === 'too-many-open' ? because.open : because.opened,
    limit: because.limit,
  }),
  'await-roll-out': ({ proposal }) => ({ code: 'proposal-merged', id: proposal.id, standing: 'not-live' }),
  'rolled-out': ({ proposal }) => ({ code: 'proposal-merged', id: proposal.id, standing: 'live' }),
  advise: (_, { id, url, advice }) => ({ code: 'proposal-advised', id, url, detail: advice }),
  nothing: () => ({ code: 'nothing-to-propose' }),
};

/** What was done about a proposal, as a record tells it. */
export function reasonsOfTended({ step, outcome }: Tended, advice: string): readonly ProposalReason[] {
  if (step === null || outcome.kind === 'refused') return [];
  const { id = '', url = null } = outcome.opened ?? {};
  // Each kind has the reason of its own step, which the type of REASONS holds; the compiler cannot see it through the union.
  const reason = REASONS[step.kind] as (step: NextStep, result: Result) => ProposalReason;
  return [reason(step, { id, url, advice }), ...unlabelled(outcome.opened)];
}

function unlabelled(opened: Extract<Tended['outcome'], { kind: 'done' }>['opened']): readonly ProposalReason[] {
  if (opened === null || !('shortcomings' in opened)) return [];
  return opened.shortcomings.map(({ code: why, detail }) => ({
    code: 'proposal-unlabelled',
    id: opened.id,
    why,
    detail,
  }));
}
