import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryPoolerConsole, MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import type { PoolerInstance } from '../../shared/domain/pooler.ts';
import { type DrainedChange, drainedChange, resumeEverywhere } from '../../shared/workflow/drained-change.ts';
import { aPooledDatabase, aPooler } from '../support/builders/pooler-readings.ts';

const INSTANCES: readonly PoolerInstance[] = ['a', 'b'].map((id) => ({
  id,
  host: id,
  port: 6432,
  availabilityZone: null,
}));
const UNREACHABLE = { code: 'unreachable', detail: 'gone' } as const;

let poolers: MemoryPoolers;
let told: string[];
let waits: number[];

/** The console in memory, with a list of what it was told. */
class ToldConsole extends MemoryPoolerConsole {
  override pause(...[instance, database, seconds]: Parameters<MemoryPoolerConsole['pause']>) {
    told.push(`PAUSE ${database} on ${instance.id}`);
    return super.pause(instance, database, seconds);
  }

  override resume(...[instance, database]: Parameters<MemoryPoolerConsole['resume']>) {
    told.push(`RESUME ${database} on ${instance.id}`);
    return super.resume(instance, database);
  }

  override reconnect(...[instance, database]: Parameters<MemoryPoolerConsole['reconnect']>) {
    told.push(`RECONNECT ${database} on ${instance.id}`);
    return super.reconnect(instance, database);
  }
}

const NEVER = new Promise<void>(() => undefined);
const deps = () => ({
  console: new ToldConsole(poolers),
  // Retries come at once; the limit of the step never does, unless a test says so.
  wait: (seconds: number) => {
    waits.push(seconds);
    return seconds === 1 ? Promise.resolve() : NEVER;
  },
});

function change<T>(over: Partial<DrainedChange<T>> & Pick<DrainedChange<T>, 'step'>): DrainedChange<T> {
  return { instances: INSTANCES, databases: ['app', 'reports'], drainSeconds: 10, stepSeconds: 60, ...over };
}

const stillPaused = (): readonly string[] =>
  INSTANCES.flatMap(({ id }) =>
    (poolers.get(id)?.reading.databases ?? []).filter(({ isPaused }) => isPaused).map(({ name }) => `${name} on ${id}`),
  );

beforeEach(() => {
  told = [];
  waits = [];
  poolers = new MemoryPoolers();
  const databases = [aPooledDatabase({ name: 'app' }), aPooledDatabase({ name: 'reports' })];
  for (const { id } of INSTANCES) poolers.add(id, aPooler({ databases }));
});

describe('a drained change', () => {
  it('pauses everything, takes the step, replaces connections, resumes everything', async () => {
    const outcome = await drainedChange(
      change({
        step: () => {
          told.push('step');
          expect(stillPaused()).toHaveLength(4);
          return Promise.resolve('new class');
        },
      }),
      deps(),
    );
    expect(outcome).toEqual({ kind: 'done', value: 'new class', notResumed: [] });
    const everywhere = (command: string): readonly string[] =>
      ['app on a', 'reports on a', 'app on b', 'reports on b'].map((place) => `${command} ${place}`);
    expect(told).toEqual([...everywhere('PAUSE'), 'step', ...everywhere('RECONNECT'), ...everywhere('RESUME')]);
    expect(stillPaused()).toEqual([]);
  });

  it('takes no step when one database does not drain, and names it', async () => {
    poolers.put('b', { neverDrained: ['reports'] });
    const outcome = await drainedChange(change({ step: () => Promise.reject(new Error('never')) }), deps());
    expect(outcome).toEqual({
      kind: 'not-drained',
      failures: [
        {
          instance: 'b',
          database: 'reports',
          because: { code: 'timed-out', during: 'PAUSE "reports"', limitSeconds: 10 },
        },
      ],
      notResumed: [],
    });
    expect(told.some((line) => line.startsWith('RECONNECT'))).toBe(false);
    expect(stillPaused()).toEqual([]);
  });

  it.each<{ what: string; step: () => Promise<void> }>([
    { what: 'rejects', step: () => Promise.reject(new Error('refused')) },
    {
      what: 'throws at once',
      step: () => {
        throw new Error('refused');
      },
    },
  ])('resumes everything when the step $what', async ({ step }) => {
    const outcome = await drainedChange(change({ step }), deps());
    expect(outcome).toEqual({ kind: 'step-failed', error: new Error('refused'), notResumed: [] });
    expect(stillPaused()).toEqual([]);
  });

  it('does not wait for a step that takes too long', async () => {
    const signals: AbortSignal[] = [];
    const outcome = await drainedChange(
      change({
        step: (signal) => {
          signals.push(signal);
          return NEVER;
        },
      }),
      { ...deps(), wait: () => Promise.resolve() },
    );
    expect(outcome).toEqual({ kind: 'step-too-slow', stepSeconds: 60, notResumed: [] });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(stillPaused()).toEqual([]);
  });

  it('tells which PgBouncer it could not resume, after several tries', async () => {
    const outcome = await drainedChange(
      change({
        step: () => {
          poolers.put('a', { failure: UNREACHABLE });
          return Promise.resolve();
        },
      }),
      deps(),
    );
    expect(outcome).toEqual({
      kind: 'done',
      value: undefined,
      notResumed: ['app', 'reports'].map((database) => ({ instance: 'a', database, because: UNREACHABLE })),
    });
    expect(told.filter((line) => line === 'RESUME app on a')).toHaveLength(5);
    expect(told.filter((line) => line === 'RESUME app on b')).toHaveLength(1);
    expect(stillPaused()).toEqual(['app on a', 'reports on a']);

    poolers.put('a', { failure: null });
    expect(await resumeEverywhere(INSTANCES, ['app', 'reports'], deps())).toEqual([]);
    expect(stillPaused()).toEqual([]);
  });

  it('resumes a PgBouncer that answers again', async () => {
    const { console } = deps();
    const outcome = await drainedChange(
      change({
        step: () => {
          poolers.put('a', { failure: UNREACHABLE });
          return Promise.resolve();
        },
      }),
      {
        console,
        wait: (seconds) => {
          if (seconds !== 1) return NEVER;
          poolers.put('a', { failure: null });
          return Promise.resolve();
        },
      },
    );
    expect(outcome.notResumed).toEqual([]);
    expect(stillPaused()).toEqual([]);
  });

  it('does not ask again for what is refused', async () => {
    const outcome = await drainedChange(change({ databases: ['nowhere'], step: () => Promise.resolve() }), deps());
    expect(outcome).toMatchObject({ kind: 'not-drained', notResumed: [{ instance: 'a' }, { instance: 'b' }] });
    expect(waits).toEqual([]);
  });

  it('resumes everything before a bug of the console comes to light', async () => {
    const { console, wait } = deps();
    console.reconnect = () => Promise.reject(new TypeError('a bug'));
    await expect(drainedChange(change({ step: () => Promise.resolve() }), { console, wait })).rejects.toThrow('a bug');
    expect(stillPaused()).toEqual([]);
  });
});
