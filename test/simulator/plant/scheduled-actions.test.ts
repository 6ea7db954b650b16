import { describe, expect, it } from '@jest/globals';
import { applyTo, ScheduledActions } from '../../../simulator/plant/scheduled-actions.ts';

const names = (actions: readonly { readonly name: string }[]) => actions.map(({ name }) => name);

describe('scheduled actions', () => {
  it('are due at their instant, not before, and only once', () => {
    const actions = new ScheduledActions();
    actions.put({ name: 'up', at: 1_000, min: 8 });
    expect(actions.takeDue(999)).toEqual([]);
    expect(actions.takeDue(1_000)).toEqual([{ name: 'up', at: 1_000, min: 8 }]);
    expect(actions.takeDue(2_000)).toEqual([]);
    expect(actions.pending()).toEqual([]);
  });

  it('run in the order of time, of one instant in the order of names', () => {
    const actions = new ScheduledActions();
    for (const [name, at] of [
      ['late', 30],
      ['b', 10],
      ['a', 10],
      ['early', 5],
      ['future', 99],
    ] as const) {
      actions.put({ name, at, min: 1 });
    }
    expect(names(actions.takeDue(30))).toEqual(['early', 'a', 'b', 'late']);
    expect(names(actions.pending())).toEqual(['future']);
  });

  it('are replaced by one of the same name', () => {
    const actions = new ScheduledActions();
    actions.put({ name: 'up', at: 10, min: 8 });
    actions.put({ name: 'up', at: 20, max: 30 });
    expect(actions.takeDue(10)).toEqual([]);
    expect(actions.takeDue(20)).toEqual([{ name: 'up', at: 20, max: 30 }]);
  });

  it('do not run when they were deleted; deleting what is not there does nothing', () => {
    const actions = new ScheduledActions();
    actions.put({ name: 'up', at: 10, min: 8 });
    actions.put({ name: 'down', at: 20, min: 2 });
    actions.delete('up');
    actions.delete('nobody');
    expect(names(actions.takeDue(100))).toEqual(['down']);
  });

  it('whose instant has passed are due at once', () => {
    const actions = new ScheduledActions();
    actions.takeDue(500);
    actions.put({ name: 'up', at: 10, min: 8 });
    expect(names(actions.takeDue(500))).toEqual(['up']);
  });
});

describe('the bounds that an action sets', () => {
  const from = { min: 2, max: 10 };

  it.each([
    { when: 'both are given', sizes: { min: 4, max: 20 }, to: { min: 4, max: 20 } },
    { when: 'only min is given', sizes: { min: 4 }, to: { min: 4, max: 10 } },
    { when: 'only max is given', sizes: { max: 3 }, to: { min: 2, max: 3 } },
    { when: 'min reaches max', sizes: { min: 10 }, to: { min: 10, max: 10 } },
  ])('when $when', ({ sizes, to }) => {
    const action = { name: 'x', at: 0, ...sizes };
    expect(applyTo(from, action)).toEqual({ kind: 'applied', action, from, to });
  });

  it.each([
    { when: 'min alone goes above max', sizes: { min: 11 }, because: { code: 'min-above-max', min: 11, max: 10 } },
    { when: 'max alone goes below min', sizes: { max: 1 }, because: { code: 'min-above-max', min: 2, max: 1 } },
  ])('are refused when $when', ({ sizes, because }) => {
    const action = { name: 'x', at: 0, ...sizes };
    expect(applyTo(from, action)).toEqual({ kind: 'refused', action, because });
  });
});
