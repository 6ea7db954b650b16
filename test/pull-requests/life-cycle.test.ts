import { describe, expect, it } from '@jest/globals';
import { DAY, earlier, HOUR, later } from '../../shared/domain/units.ts';
import type { BranchState, OpenedProposal, Proposal } from '../../shared/pull-requests/code-host.ts';
import {
  DEFAULT_LIMITS,
  nextStep,
  type NextStep,
  type ProposalLimits,
  type Want,
} from '../../shared/pull-requests/life-cycle.ts';
import { aBranch, anOpened, aProposal, digestOf, NOON } from './samples.ts';

const WANTED: Want = {
  kind: 'wanted',
  digest: digestOf('a'),
  edit: digestOf('e'),
  title: 'core-db: instance class to db.r6g.xlarge',
};
const BIGGER: Want = { ...WANTED, digest: digestOf('b'), title: 'core-db: instance class to db.r6g.2xlarge' };
const ADVICE: Want = { kind: 'not-editable', digest: digestOf('a'), title: 'core-db: instance class to db.r6g.xlarge' };
const gone = (days: number): Want => ({ kind: 'not-needed', lastNeededAt: earlier(NOON, days * DAY) });
const theirs = aBranch({ authorship: 'shared', lastCommitBy: 'ines' });
const closed = aProposal({ state: 'closed', endedAt: earlier(NOON, DAY) });
const withdrawn = aProposal({ state: 'closed' }, { standing: 'withdrawn' });
const merged = aProposal({ state: 'merged', endedAt: earlier(NOON, DAY) });
const opened = (ages: readonly number[], state: Proposal['state'] = 'open'): readonly OpenedProposal[] =>
  ages.map((hours, index) =>
    anOpened({ branch: `fulcrum/p/l/${index}`, state, openedAt: earlier(NOON, hours * HOUR) }),
  );

interface Row {
  readonly when: string;
  readonly want?: Want;
  /** What stands at the host, newest first. */
  readonly proposals?: readonly Proposal[];
  readonly branch?: BranchState | null;
  readonly opened?: readonly OpenedProposal[];
  readonly limits?: Partial<ProposalLimits>;
  readonly then: string;
}

function told(step: NextStep): string {
  switch (step.kind) {
    case 'open':
      return step.over === null ? 'open' : 'open over the branch of ours';
    case 'refresh':
      return `refresh (${step.because})`;
    case 'leave':
    case 'wait':
      return `${step.kind} (${step.because.code})`;
    case 'hands-off':
      return `hands off (${step.because})${step.proposal === null ? '' : ', said once'}`;
    case 'close':
      return `close (${step.because})`;
    case 'refused-before':
      return `refused before (${step.how})`;
    default:
      return step.kind;
  }
}

const OPEN = [aProposal()];
const age = (seconds: number) => ({ renewedAt: earlier(NOON, seconds) });

// prettier-ignore
const ROWS: readonly Row[] = [
  // Nothing stands yet.
  { when: 'a change is wanted for the first time',                  then: 'open' },
  { when: 'an earlier attempt left a branch of ours',               branch: aBranch(), then: 'open over the branch of ours' },
  { when: 'a person has a branch of that name',                     branch: theirs, then: 'hands off (branch-of-others)' },
  { when: 'four others are open',                                   opened: opened([30, 40, 50, 60]), then: 'open' },
  { when: 'five others are open',                                   opened: opened([30, 40, 50, 60, 70]), then: 'wait (too-many-open)' },
  { when: 'two were opened today',                                  opened: opened([1, 2], 'merged'), then: 'open' },
  { when: 'three were opened today',                                opened: opened([1, 2, 3], 'closed'), then: 'wait (too-many-today)' },
  { when: 'three were opened, one of them a day ago',               opened: opened([1, 2, 24], 'closed'), then: 'open' },
  { when: 'both limits are reached',                                opened: opened([1, 2, 3, 4, 5]), then: 'wait (too-many-open)' },
  { when: 'no proposal is allowed at all',                          limits: { perDayAtMost: 0 }, then: 'wait (too-many-today)' },
  { when: 'nothing is needed',                                      want: gone(0), then: 'nothing' },
  { when: 'the code has the value by somebody else',                want: { kind: 'in-code' }, then: 'nothing' },
  { when: 'the platform has the value',                             want: { kind: 'live' }, then: 'nothing' },
  { when: 'the code cannot be edited safely',                       want: ADVICE, then: 'advise' },

  // One stands open.
  { when: 'the same is wanted again',                               proposals: OPEN, then: 'leave (unchanged)' },
  { when: 'the same is wanted again at all limits',                 proposals: OPEN, opened: opened([1, 2, 3, 4, 5]), then: 'leave (unchanged)' },
  { when: 'its files have changed on the base branch',              proposals: OPEN, want: { ...WANTED, edit: digestOf('f') }, then: 'refresh (base-moved)' },
  { when: 'it can no longer be merged',                             proposals: [aProposal({ mergeable: 'conflicting' })], then: 'refresh (conflicting)' },
  { when: 'a rule wants it on the newest base',                     proposals: [aProposal({ mergeable: 'behind' })], then: 'refresh (behind)' },
  { when: 'it waits for a review',                                  proposals: [aProposal({ mergeable: 'blocked' })], then: 'leave (unchanged)' },
  { when: 'the host does not know yet whether it can be merged',    proposals: [aProposal({ mergeable: 'unknown' })], then: 'leave (unchanged)' },
  { when: 'another value is needed',                                proposals: OPEN, want: BIGGER, then: 'refresh (value-changed)' },
  { when: 'another value is needed at all limits',                  proposals: OPEN, want: BIGGER, opened: opened([1, 2, 3, 4, 5]), then: 'refresh (value-changed)' },
  { when: 'another value is needed 6 h after the last refresh',     proposals: [aProposal({}, age(6 * HOUR))], want: BIGGER, then: 'refresh (value-changed)' },
  { when: 'another value is needed a second sooner',                proposals: [aProposal({}, age(6 * HOUR - 1))], want: BIGGER, then: 'leave (refreshed-lately)' },
  { when: 'another value is needed, which was refused before',      proposals: [aProposal(), aProposal({ id: '3', state: 'closed' }, { digest: digestOf('b') })], want: BIGGER, then: 'leave (new-value-refused)' },
  { when: 'a person has removed the marker',                        proposals: [aProposal({ body: 'My words.' })], then: 'refresh (value-changed)' },
  { when: 'the evidence is a day old',                              proposals: [aProposal({}, age(DAY))], then: 'reword' },
  { when: 'the evidence is a second younger',                       proposals: [aProposal({}, age(DAY - 1))], then: 'leave (unchanged)' },
  { when: 'a person has opened again what we withdrew',             proposals: [aProposal({}, { standing: 'withdrawn' })], then: 'reword' },
  { when: 'its branch has vanished',                                proposals: OPEN, branch: null, then: 'leave (branch-gone)' },

  // A person is at work.
  { when: 'a person has pushed to it',                              proposals: OPEN, branch: theirs, then: 'hands off (person-pushed), said once' },
  { when: 'a person has pushed and another value is needed',        proposals: OPEN, branch: theirs, want: BIGGER, then: 'hands off (person-pushed), said once' },
  { when: 'a person has pushed and it conflicts',                   proposals: [aProposal({ mergeable: 'conflicting' })], branch: theirs, then: 'hands off (person-pushed), said once' },
  { when: 'a person has set the label',                             proposals: [aProposal({ labels: ['fulcrum:hands-off'] })], want: BIGGER, then: 'hands off (label), said once' },
  { when: 'a person has pushed and the need has gone',              proposals: OPEN, branch: theirs, want: gone(3), then: 'hands off (no-longer-needed), said once' },
  { when: 'the label is set and the value is live',                 proposals: [aProposal({ labels: ['fulcrum:hands-off'] })], want: { kind: 'live' }, then: 'hands off (no-longer-needed), said once' },

  // It is no longer right.
  { when: 'the need has been gone for 3 days',                      proposals: OPEN, want: gone(3), then: 'close (need-gone)' },
  { when: 'the need has been gone for a little less',               proposals: OPEN, want: gone(2.99), then: 'leave (need-may-return)' },
  { when: 'somebody else has put the value into the code',          proposals: OPEN, want: { kind: 'in-code' }, then: 'close (in-code)' },
  { when: 'the platform has the value',                             proposals: OPEN, want: { kind: 'live' }, then: 'close (live)' },
  { when: 'the code under it can no longer be edited',               proposals: OPEN, want: ADVICE, then: 'close (not-editable)' },
  { when: 'it was withdrawn for that, and a person has reopened it', proposals: [aProposal({}, { standing: 'withdrawn' })], want: ADVICE, then: 'leave (unchanged)' },
  { when: 'the value has changed and cannot be edited any more',    proposals: OPEN, want: { ...ADVICE, digest: digestOf('b') }, then: 'close (not-editable)' },

  // It has ended.
  { when: 'a person has closed it',                                 proposals: [closed], branch: null, then: 'refused before (closed)' },
  { when: 'a person has closed it and kept the branch',             proposals: [closed], branch: aBranch(), then: 'refused before (closed)' },
  { when: 'a person has closed it and the branch has their work',   proposals: [closed], branch: theirs, then: 'refused before (closed)' },
  { when: 'a person has closed it, and another value is needed',    proposals: [closed], branch: null, want: BIGGER, then: 'open' },
  { when: 'the same, and the closed one has kept the branch',       proposals: [closed], branch: aBranch(), want: BIGGER, then: 'open over the branch of ours' },
  { when: 'a person has closed it, marker removed, same title',     proposals: [{ ...closed, body: 'No.' }], then: 'refused before (closed)' },
  { when: 'a person has closed it, marker removed, other title',    proposals: [{ ...closed, body: 'No.', title: 'else' }], branch: null, then: 'open' },
  { when: 'it was closed long ago, and others came since',          proposals: [withdrawn, aProposal({ id: '2', state: 'closed' })], then: 'refused before (closed)' },
  { when: 'we have withdrawn it, and the need returns',             proposals: [withdrawn], branch: null, then: 'open' },
  { when: 'what was refused could only be advised',                 proposals: [closed], want: ADVICE, then: 'refused before (closed)' },
  { when: 'it is merged, and the platform has not followed',        proposals: [merged], want: { kind: 'in-code' }, then: 'await-roll-out' },
  { when: 'it is merged and live',                                  proposals: [merged], want: { kind: 'live' }, then: 'rolled-out' },
  { when: 'it is merged, and more is needed',                       proposals: [merged], branch: null, want: BIGGER, then: 'open' },
  { when: 'it was merged yesterday, and somebody has undone it',    proposals: [merged], then: 'refused before (undone)' },
  { when: 'it was merged 30 days ago, and the code lacks it again', proposals: [aProposal({ state: 'merged', endedAt: earlier(NOON, 30 * DAY) })], branch: null, then: 'open' },
  { when: 'it was merged, and so was another value of ours since',  proposals: [aProposal({ id: '9', state: 'merged', endedAt: earlier(NOON, HOUR) }, { digest: digestOf('b') }), merged], branch: null, then: 'open' },
  { when: 'another value was merged before it, and it is undone',   proposals: [merged, aProposal({ id: '2', state: 'merged', endedAt: earlier(NOON, 9 * DAY) }, { digest: digestOf('b') })], then: 'refused before (undone)' },
  { when: 'it was closed by a person before another was merged',    proposals: [aProposal({ id: '9', state: 'merged', endedAt: earlier(NOON, HOUR) }, { digest: digestOf('b') }), closed], branch: null, then: 'refused before (closed)' },
  { when: 'it was merged a second less than 30 days ago',           proposals: [aProposal({ state: 'merged', endedAt: earlier(NOON, 30 * DAY - 1) })], then: 'refused before (undone)' },
];

function stepFor({
  want = WANTED,
  proposals = [],
  branch,
  opened: others = [],
  limits = {},
}: Omit<Row, 'when' | 'then'>) {
  // Where something stands open, its branch stands too, unless the row says otherwise.
  const implied = proposals.some(({ state }) => state === 'open') ? aBranch() : null;
  const view = { branch: branch === undefined ? implied : branch, proposals };
  return nextStep({ want, view, opened: others, limits: { ...DEFAULT_LIMITS, ...limits } }, NOON);
}

describe('life cycle of a proposal', () => {
  it.each(ROWS)('when $when: $then', ({ then, ...row }) => {
    expect(told(stepFor(row))).toBe(then);
  });

  it('says whole what is to be done', () => {
    const proposal = aProposal({ mergeable: 'conflicting' });
    expect(stepFor({ proposals: [proposal] })).toEqual({
      kind: 'refresh',
      proposal,
      over: aBranch().head,
      because: 'conflicting',
    });
    expect(stepFor({ proposals: OPEN, want: gone(3) })).toEqual({
      kind: 'close',
      proposal: OPEN[0],
      because: 'need-gone',
      removeBranchAt: aBranch().head,
    });
    expect(stepFor({ proposals: OPEN, want: gone(1) })).toMatchObject({ because: { until: later(NOON, 2 * DAY) } });
    expect(stepFor({ opened: opened([1, 2, 3, 30], 'closed') })).toEqual({
      kind: 'wait',
      because: { code: 'too-many-today', opened: 3, limit: 3, until: later(NOON, 21 * HOUR) },
    });
  });
});
