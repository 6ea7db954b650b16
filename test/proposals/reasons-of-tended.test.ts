import { describe, expect, it } from '@jest/globals';
import { explainReasons } from '../../shared/domain/explain.ts';
import { reasonsOfTended } from '../../shared/proposals/reasons-of-tended.ts';
import type { NextStep } from '../../shared/pull-requests/life-cycle.ts';
import { aProposal, NOON } from '../pull-requests/samples.ts';

const proposal = aProposal();
const opened = { id: '12', url: 'https://github.example/12', head: 'h', shortcomings: [] };

describe('what a record tells of a proposal', () => {
  // prettier-ignore
  it.each<[NextStep, string]>([
    [{ kind: 'open', over: null },                                                     'proposal-opened'],
    [{ kind: 'refresh', proposal, over: 'h', because: 'behind' },                      'proposal-refreshed'],
    [{ kind: 'reword', proposal },                                                     'proposal-reworded'],
    [{ kind: 'leave', proposal, because: { code: 'branch-gone' } },                    'proposal-stands'],
    [{ kind: 'hands-off', proposal: null, because: 'branch-of-others' },               'proposal-in-other-hands'],
    [{ kind: 'close', proposal, because: 'live', removeBranchAt: null },               'proposal-closed'],
    [{ kind: 'refused-before', proposal, how: 'undone' },                              'proposal-refused-before'],
    [{ kind: 'wait', because: { code: 'too-many-open', open: 5, limit: 5 } },          'proposals-limited'],
    [{ kind: 'wait', because: { code: 'too-many-today', opened: 3, limit: 3, until: NOON } }, 'proposals-limited'],
    [{ kind: 'await-roll-out', proposal },                                             'proposal-merged'],
    [{ kind: 'rolled-out', proposal },                                                 'proposal-merged'],
    [{ kind: 'advise' },                                                               'proposal-advised'],
    [{ kind: 'nothing' },                                                              'nothing-to-propose'],
  ])('of %j is %s', (step, code) => {
    const reasons = reasonsOfTended({ step, outcome: { kind: 'done', opened } }, 'it is computed');
    expect(reasons.map((reason) => reason.code)).toEqual([code]);
    expect(explainReasons(reasons)).not.toMatch(/undefined|null/);
  });

  it('of one whose labels could not be set is that as well', () => {
    const because = { code: 'not-permitted', detail: 'label the pull request: no' } as const;
    const short = { ...opened, shortcomings: [because] };
    const told = reasonsOfTended({ step: { kind: 'open', over: null }, outcome: { kind: 'done', opened: short } }, '');
    expect(told.map((reason) => reason.code)).toEqual(['proposal-opened', 'proposal-unlabelled']);
    expect(explainReasons(told)).toContain('pull request 12 has no labels: label the pull request: no');
  });

  it('of a refusal is nothing: the failure says it', () => {
    const because = { code: 'not-permitted', detail: 'x' } as const;
    expect(reasonsOfTended({ step: null, outcome: { kind: 'refused', because } }, '')).toEqual([]);
  });
});
