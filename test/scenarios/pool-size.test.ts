import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryPoolerConsole, MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import { verifyChain } from '../../shared/audit/chain.ts';
import type { DurableSizes, PoolerSizes } from '../../shared/domain/pooler.ts';
import { type Reading, seen } from '../../shared/domain/reading.ts';
import { HOUR, later, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import type { DurablePoolSizes } from '../../shared/pooler-port.ts';
import type { TransactionModel } from '../../simulator/platform/connection-queue.ts';
import type { SimulatedPoolers } from '../../simulator/platform/simulated-poolers.ts';
import { PoolerScene } from '../support/pooler-scene.ts';
import { databaseMetricQuery, minutesSpan } from '../../shared/levers/metric-queries.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aPolicy } from '../support/builders/policy.ts';
import { aSeries } from '../support/builders/world.ts';
import { expectReplays, expectWholeStories } from '../support/laws.ts';
import { simulatedPgbouncers } from '../support/simulated-pgbouncers.ts';

const MODEL: TransactionModel = { vcpus: 8, cpuMillis: 1, otherMillis: 49, crowdingCost: 0.005 };
const SIZES: PoolerSizes = { defaultPoolSize: 5, reservePoolSize: 0, maxClientConnections: 1_000 };
const [FIRST, SECOND] = ['pgbouncer-1', 'pgbouncer-2'] as const;

/** What PgBouncers start with; tasks are replaced in ten minutes. */
class MemoryDurable implements DurablePoolSizes {
  sizes: DurableSizes['sizes'] = SIZES;
  revision = 14;
  rollsUntil = 0;

  read(): Promise<Reading<DurableSizes>> {
    const now = plant.now;
    const rollout = now < this.rollsUntil ? 'in-progress' : 'none';
    return Promise.resolve(seen({ sizes: this.sizes, revision: `pgbouncer:${this.revision}`, rollout }, now));
  }

  write(to: Partial<PoolerSizes>): Promise<null> {
    this.sizes = { ...this.sizes, ...to };
    this.revision += 1;
    this.rollsUntil = later(plant.now, 10 * MINUTE);
    return Promise.resolve(null);
  }
}

let poolers: MemoryPoolers;
let plant: SimulatedPoolers;
let durable: MemoryDurable;
let scene: PoolerScene;
let databaseCpu: number;

beforeEach(() => {
  poolers = new MemoryPoolers();
  plant = simulatedPgbouncers(poolers, { sizes: SIZES });
  durable = new MemoryDurable();
  databaseCpu = 30;
  const policy = aPolicy([
    {
      database: A_DATABASE,
      pooler: {
        ...A_POOLER,
        defaultPoolSize: SIZES.defaultPoolSize,
        console: { passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:console-AbCdEf' },
        durable: { kind: 'ssm-parameter', names: { defaultPoolSize: '/pgbouncer/size' } },
      },
    },
  ]);
  scene = new PoolerScene({
    policy,
    clock: { now: () => plant.now },
    watchSeconds: 1,
    poolers: { tools: plant.tools, durable },
    databaseCpu: () => databaseCpu,
  });
});

const crowd = (): void => {
  plant.receive({ perSecond: 800, model: MODEL, clients: 120 });
};
const calm = (): void => {
  plant.receive({ perSecond: 40, model: MODEL, clients: 120 });
};
/** Lets so much time pass, with a probe every minute. */
async function pass(span: Seconds): Promise<void> {
  const end = later(plant.now, span);
  while (plant.now < end) {
    plant.advanceTo(later(plant.now, MINUTE));
    await scene.turn();
  }
}
const sizes = (): readonly (number | undefined)[] =>
  [FIRST, SECOND].map((id) => poolers.get(id)?.reading.sizes.defaultPoolSize);
/** Without what was held and abstained. */
const acts = async (): Promise<readonly string[]> =>
  (await scene.story())
    .filter((line) => !/^(held|abstained)/.test(line))
    .map((line) => line.replace(/ [\d.]+ (clients|ms|transactions)/g, ' … $1').replace(/needs \d+/, 'needs …'));
const codes = async (): Promise<readonly string[]> =>
  (await scene.records()).map(({ transition, reasons }) => `${transition} ${reasons[0]?.code ?? ''}`.trim());

describe('an under-sized pool, from the probe that sees who waits to what survives a restart', () => {
  it('is tuned in steps, verified, made durable, and verified again', async () => {
    crowd();
    await pass(40 * MINUTE);
    const told = await codes();
    const changes = told.filter((line) => !/^(held|abstained)/.test(line));
    expect(changes).toEqual([
      ...['decided clients-wait', 'attempting', 'applied', 'verified pools-in-place'],
      ...['decided clients-wait', 'attempting', 'applied', 'verified pools-in-place'],
      ...['decided pool-size-not-durable', 'attempting', 'applied', 'verified in-place'],
    ]);
    const [size] = sizes();
    expect(sizes()).toEqual([size, size]);
    expect(size).toBeGreaterThan(20);
    expect(durable).toMatchObject({ revision: 15, sizes: { defaultPoolSize: size } });
    expect(scene.measured.get('ClientsWaiting')).toBeLessThan(1);
    expect(scene.measured.get('PoolSize')).toBe(size);
    const records = await scene.records();
    expect(verifyChain(records)).toEqual({ kind: 'ok', records: records.length });
    expectWholeStories(records);
    expectReplays(records);
  });

  it('says in words what it saw and did', async () => {
    crowd();
    await pass(2 * MINUTE);
    expect((await acts()).slice(0, 4)).toEqual([
      expect.stringMatching(/^decided: tune 2 PgBouncers: default_pool_size 5 → 20: … clients of app\/app wait … ms/),
      'attempting: tune 2 PgBouncers: default_pool_size 5 → 20',
      'applied: tune 2 PgBouncers: default_pool_size 5 → 20',
      expect.stringMatching(/^verified: in place on 2 PgBouncers: /),
    ]);
  });
});

describe('what a RELOAD or a restart has lost', () => {
  beforeEach(async () => {
    crowd();
    await pass(5 * MINUTE);
  });

  it('is restored by the next probe, on both or on one', async () => {
    const [tuned] = sizes();
    const console = new MemoryPoolerConsole(poolers);
    for (const lost of [[FIRST], [FIRST, SECOND]]) {
      for (const id of lost) await console.reload({ id, host: '', port: 0, availabilityZone: null });
      expect(sizes()[0]).toBe(SIZES.defaultPoolSize);
      await pass(2 * MINUTE);
      expect(sizes()).toEqual([tuned, tuned]);
    }
    const restored = (await codes()).filter((line) => line === 'decided pool-size-lost');
    expect(restored).toHaveLength(2);
  });

  it('is nothing when a task has started with what was made durable', async () => {
    await pass(40 * MINUTE);
    const before = (await codes()).length;
    poolers.put(SECOND, { file: poolers.get(SECOND)!.reading.sizes });
    poolers.restart(SECOND);
    await pass(2 * MINUTE);
    expect((await codes()).slice(before)).toEqual([]);
  });

  it('is not restored over the hand of a person, until all stand alike', async () => {
    const { reading } = poolers.get(SECOND)!;
    poolers.put(SECOND, { reading: { ...reading, sizes: { ...reading.sizes, defaultPoolSize: 33 } } });
    await pass(3 * MINUTE);
    expect((await codes()).at(-1)).toBe('held pool-sized-by-hand');
    expect(sizes()[1]).toBe(33);
  });
});

describe('a rising wait that the pool is not the reason of', () => {
  it('in front of a saturated database is left alone, and the record says so', async () => {
    databaseCpu = 92;
    crowd();
    await pass(10 * MINUTE);
    expect(sizes()).toEqual([SIZES.defaultPoolSize, SIZES.defaultPoolSize]);
    const told = await scene.story();
    expect(told.filter((line) => line.startsWith('decided'))).toEqual([]);
    expect(told.join('\n')).toMatch(/database/);
  });

  it('in front of a disk that is used up, too: what waits, waits for the disk', async () => {
    const databaseLimits = { identifier: A_DATABASE.identifier, memoryGiB: 16, iops: 3_000, storageGiB: 250 };
    await scene.state.saveMemory('production', { version: 1, told: {}, lastSeen: {}, databaseLimits });
    crowd();
    for (let minute = 0; minute < 10; minute += 1) {
      const { database } = aFleetPolicy({ database: A_DATABASE });
      for (const [metric, value] of Object.entries({ ReadIOPS: 2_400, WriteIOPS: 500, DiskQueueDepth: 40 })) {
        const series = aSeries(Array<number>(10).fill(value), plant.now);
        scene.world.putSeries(databaseMetricQuery(database!, metric, minutesSpan(5, 'Average')), series.points);
      }
      await pass(MINUTE);
    }
    expect(sizes()).toEqual([SIZES.defaultPoolSize, SIZES.defaultPoolSize]);
    const told = await scene.story();
    expect(told.filter((line) => line.startsWith('decided'))).toEqual([]);
    expect(told.at(-1)).toMatch(
      /^blocked: hold: the bottleneck is the I\/O of the database: 2900 IOPS of 2700, 40 requests queue, more load on it makes it worse; otherwise tune 2 PgBouncers: default_pool_size 5 → 20/,
    );
  });
});

describe('a growth that the database does not bear', () => {
  it('is taken back when its CPU has risen since, and not tried again for an hour', async () => {
    // Too many for what it comes back to.
    plant.receive({ perSecond: 1_100, model: MODEL, clients: 120 });
    await pass(2 * MINUTE);
    const [grown = 0] = sizes();
    expect(grown).toBeGreaterThan(SIZES.defaultPoolSize);
    databaseCpu = 92;
    await pass(6 * MINUTE);
    const told = await scene.story();
    const back = told.findIndex((line) =>
      /growing the pools made it worse: CPU of the database 30 % → 92 %/.test(line),
    );
    expect(told.slice(back).map((line) => line.slice(0, line.indexOf(':')))).toEqual(
      expect.arrayContaining(['decided', 'attempting', 'applied', 'verified', 'held']),
    );
    const [since = 0] = sizes();
    expect(sizes()).toEqual([since, since]);
    expect(since).toBeLessThan(grown);
    // What is back stays back: neither restored nor tried again, also when the database has room again.
    databaseCpu = 30;
    await pass(50 * MINUTE);
    expect(sizes()).toEqual([since, since]);
    expect((await scene.story()).join('\n')).toMatch(
      /held: hold: growing the pool from \d+ to \d+ was taken back \(CPU/,
    );
    await pass(20 * MINUTE);
    expect(sizes()[0]).toBeGreaterThan(since);
    const records = await scene.records();
    expectWholeStories(records);
    expectReplays(records);
  });

  it('is remembered also where a RELOAD of all was faster', async () => {
    crowd();
    await pass(2 * MINUTE);
    databaseCpu = 92;
    const console = new MemoryPoolerConsole(poolers);
    await pass(3 * MINUTE);
    const before = sizes();
    for (const id of [FIRST, SECOND]) {
      await console.reload({ id, host: '', port: 0, availabilityZone: null });
    }
    await pass(20 * MINUTE);
    const told = await codes();
    expect(before[0]).toBeGreaterThan(SIZES.defaultPoolSize);
    expect(told).toContain('decided growth-made-worse');
    expect(told.slice(told.indexOf('decided growth-made-worse'))).not.toContain('decided pool-size-lost');
  });
});

it('after a calm day the pool is given back, step by step, never below what is configured', async () => {
  crowd();
  await pass(5 * MINUTE);
  const [tuned = 0] = sizes();
  calm();
  await pass(40 * MINUTE);
  // The next full hours, each with a peak of two.
  for (let day = 0; day < 8; day += 1) {
    plant.advanceTo(later(plant.now, 25 * HOUR - (plant.now % (HOUR * 1000)) / 1000));
    scene.calmFor(24, 2);
    await scene.turn();
    plant.advanceTo(later(plant.now, MINUTE));
    await scene.turn();
  }
  expect(sizes()).toEqual([SIZES.defaultPoolSize, SIZES.defaultPoolSize]);
  const shrunk = (await codes()).filter((line) => line === 'decided pool-calm');
  expect(shrunk.length).toBeGreaterThanOrEqual(Math.floor(Math.log2(tuned / SIZES.defaultPoolSize)));
});
