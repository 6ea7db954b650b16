import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryPoolers } from '../../../shared/adapters/memory/pooler-console.ts';
import { later } from '../../../shared/domain/units.ts';
import type { TransactionModel } from '../../../simulator/platform/connection-queue.ts';
import type { SimulatedPoolers } from '../../../simulator/platform/simulated-poolers.ts';
import { PoolerScene } from '../../support/pooler-scene.ts';
import { A_DATABASE, A_POOLER, aPolicy } from '../../support/builders/policy.ts';
import { NOW } from '../../support/builders/time.ts';
import { simulatedPgbouncers } from '../../support/simulated-pgbouncers.ts';

const MODEL: TransactionModel = { vcpus: 4, cpuMillis: 1, otherMillis: 49, crowdingCost: 0.005 };
const SIZES = { defaultPoolSize: 5, reservePoolSize: 0, maxClientConnections: 1_000 };

let poolers: MemoryPoolers;
let simulated: SimulatedPoolers;
beforeEach(() => {
  poolers = new MemoryPoolers();
  simulated = simulatedPgbouncers(poolers, { sizes: SIZES });
});
const pass = (seconds: number) => simulated.advanceTo(later(simulated.now, seconds));

describe('simulated PgBouncers', () => {
  it('let a load through that they have connections for, and hardly anybody waits', () => {
    simulated.receive({ perSecond: 100, model: MODEL, clients: 400 });
    const state = pass(60);
    // 100 a second, 50 ms each.
    expect(state.poolConnections).toBeCloseTo(5, 1);
    expect(state.clientsWaiting).toBeLessThan(0.5);
    expect(state).toMatchObject({ poolLimit: 10, connections: state.poolConnections + 12 });
  });

  it('let clients wait for more, up to as many as there are, while the database has room', () => {
    simulated.receive({ perSecond: 400, model: MODEL, clients: 400 });
    expect(pass(20).clientsWaiting).toBeCloseTo(390, 0);
    const state = pass(20);
    expect(state).toMatchObject({ poolConnections: 10, clientsWaiting: 390 });
    expect(state.cpuPercent).toBeLessThan(15);
    // 390 wait for 200 a second.
    expect(state.waitMillis).toBeGreaterThan(1_900);
  });

  it('pass a wait on: what came meanwhile is served when the pool has grown', () => {
    simulated.receive({ perSecond: 400, model: MODEL, clients: 400 });
    pass(20);
    for (const id of ['pgbouncer-1', 'pgbouncer-2']) {
      const { reading } = poolers.get(id)!;
      poolers.put(id, { reading: { ...reading, sizes: { ...SIZES, defaultPoolSize: 20 } } });
    }
    expect(pass(1).clientsWaiting).toBeGreaterThan(300);
    pass(20);
    expect(pass(20).clientsWaiting).toBeLessThan(1);
  });

  describe('made smaller under a load that they cannot take', () => {
    beforeEach(() => {
      simulated.receive({ perSecond: 400, model: MODEL, clients: 400 });
      pass(20);
      for (const id of ['pgbouncer-1', 'pgbouncer-2']) {
        const { reading } = poolers.get(id)!;
        poolers.put(id, { reading: { ...reading, sizes: { ...SIZES, defaultPoolSize: 2 } } });
      }
    });
    const serversOf = () => poolers.get('pgbouncer-1')!.reading.pools[0]!.serversActive;

    it('keep their connections, as all are busy', () => {
      expect(pass(20)).toMatchObject({ poolConnections: 10, poolLimit: 10, startLimit: 10 });
      expect(serversOf()).toBe(5);
    });

    it('close what is too many when nobody waits any more', () => {
      simulated.receive({ perSecond: 1, model: MODEL, clients: 400 });
      pass(600);
      expect(pass(1).poolLimit).toBe(4);
    });

    it('close it at RECONNECT, and when they are replaced', async () => {
      const { console: consoles, directory } = simulated.tools;
      const found = await directory.find();
      const instances = found.kind === 'seen' ? found.value.instances : [];
      expect(await consoles.reconnect(instances[0]!, 'app')).toBeNull();
      expect(pass(1).poolLimit).toBe(7);
      expect(serversOf()).toBe(2);
      poolers.restart('pgbouncer-2');
      expect(pass(1).poolLimit).toBe(7);
      expect(poolers.get('pgbouncer-2')?.reading.sizes.defaultPoolSize).toBe(5);
    });
  });

  it('a moment that has passed leaves them as they are', () => {
    simulated.receive({ perSecond: 100, model: MODEL, clients: 400 });
    const state = pass(10);
    expect(simulated.advanceTo(NOW)).toBe(state);
    expect(simulated.now).toBe(later(NOW, 10));
  });

  it('are tuned by probe and action as deployed, while time goes on', async () => {
    const policy = aPolicy([
      {
        database: A_DATABASE,
        pooler: {
          ...A_POOLER,
          defaultPoolSize: 5,
          console: { passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:console-AbCdEf' },
        },
      },
    ]);
    const scene = new PoolerScene({
      policy,
      clock: { now: () => simulated.now },
      watchSeconds: 1,
      poolers: { tools: simulated.tools, durable: null },
    });
    simulated.receive({ perSecond: 400, model: MODEL, clients: 60 });
    pass(60);
    const outcomes = [];
    for (let minute = 0; minute < 6; minute += 1) {
      outcomes.push(...(await scene.turn()));
      pass(60);
    }
    expect(outcomes.map(({ kind }) => kind)).toEqual(['applied']);
    expect(pass(1).clientsWaiting).toBeLessThan(1);
    expect((await scene.story()).at(-1)).toMatch(/^verified: |^held: /);
  });
});
