import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryPoolerConsole } from '../../shared/adapters/memory/pooler-console.ts';
import type { PoolerChange } from '../../shared/domain/change.ts';
import { explainReasons } from '../../shared/domain/explain.ts';
import type { PoolerFailure, PoolerSizes } from '../../shared/domain/pooler.ts';
import { unseen } from '../../shared/domain/reading.ts';
import { poolerCraft, tuningSeconds } from '../../shared/workflow/pooler-craft.ts';
import { anOrder } from '../support/builders/orders.ts';
import { aPool } from '../support/builders/pooler-readings.ts';
import { SIZES } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';
import { busy, FLEET, GROWN, GROWTH, TuningWorld } from '../support/tuning-world.ts';

const DEAD: PoolerFailure = { code: 'unreachable', detail: 'connection refused' };

let world: TuningWorld;

beforeEach(() => {
  world = new TuningWorld();
});

describe('a tuning', () => {
  it('sets one PgBouncer after the other, one availability zone after the other, and says what it brought', async () => {
    const { told, tuning } = await world.tune();
    expect(told).toBe('done');
    expect(world.order).toEqual(['a', 'b', 'c'].map((id) => `${id} defaultPoolSize 25→60`));
    expect(tuning).toMatchObject({
      intended: GROWN,
      effect: {
        outcome: 'kept',
        before: { defaultPoolSize: 25, transactionsPerSecond: 1500 },
        after: { defaultPoolSize: 60, transactionsPerSecond: 3600 },
      },
    });
  });

  it('leaves alone what stands where it should', async () => {
    world.poolers.add('b', busy(GROWN));
    expect((await world.tune()).told).toBe('done');
    expect(world.order.map((one) => one[0])).toEqual(['a', 'c']);
  });

  it('lets the reserve give way before the pool grows, and those that shrink before those that grow', async () => {
    const reserved = { ...SIZES, defaultPoolSize: 60, reservePoolSize: 14 };
    world.poolers.add('c', busy({ ...SIZES, defaultPoolSize: 90 }));
    for (const id of ['a', 'b']) world.poolers.add(id, busy(reserved));
    const wanted = { ...SIZES, defaultPoolSize: 74 };
    const from = FLEET.map(({ id }) => ({ instance: id, sizes: world.poolers.get(id)!.reading.sizes }));
    world.rateOf = () => 100;
    expect((await world.tune({ ...GROWTH, from, to: wanted })).told).toBe('done');
    expect(world.order).toEqual([
      'c defaultPoolSize 90→74',
      'c RECONNECT app',
      'a reservePoolSize 14→0',
      'a defaultPoolSize 60→74',
      'b reservePoolSize 14→0',
      'b defaultPoolSize 60→74',
    ]);
  });
});

describe('connections above a lowered size', () => {
  const shrunk: PoolerSizes = { ...SIZES, defaultPoolSize: 10 };
  const shrink: PoolerChange = { ...GROWTH, to: shrunk };
  const servers = () => FLEET.map(({ id }) => world.poolers.get(id)!.reading.pools[0]!.serversActive);

  it('are closed where clients wait, since PgBouncer closes only what is idle', async () => {
    world.rateOf = () => 100;
    expect((await world.tune(shrink)).told).toBe('done');
    expect(world.order).toEqual(
      ['a', 'b', 'c'].flatMap((id) => [`${id} defaultPoolSize 25→10`, `${id} RECONNECT app`]),
    );
    expect(servers()).toEqual([10, 10, 10]);
  });

  it('are left to PgBouncer where nobody waits', async () => {
    for (const { id } of FLEET) {
      const { reading } = world.poolers.get(id)!;
      world.poolers.put(id, { reading: { ...reading, pools: [aPool({ serversActive: 8, serversIdle: 17 })] } });
      world.rateOf = () => 100;
    }
    expect((await world.tune(shrink)).told).toBe('done');
    expect(world.order).toEqual(['a', 'b', 'c'].map((id) => `${id} defaultPoolSize 25→10`));
  });

  it('are closed when a growth is brought back', async () => {
    world.rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize;
    expect((await world.tune()).told).toContain('brought back on a');
    expect(world.order).toEqual(['a defaultPoolSize 25→60', 'a defaultPoolSize 60→25', 'a RECONNECT app']);
    expect(servers()).toEqual([25, 25, 25]);
  });

  it('keep the others from growing while they do not close, and everything is brought back', async () => {
    world.poolers.add('c', busy(GROWN));
    world.neverReleased.add('c');
    const from = FLEET.map(({ id }) => ({ instance: id, sizes: world.poolers.get(id)!.reading.sizes }));
    const { told } = await world.tune({ ...GROWTH, from, to: { ...SIZES, defaultPoolSize: 36 } });
    expect(told).toBe(
      'PgBouncer took it without effect (60 connections of app/app are still open on c, 36 are allowed); brought back on c',
    );
    expect(world.order).toEqual(['c defaultPoolSize 60→36', 'c RECONNECT app', 'c defaultPoolSize 36→60']);
  });

  it('are given to the others, though the one that gives them gets less through', async () => {
    world.poolers.add('c', busy(GROWN));
    const from = FLEET.map(({ id }) => ({ instance: id, sizes: world.poolers.get(id)!.reading.sizes }));
    const { told } = await world.tune({ ...GROWTH, from, to: { ...SIZES, defaultPoolSize: 36 } });
    expect(told).toBe('done');
    expect(servers()).toEqual([36, 36, 36]);
  });

  it('may close later where no other needs them', async () => {
    world.rateOf = () => 100;
    world.neverReleased.add('b');
    expect((await world.tune(shrink)).told).toBe('done');
    expect(world.sizes()).toEqual([10, 10, 10]);
    expect(servers()).toEqual([10, 10, 25]);
  });

  it('that nobody can close are named as not brought back', async () => {
    world.rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize;
    const refused = class extends MemoryPoolerConsole {
      override reconnect() {
        return Promise.resolve(DEAD);
      }
    };
    const { told } = await world.tune(GROWTH, { console: new refused(world.poolers) });
    expect(told).toContain('NOT brought back on a');
    expect(world.sizes()).toEqual([25, 25, 25]);
  });
});

describe('a tuning that goes wrong', () => {
  const at = (second: number, what: () => void) => {
    world.meanwhile = (now) => {
      if (now === second) what();
    };
  };
  const byHand = (id: string, defaultPoolSize: number) => {
    world.poolers.put(id, { reading: busy({ ...SIZES, defaultPoolSize }) });
  };

  // In second 1 it is measured how it was, in seconds 2, 3 and 4 a, b and c are watched.
  // prettier-ignore
  it.each<{ when: string; what: () => void; told: string; sizes: readonly number[] }>([
    { when: 'clients get less through than before', what: () => { world.rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize; },
      told: 'it made things worse (120 → 50 transactions a second, 30 → 30 clients wait); brought back on a', sizes: [25, 25, 25] },
    { when: 'SET answers with success and does nothing', what: () => { world.poolers.put('b', { ignoresSet: true }); },
      told: 'PgBouncer took it without effect (default_pool_size of b is still 25); brought back on a', sizes: [25, 25, 25] },
    { when: 'a PgBouncer dies before its turn', what: () => { at(2, () => { world.poolers.put('b', { failure: DEAD }); }); },
      told: 'the admin console failed (b: connection refused); brought back on a', sizes: [25, 25, 25] },
    { when: 'one dies after it was set', what: () => { at(3, () => { world.poolers.put('b', { failure: DEAD }); }); },
      told: 'the admin console failed (b: connection refused); brought back on a; NOT brought back on b', sizes: [25, 25, 60] },
    { when: 'somebody changes one before its turn', what: () => { at(2, () => { byHand('b', 33); }); },
      told: 'somebody else changed it meanwhile (default_pool_size of b is 33); brought back on a', sizes: [25, 25, 33] },
    { when: 'somebody changes one after it was set', what: () => { at(3, () => { byHand('b', 33); }); },
      told: 'somebody else changed it meanwhile (default_pool_size of b is 33 again); brought back on a; NOT brought back on b', sizes: [25, 25, 33] },
  ])('as $when is taken back: $told', async ({ what, told, sizes }) => {
    what();
    const outcome = await world.tune();
    expect(outcome.failure?.code).toBe('tuning-taken-back');
    expect(outcome.told).toBe(told);
    expect(world.sizes()).toEqual(sizes);
  });

  it('remembers that it made things worse, and nothing of what others did', async () => {
    world.rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize;
    expect((await world.tune()).tuning?.effect?.outcome).toBe('taken-back');
    world.poolers.put('b', { failure: DEAD });
    expect((await world.tune()).tuning).toBeUndefined();
  });

  it('is not begun while one of them does not answer', async () => {
    world.poolers.put('c', { failure: DEAD });
    expect((await world.tune()).told).toBe('the admin console failed (c: connection refused)');
    expect(world.order).toEqual([]);
  });

  it('is not begun with more PgBouncers than the connection math was done for', async () => {
    const { told } = await world.tune({ ...GROWTH, from: GROWTH.from.slice(1) });
    expect(told).toBe('somebody else changed it meanwhile (3 PgBouncers run, the decision was about 2)');
    expect(world.order).toEqual([]);
  });

  it('fails with a user who may only look', async () => {
    const { told } = await world.tune(GROWTH, { console: new MemoryPoolerConsole(world.poolers, 'stats-only') });
    expect(told).toBe('the admin console failed (a: admin access needed)');
    expect(world.sizes()).toEqual([25, 25, 25]);
  });

  it('is tried again later when nobody says which PgBouncers run', async () => {
    const find = () => Promise.resolve(unseen({ code: 'unreadable', detail: 'throttled' }));
    await expect(world.tune(GROWTH, { directory: { find } })).rejects.toThrow('cannot see which PgBouncers run');
  });

  it('law: whatever happens in whatever second, every PgBouncer stands at the old size, at the new one, or is named', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom('dies', 'ignores', 'by hand', 'slows'),
        async (second, id, event) => {
          world = new TuningWorld();
          at(second, () => {
            if (event === 'dies') world.poolers.put(id, { failure: DEAD });
            if (event === 'ignores') world.poolers.put(id, { ignoresSet: true });
            if (event === 'by hand') byHand(id, 33);
            if (event === 'slows') world.rateOf = () => 1;
          });
          const { failure } = await world.tune();
          const named = failure?.code === 'tuning-taken-back' ? failure.notRestored : [];
          const wanted = failure === null ? 60 : 25;
          const elsewhere = FLEET.filter((one) => world.poolers.get(one.id)!.reading.sizes.defaultPoolSize !== wanted);
          const touched = elsewhere.filter((one) => world.order.some((line) => line.startsWith(one.id)));
          // What somebody changes after the last look is for the next probe to find.
          const unknown = touched.filter((one) => !named.includes(one.id) && !(event === 'by hand' && one.id === id));
          expect(unknown).toEqual([]);
        },
      ),
    ));
});

describe('what an order finds', () => {
  const compare = async (wanted: PoolerChange = GROWTH) => {
    const situation = await poolerCraft(() => world.tools()).compare(wanted, NOW);
    if ('because' in situation) return explainReasons([situation.because]);
    const { isAtFrom, isAtTo, isOnItsWay } = situation;
    return { isAtFrom, isAtTo, isOnItsWay };
  };

  it.each([
    { when: 'as it was decided', sizes: [25, 25, 25], found: { isAtFrom: true, isAtTo: false, isOnItsWay: true } },
    { when: 'all done', sizes: [60, 60, 60], found: { isAtFrom: false, isAtTo: true, isOnItsWay: true } },
    { when: 'cut off half way', sizes: [25, 60, 25], found: { isAtFrom: false, isAtTo: false, isOnItsWay: true } },
    { when: 'a person was here', sizes: [25, 33, 25], found: { isAtFrom: false, isAtTo: false, isOnItsWay: false } },
  ])('$when', async ({ sizes, found }) => {
    for (const [index, defaultPoolSize] of sizes.entries()) {
      world.poolers.add(FLEET[index]!.id, busy({ ...SIZES, defaultPoolSize }));
    }
    expect(await compare()).toEqual(found);
  });

  it('one that has taken the place of another is brought along', async () => {
    const replaced = GROWTH.from.map((one) => (one.instance === 'a' ? { ...one, instance: 'gone' } : one));
    expect(await compare({ ...GROWTH, from: replaced })).toMatchObject({ isAtFrom: true });
  });

  it('says that nobody has PgBouncers there', async () => {
    const craft = poolerCraft(() => null);
    const because = { code: 'not-found', detail: 'no fleet has PgBouncers at production/pgbouncer' };
    expect(await craft.compare(GROWTH, NOW)).toEqual({ because });
    expect(await craft.effect(GROWTH, anOrder(GROWTH))).toEqual({ failure: because });
  });

  it('holds its lease for as long as so many take', () => {
    expect(poolerCraft(() => null).leaseSeconds?.(GROWTH)).toBe(tuningSeconds(3));
  });
});
