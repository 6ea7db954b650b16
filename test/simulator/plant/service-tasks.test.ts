import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ServiceTasks, within } from '../../../simulator/plant/service-tasks.ts';

const upTo100 = { min: 0, max: 100 };
const state = (tasks: ServiceTasks) => ({ wanted: tasks.wanted, ready: tasks.ready, starting: tasks.starting });

describe('tasks of a service', () => {
  it('serve startupSeconds after they were wanted, not a step earlier', () => {
    const tasks = new ServiceTasks(2, 60, upTo100);
    tasks.want(10, 5);
    expect(state(tasks)).toEqual({ wanted: 5, ready: 2, starting: 3 });
    tasks.beginStep(12);
    expect(tasks.ready).toBe(2);
    tasks.beginStep(13);
    expect(state(tasks)).toEqual({ wanted: 5, ready: 5, starting: 0 });
  });

  it.each([
    { startupSeconds: 0, servesFrom: 1 },
    { startupSeconds: 19, servesFrom: 1 },
    { startupSeconds: 20, servesFrom: 1 },
    { startupSeconds: 39, servesFrom: 1 },
    { startupSeconds: 40, servesFrom: 2 },
    { startupSeconds: 600, servesFrom: 30 },
  ])('that start in $startupSeconds s serve from step $servesFrom', ({ startupSeconds, servesFrom }) => {
    const tasks = new ServiceTasks(1, startupSeconds, upTo100);
    tasks.beginStep(0);
    tasks.want(0, 2);
    let step = 0;
    while (tasks.ready < 2) tasks.beginStep((step += 1));
    expect(step).toBe(servesFrom);
  });

  it('that become ready in the same step all serve, in whatever order they were wanted', () => {
    const tasks = new ServiceTasks(1, 60, upTo100);
    tasks.want(0, 3);
    tasks.want(1, 6);
    tasks.beginStep(3);
    expect(tasks.ready).toBe(3);
    tasks.beginStep(4);
    expect(tasks.ready).toBe(6);
  });

  it('go at once when fewer are wanted', () => {
    const tasks = new ServiceTasks(10, 60, upTo100);
    tasks.want(0, 4);
    expect(state(tasks)).toEqual({ wanted: 4, ready: 4, starting: 0 });
  });

  it('go newest first: those that were wanted last, then those before, then ready ones', () => {
    const tasks = new ServiceTasks(4, 60, upTo100);
    tasks.want(0, 6);
    tasks.want(1, 9);
    // Two of the three newest go; the one left keeps its time.
    tasks.want(2, 7);
    expect(state(tasks)).toEqual({ wanted: 7, ready: 4, starting: 3 });
    tasks.beginStep(3);
    expect(state(tasks)).toEqual({ wanted: 7, ready: 6, starting: 1 });
    tasks.beginStep(4);
    expect(state(tasks)).toEqual({ wanted: 7, ready: 7, starting: 0 });
  });

  it('go from the ready ones only when no task is starting any more', () => {
    const tasks = new ServiceTasks(4, 60, upTo100);
    tasks.want(0, 6);
    tasks.want(1, 9);
    tasks.want(2, 4);
    expect(state(tasks)).toEqual({ wanted: 4, ready: 4, starting: 0 });
    tasks.want(3, 3);
    expect(state(tasks)).toEqual({ wanted: 3, ready: 3, starting: 0 });
    tasks.beginStep(100);
    expect(tasks.ready).toBe(3);
  });

  it('that were given up never serve', () => {
    const tasks = new ServiceTasks(2, 60, upTo100);
    tasks.want(0, 8);
    tasks.want(1, 3);
    tasks.beginStep(100);
    expect(state(tasks)).toEqual({ wanted: 3, ready: 3, starting: 0 });
  });

  it.each([
    { when: 'min goes above the tasks', bounds: { min: 7, max: 9 }, then: { wanted: 7, ready: 5, starting: 2 } },
    { when: 'min goes up to the tasks', bounds: { min: 5, max: 9 }, then: { wanted: 5, ready: 5, starting: 0 } },
    { when: 'max goes below the tasks', bounds: { min: 1, max: 3 }, then: { wanted: 3, ready: 3, starting: 0 } },
    { when: 'max goes down to the tasks', bounds: { min: 1, max: 5 }, then: { wanted: 5, ready: 5, starting: 0 } },
  ])('move into new bounds at once: $when', ({ bounds, then }) => {
    const tasks = new ServiceTasks(5, 60, upTo100);
    tasks.setBounds(0, bounds);
    expect(state(tasks)).toEqual(then);
    expect(tasks.bounds).toEqual(bounds);
  });

  it('stay inside the bounds whatever is wanted', () => {
    const tasks = new ServiceTasks(5, 60, { min: 2, max: 9 });
    tasks.want(0, 50);
    expect(tasks.wanted).toBe(9);
    tasks.want(1, 0);
    expect(tasks.wanted).toBe(2);
  });

  it('do not come back by themselves when a bound that moved them is taken back', () => {
    const tasks = new ServiceTasks(5, 60, { min: 2, max: 9 });
    tasks.setBounds(0, { min: 8, max: 9 });
    tasks.setBounds(1, { min: 2, max: 9 });
    expect(tasks.wanted).toBe(8);
  });

  it.each([
    { what: 'half a task', act: () => new ServiceTasks(2.5, 60, upTo100) },
    { what: 'tasks below none', act: () => new ServiceTasks(-1, 60, { min: -1, max: 3 }) },
    { what: 'initial tasks outside the bounds', act: () => new ServiceTasks(3, 60, { min: 4, max: 5 }) },
    { what: 'min above max', act: () => new ServiceTasks(3, 60, { min: 4, max: 2 }) },
    { what: 'a start-up time below zero', act: () => new ServiceTasks(3, -20, upTo100) },
    { what: 'a start-up time that is no number', act: () => new ServiceTasks(3, NaN, upTo100) },
    {
      what: 'NaN tasks',
      act: () => {
        new ServiceTasks(3, 60, upTo100).want(0, NaN);
      },
    },
    {
      what: 'new bounds that hold nothing',
      act: () => {
        new ServiceTasks(3, 60, upTo100).setBounds(0, { min: 2, max: 1 });
      },
    },
  ])('refuse $what', ({ act }) => {
    expect(act).toThrow(RangeError);
  });

  const anyMove = fc.oneof(
    fc.record({ kind: fc.constant('want' as const), tasks: fc.nat(60) }),
    fc.record({ kind: fc.constant('bounds' as const), min: fc.nat(20), room: fc.nat(20) }),
  );

  it('law: ready <= wanted, both inside the bounds, and all of them serve in the end', () => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 40 }), fc.constantFrom(0, 60, 180), (moves, startupSeconds) => {
        const tasks = new ServiceTasks(5, startupSeconds, { min: 0, max: 60 });
        moves.forEach((move, step) => {
          tasks.beginStep(step);
          if (move.kind === 'want') tasks.want(step, move.tasks);
          else tasks.setBounds(step, { min: move.min, max: move.min + move.room });
          expect(tasks.wanted).toBe(within(tasks.bounds, tasks.wanted));
          expect(tasks.ready).toBeGreaterThanOrEqual(0);
          expect(tasks.ready).toBeLessThanOrEqual(tasks.wanted);
        });
        tasks.beginStep(moves.length + startupSeconds);
        expect(tasks.ready).toBe(tasks.wanted);
      }),
    );
  });

  it('law: a task that is given up was never older than one that is kept', () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(30), (ready, first, second, kept) => {
        const tasks = new ServiceTasks(ready, 60, upTo100);
        tasks.want(0, ready + first);
        tasks.want(1, ready + first + second);
        tasks.want(2, Math.min(kept, ready + first + second));
        tasks.beginStep(3);
        expect(tasks.ready).toBe(Math.min(kept, ready + first));
      }),
    );
  });
});
