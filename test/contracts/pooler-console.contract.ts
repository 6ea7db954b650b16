import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PoolerInstance, PoolerReading } from '../../shared/domain/pooler.ts';
import type { PoolerConsole } from '../../shared/pooler-port.ts';
import type { Subject } from './subject.ts';

/**
 * Two databases: `app` of the default size 5, `reports` with a size of its own, 3. A reserve of 0, 200 clients; the file
 * says the same.
 */
export interface PoolerConsoleSubject extends Subject<PoolerConsole> {
  readonly instance: PoolerInstance;
  /** The same, as a user who may only look. */
  readonly statsOnly: PoolerConsole;
  /** An address at which nothing listens. */
  readonly nowhere: PoolerInstance;
  /** Begins a transaction in `app` that does not end until the returned function is called. */
  holdTransaction(): Promise<() => Promise<void>>;
  /** The process ends and starts again. */
  restart(): Promise<void>;
}

export function describePoolerConsoleContract(name: string, create: () => Promise<PoolerConsoleSubject>): void {
  describe(`PoolerConsole: ${name}`, () => {
    let subject: PoolerConsoleSubject;
    beforeEach(async () => {
      subject = await create();
    });
    afterEach(() => subject.close());

    const reading = async (): Promise<PoolerReading> => {
      const look = await subject.port.read(subject.instance);
      if (look.kind === 'failed') throw new Error(look.because.code);
      return look.value;
    };
    const pausedDatabases = async (): Promise<readonly string[]> =>
      (await reading()).databases.filter(({ isPaused }) => isPaused).map((database) => database.name);

    it('reads the sizes in force, without the database of the console', async () => {
      const { sizes, databases } = await reading();
      expect(sizes).toEqual({ defaultPoolSize: 5, reservePoolSize: 0, maxClientConnections: 200 });
      expect(databases.map(({ name: of, poolSize, sizeFrom }) => [of, poolSize, sizeFrom])).toEqual([
        ['app', 5, 'default'],
        ['reports', 3, 'own'],
      ]);
    });

    it('sets a size, which databases without one of their own follow', async () => {
      const outcome = await subject.port.set(subject.instance, { size: 'defaultPoolSize', from: 5, to: 9 });
      expect(outcome).toEqual({ kind: 'set' });
      const { sizes, databases } = await reading();
      expect(sizes.defaultPoolSize).toBe(9);
      expect(databases.map(({ poolSize }) => poolSize)).toEqual([9, 3]);
    });

    it.each([
      { size: 'reservePoolSize', from: 0, to: 2 },
      { size: 'maxClientConnections', from: 200, to: 300 },
    ] as const)('sets $size', async (move) => {
      expect(await subject.port.set(subject.instance, move)).toEqual({ kind: 'set' });
      expect((await reading()).sizes[move.size]).toBe(move.to);
    });

    it('changes nothing when somebody else has changed the size meanwhile', async () => {
      const outcome = await subject.port.set(subject.instance, { size: 'defaultPoolSize', from: 4, to: 9 });
      expect(outcome).toEqual({ kind: 'moved-on', actual: 5 });
      expect((await reading()).sizes.defaultPoolSize).toBe(5);
    });

    it.each([
      { size: 'defaultPoolSize', to: 0 },
      { size: 'defaultPoolSize', to: -1 },
      { size: 'defaultPoolSize', to: 2.5 },
      { size: 'defaultPoolSize', to: NaN },
      { size: 'defaultPoolSize', to: 1e12 },
      { size: 'maxClientConnections', to: 0 },
    ] as const)('never asks for $size $to', async ({ size, to }) => {
      await expect(subject.port.set(subject.instance, { size, from: 5, to })).rejects.toThrow(RangeError);
    });

    it('loses what was set at a RELOAD', async () => {
      await subject.port.set(subject.instance, { size: 'defaultPoolSize', from: 5, to: 9 });
      expect(await subject.port.reload(subject.instance)).toBeNull();
      expect((await reading()).sizes.defaultPoolSize).toBe(5);
    });

    it('loses what was set, and pauses, at a restart', async () => {
      await subject.port.set(subject.instance, { size: 'defaultPoolSize', from: 5, to: 9 });
      await subject.port.pause(subject.instance, 'app', 2);
      await subject.restart();
      expect((await reading()).sizes.defaultPoolSize).toBe(5);
      expect(await pausedDatabases()).toEqual([]);
    });

    it('pauses and resumes one database', async () => {
      expect(await subject.port.pause(subject.instance, 'app', 2)).toBeNull();
      expect(await pausedDatabases()).toEqual(['app']);
      expect(await subject.port.resume(subject.instance, 'app')).toBeNull();
      expect(await pausedDatabases()).toEqual([]);
    });

    it('pauses a second time and resumes a second time as if it were the first', async () => {
      await subject.port.pause(subject.instance, 'app', 2);
      expect(await subject.port.pause(subject.instance, 'app', 2)).toBeNull();
      await subject.port.resume(subject.instance, 'app');
      expect(await subject.port.resume(subject.instance, 'app')).toBeNull();
    });

    it('says that a database did not drain in time, and leaves it paused', async () => {
      const release = await subject.holdTransaction();
      expect(await subject.port.pause(subject.instance, 'app', 0.3)).toEqual({
        code: 'timed-out',
        during: 'PAUSE "app"',
        limitSeconds: 0.3,
      });
      expect(await pausedDatabases()).toEqual(['app']);
      expect(await subject.port.resume(subject.instance, 'app')).toBeNull();
      expect(await pausedDatabases()).toEqual([]);
      await release();
    });

    it('replaces server connections', async () => {
      expect(await subject.port.reconnect(subject.instance, 'app')).toBeNull();
    });

    it('is refused what concerns a database that is not there', async () => {
      const { port, instance } = subject;
      const detail = 'no such database: nowhere';
      expect(await port.pause(instance, 'nowhere', 2)).toEqual({ code: 'refused', during: 'PAUSE "nowhere"', detail });
      expect(await port.resume(instance, 'nowhere')).toMatchObject({ code: 'refused', detail });
      expect(await port.reconnect(instance, 'nowhere')).toMatchObject({ code: 'refused', detail });
    });

    it('never speaks of all databases at once', async () => {
      await expect(subject.port.pause(subject.instance, '', 2)).rejects.toThrow(RangeError);
      await expect(subject.port.resume(subject.instance, '')).rejects.toThrow(RangeError);
    });

    it('lets a stats-only user look, and change nothing', async () => {
      const { statsOnly, instance } = subject;
      const because = { code: 'not-allowed', detail: 'admin access needed' };
      expect((await statsOnly.read(instance)).kind).toBe('seen');
      expect(await statsOnly.set(instance, { size: 'defaultPoolSize', from: 5, to: 9 })).toEqual({
        kind: 'failed',
        because,
        effect: 'none',
      });
      expect(await statsOnly.pause(instance, 'app', 2)).toEqual(because);
      expect(await statsOnly.resume(instance, 'app')).toEqual(because);
      expect(await statsOnly.reconnect(instance, 'app')).toEqual(because);
      expect(await statsOnly.reload(instance)).toEqual(because);
      expect((await reading()).sizes.defaultPoolSize).toBe(5);
    });

    it('says that nobody answers', async () => {
      const { port, nowhere } = subject;
      expect(await port.read(nowhere)).toMatchObject({ kind: 'failed', because: { code: 'unreachable' } });
      expect(await port.set(nowhere, { size: 'defaultPoolSize', from: 5, to: 9 })).toMatchObject({
        kind: 'failed',
        because: { code: 'unreachable' },
        effect: 'none',
      });
      expect(await port.pause(nowhere, 'app', 2)).toMatchObject({ code: 'unreachable' });
    });
  });
}
