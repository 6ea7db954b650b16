import type { ProposalReason } from './reason.ts';

type Explainers = {
  readonly [Code in ProposalReason['code']]: (reason: Extract<ProposalReason, { code: Code }>) => string;
};

const REFRESHED = {
  'value-changed': 'another value is needed now',
  'base-moved': 'the base branch has moved',
  conflicting: 'it was in conflict with the base branch',
  behind: 'it was behind the base branch',
} as const;

const STANDS = {
  unchanged: 'nothing is new',
  'refreshed-lately': 'it was refreshed lately',
  'need-may-return': 'the need has gone, and may return',
  'new-value-refused': 'a person has refused the new value before',
  'branch-gone': 'its branch has gone',
} as const;

const OTHER_HANDS = {
  'person-pushed': 'somebody has pushed to it',
  label: 'its label keeps us away',
  'no-longer-needed': 'it is not needed any more, and somebody has worked on it',
  'branch-of-others': 'there is a branch of that name with commits of others',
} as const;

const CLOSED = {
  'need-gone': 'the need has gone',
  'in-code': 'the code has the value',
  live: 'the platform has the value',
  'not-editable': 'the code can no longer be edited safely',
} as const;

const NAMED_AT_MOST = 6;

export const EXPLAIN_PROPOSAL: Explainers = {
  'proposal-opened': ({ id, url }) => `opened pull request ${id}${url === null ? '' : ` (${url})`}`,
  'proposal-unlabelled': ({ id, detail }) => `pull request ${id} has no labels: ${detail}`,
  'proposal-refreshed': ({ id, why }) => `refreshed pull request ${id}: ${REFRESHED[why]}`,
  'proposal-reworded': ({ id }) => `renewed the text of pull request ${id}`,
  'proposal-stands': ({ id, why }) => `pull request ${id} stands as it is: ${STANDS[why]}`,
  'proposal-in-other-hands': ({ id, why }) =>
    `${id === null ? 'no pull request' : `pull request ${id} is left to others`}: ${OTHER_HANDS[why]}`,
  'proposal-closed': ({ id, why }) => `closed pull request ${id}: ${CLOSED[why]}`,
  'proposal-refused-before': ({ id, how }) =>
    how === 'closed'
      ? `not proposed again: a person has closed pull request ${id}`
      : `not proposed again: what pull request ${id} brought was undone`,
  'proposals-limited': ({ why, count, limit }) =>
    why === 'too-many-open'
      ? `waits: ${count} pull requests are open, at most ${limit} may be`
      : `waits: ${count} pull requests were opened in 24 hours, at most ${limit} may be`,
  'proposal-merged': ({ id, standing }) =>
    standing === 'live'
      ? `pull request ${id} is merged and live`
      : `pull request ${id} is merged and not seen live yet`,
  'proposal-advised': ({ id, url, detail }) =>
    `issue ${id}${url === null ? '' : ` (${url})`} takes the place of a pull request: ${detail}`,
  'advice-withdrawn': ({ id, why }) =>
    `closed issue ${id}: ${why === 'editable' ? 'the code can be edited by now' : CLOSED[why]}`,
  'nothing-to-propose': () => 'there is nothing to propose',
  'bounds-before-class': ({ ceilings, pools }) => {
    const all = Object.entries(ceilings);
    const named = all.slice(0, NAMED_AT_MOST).map(([name, max]) => `${name} ${max}`);
    const more = all.length > named.length ? `, and ${all.length - named.length} more` : '';
    const tasks = all.length === 0 ? '' : `, at most so many tasks: ${named.join(', ')}${more}`;
    return `before the change of class${tasks}${pools === null ? '' : `; pools of ${pools.defaultPoolSize}`}`;
  },
  'checks-unread': ({ id, detail }) => `nobody can say what is attached to pull request ${id}: ${detail}`,
  'code-would-undo': ({ name, at, inCode, live }) =>
    `the next apply would set ${name} back from ${live} to ${inCode} (${at})`,
};
