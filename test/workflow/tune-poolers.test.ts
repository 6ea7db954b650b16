import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryPoolerConsole, MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import type { PoolerChange } from '../../shared/domain/change.ts';
import { explainReasons } from '../../shared/domain/explain.ts';
import type { PoolerFailure, PoolerInstance, PoolerReading, PoolerSizes } from '../../shared/domain/pooler.ts';
import { seen, unseen } from '../../shared/domain/reading.ts';
import { poolerCraft, tuningSeconds } from '../../shared/workflow/pooler-craft.ts';
import type { PoolerTools } from '../../shared/workflow/tune-poolers.ts';
import { aPool, aPooledDatabase, aPooler } from '../support/builders/pooler-readings.ts';
import { anOrder } from '../support/builders/orders.ts';
import { SIZES } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';

const POOLER = { cluster: 'production', service: 'pgbouncer' };
const instance = (id: string, availabilityZone: string): PoolerInstance => ({
  id,
  host: '10.0.1.4',
  port: 6432,
  availabilityZone,
});
/** Not in the order of their zones. */
const FLEET = [instance('c', 'b'), instance('a', 'a'), instance('b', 'a')];
const DEAD: PoolerFailure = { code: 'unreachable', detail: 'connection refused' };
const to: PoolerSizes = { ...SIZES, defaultPoolSize: 60 };
const change: PoolerChange = {
  kind: 'tune-pgbouncer',
  pooler: POOLER,
  from: ['a', 'b', 'c'].map((id) => ({ instance: id, sizes: SIZES })),
  to,
};

let clock: ManualClock;
let poolers: MemoryPoolers;
let order: string[];
/** What happens to the fleet in each second that passes. */
let meanwhile: (second: number) => void;
let rateOf: (reading: PoolerReading) => number;
let seconds: number;

beforeEach(() => {
  clock = new ManualClock(NOW);
  poolers = new MemoryPoolers();
  order = [];
  seconds = 0;
  meanwhile = () => undefined;
  // Twice the size, twice as much.
  rateOf = ({ sizes }) => sizes.defaultPoolSize * 20;
  for (const { id } of FLEET) poolers.add(id, busy());
});

/** 30 clients wait. */
function busy(sizes: PoolerSizes = SIZES): PoolerReading {
  return aPooler({
    sizes,
    pools: [aPool({ clientsWaiting: 30, serversActive: sizes.defaultPoolSize })],
    databases: [aPooledDatabase({ poolSize: sizes.defaultPoolSize })],
  });
}

function passSecond(): void {
  clock.advance(1);
  seconds += 1;
  for (const { id } of FLEET) {
    const { reading } = poolers.get(id)!;
    const transactions = rateOf(reading);
    const databases = reading.databases.map((database) => ({
      ...database,
      totals: { ...database.totals, transactions: database.totals.transactions + transactions },
    }));
    poolers.put(id, { reading: { ...reading, databases } });
  }
  meanwhile(seconds);
}

class WatchedConsole extends MemoryPoolerConsole {
  override async set(...[at, move]: Parameters<MemoryPoolerConsole['set']>) {
    const outcome = await super.set(at, move);
    if (outcome.kind === 'set') order.push(`${at.id} ${move.size} ${move.from}→${move.to}`);
    return outcome;
  }
}

const tools = (over: Partial<PoolerTools> = {}): PoolerTools => ({
  console: new WatchedConsole(poolers),
  directory: { find: () => Promise.resolve(seen({ instances: FLEET, leftOut: [] }, clock.now())) },
  clock,
  wait: (span) => {
    for (let second = 0; second < Math.ceil(span); second += 1) passSecond();
    return Promise.resolve();
  },
  watchSeconds: 1,
  ...over,
});
const tune = async (wanted: PoolerChange = change, over: Partial<PoolerTools> = {}) => {
  const { failure, tuning } = await poolerCraft(() => tools(over)).effect(wanted, anOrder(wanted));
  return { told: failure === null ? 'done' : explainReasons([failure]), failure, tuning };
};
const sizesNow = (): readonly number[] => FLEET.map(({ id }) => poolers.get(id)!.reading.sizes.defaultPoolSize);

describe('a tuning', () => {
  it('sets one PgBouncer after the other, one availability zone after the other, and says what it brought', async () => {
    const { told, tuning } = await tune();
    expect(told).toBe('done');
    expect(order).toEqual(['a', 'b', 'c'].map((id) => `${id} defaultPoolSize 25→60`));
    expect(tuning).toMatchObject({
      intended: to,
      effect: {
        outcome: 'kept',
        before: { defaultPoolSize: 25, transactionsPerSecond: 1500 },
        after: { defaultPoolSize: 60, transactionsPerSecond: 3600 },
      },
    });
  });

  it('leaves alone what stands where it should', async () => {
    poolers.add('b', busy(to));
    expect((await tune()).told).toBe('done');
    expect(order.map((one) => one[0])).toEqual(['a', 'c']);
  });

  it('lets the reserve give way before the pool grows, and those that shrink before those that grow', async () => {
    const reserved = { ...SIZES, defaultPoolSize: 60, reservePoolSize: 14 };
    poolers.add('c', busy({ ...SIZES, defaultPoolSize: 90 }));
    for (const id of ['a', 'b']) poolers.add(id, busy(reserved));
    const wanted = { ...SIZES, defaultPoolSize: 74 };
    const from = FLEET.map(({ id }) => ({ instance: id, sizes: poolers.get(id)!.reading.sizes }));
    rateOf = () => 100;
    expect((await tune({ ...change, from, to: wanted })).told).toBe('done');
    expect(order).toEqual([
      'c defaultPoolSize 90→74',
      'a reservePoolSize 14→0',
      'a defaultPoolSize 60→74',
      'b reservePoolSize 14→0',
      'b defaultPoolSize 60→74',
    ]);
  });
});

describe('a tuning that goes wrong', () => {
  const at = (second: number, what: () => void) => {
    meanwhile = (now) => {
      if (now === second) what();
    };
  };
  const byHand = (id: string, defaultPoolSize: number) => {
    poolers.put(id, { reading: busy({ ...SIZES, defaultPoolSize }) });
  };

  // In second 1 it is measured how it was, in seconds 2, 3 and 4 a, b and c are watched.
  // prettier-ignore
  it.each<{ when: string; what: () => void; told: string; sizes: readonly number[] }>([
    { when: 'clients get less through than before', what: () => { rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize; },
      told: 'it made things worse (120 → 50 transactions a second, 30 → 30 clients wait); brought back on a', sizes: [25, 25, 25] },
    { when: 'SET answers with success and does nothing', what: () => { poolers.put('b', { ignoresSet: true }); },
      told: 'PgBouncer took it without effect (default_pool_size of b is still 25); brought back on a', sizes: [25, 25, 25] },
    { when: 'a PgBouncer dies before its turn', what: () => { at(2, () => { poolers.put('b', { failure: DEAD }); }); },
      told: 'the admin console failed (b: connection refused); brought back on a', sizes: [25, 25, 25] },
    { when: 'one dies after it was set', what: () => { at(3, () => { poolers.put('b', { failure: DEAD }); }); },
      told: 'the admin console failed (b: connection refused); brought back on a; NOT brought back on b', sizes: [25, 25, 60] },
    { when: 'somebody changes one before its turn', what: () => { at(2, () => { byHand('b', 33); }); },
      told: 'somebody else changed it meanwhile (default_pool_size of b is 33); brought back on a', sizes: [25, 25, 33] },
    { when: 'somebody changes one after it was set', what: () => { at(3, () => { byHand('b', 33); }); },
      told: 'somebody else changed it meanwhile (default_pool_size of b is 33 again); brought back on a; NOT brought back on b', sizes: [25, 25, 33] },
  ])('as $when is taken back: $told', async ({ what, told, sizes }) => {
    what();
    const outcome = await tune();
    expect(outcome.failure?.code).toBe('tuning-taken-back');
    expect(outcome.told).toBe(told);
    expect(sizesNow()).toEqual(sizes);
  });

  it('remembers that it made things worse, and nothing of what others did', async () => {
    rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize;
    expect((await tune()).tuning?.effect?.outcome).toBe('taken-back');
    poolers.put('b', { failure: DEAD });
    expect((await tune()).tuning).toBeUndefined();
  });

  it('is not begun while one of them does not answer', async () => {
    poolers.put('c', { failure: DEAD });
    expect((await tune()).told).toBe('the admin console failed (c: connection refused)');
    expect(order).toEqual([]);
  });

  it('is not begun with more PgBouncers than the connection math was done for', async () => {
    const { told } = await tune({ ...change, from: change.from.slice(1) });
    expect(told).toBe('somebody else changed it meanwhile (3 PgBouncers run, the decision was about 2)');
    expect(order).toEqual([]);
  });

  it('fails with a user who may only look', async () => {
    const { told } = await tune(change, { console: new MemoryPoolerConsole(poolers, 'stats-only') });
    expect(told).toBe('the admin console failed (a: admin access needed)');
    expect(sizesNow()).toEqual([25, 25, 25]);
  });

  it('is tried again later when nobody says which PgBouncers run', async () => {
    const find = () => Promise.resolve(unseen({ code: 'unreadable', detail: 'throttled' }));
    await expect(tune(change, { directory: { find } })).rejects.toThrow('cannot see which PgBouncers run');
  });

  it('law: whatever happens in whatever second, every PgBouncer stands at the old size, at the new one, or is named', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom('dies', 'ignores', 'by hand', 'slows'),
        async (second, id, event) => {
          clock = new ManualClock(NOW);
          poolers = new MemoryPoolers();
          for (const one of FLEET) poolers.add(one.id, busy());
          [seconds, order] = [0, []];
          rateOf = ({ sizes }) => sizes.defaultPoolSize * 20;
          at(second, () => {
            if (event === 'dies') poolers.put(id, { failure: DEAD });
            if (event === 'ignores') poolers.put(id, { ignoresSet: true });
            if (event === 'by hand') byHand(id, 33);
            if (event === 'slows') rateOf = () => 1;
          });
          const { failure } = await tune();
          const named = failure?.code === 'tuning-taken-back' ? failure.notRestored : [];
          const wanted = failure === null ? 60 : 25;
          const elsewhere = FLEET.filter((one) => poolers.get(one.id)!.reading.sizes.defaultPoolSize !== wanted);
          const touched = elsewhere.filter((one) => order.some((line) => line.startsWith(one.id)));
          // What somebody changes after the last look is for the next probe to find.
          const unknown = touched.filter((one) => !named.includes(one.id) && !(event === 'by hand' && one.id === id));
          expect(unknown).toEqual([]);
        },
      ),
    ));
});

describe('what an order finds', () => {
  const compare = async (wanted: PoolerChange = change) => {
    const situation = await poolerCraft(() => tools()).compare(wanted, NOW);
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
      poolers.add(FLEET[index]!.id, busy({ ...SIZES, defaultPoolSize }));
    }
    expect(await compare()).toEqual(found);
  });

  it('one that has taken the place of another is brought along', async () => {
    const replaced = change.from.map((one) => (one.instance === 'a' ? { ...one, instance: 'gone' } : one));
    expect(await compare({ ...change, from: replaced })).toMatchObject({ isAtFrom: true });
  });

  it('says that nobody has PgBouncers there', async () => {
    const craft = poolerCraft(() => null);
    const because = { code: 'not-found', detail: 'no fleet has PgBouncers at production/pgbouncer' };
    expect(await craft.compare(change, NOW)).toEqual({ because });
    expect(await craft.effect(change, anOrder(change))).toEqual({ failure: because });
  });

  it('holds its lease for as long as so many take', () => {
    expect(poolerCraft(() => null).leaseSeconds?.(change)).toBe(tuningSeconds(3));
  });
});
