import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryPoolerConsole, MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import type { Order } from '../../shared/domain/order.ts';
import { seen } from '../../shared/domain/reading.ts';
import { DAY, MINUTE, type Seconds } from '../../shared/domain/units.ts';
import { editOfChange } from '../../shared/proposals/edit-of-change.ts';
import { code, diff, plan } from '../infrastructure-code/support.ts';
import { A_DATABASE, A_POOLER, aPolicy } from '../support/builders/policy.ts';
import { aPool, aPooledDatabase, aPooler } from '../support/builders/pooler-readings.ts';
import { NOW } from '../support/builders/time.ts';
import { PoolerScene } from '../support/pooler-scene.ts';

const INSTANCE = { id: 'one', host: '10.0.1.4', port: 6432, availabilityZone: 'eu-central-1a' };
const RESOURCE = 'pooler/production/pgbouncer/database/reports';
const INI = '[databases]\nreports = host=10.0.9.5 pool_size=5 ; nightly\n\n[pgbouncer]\ndefault_pool_size = 25\n';

let clock: ManualClock;
let poolers: MemoryPoolers;
let waiting: number;
let scene: PoolerScene;

/** A second of a pool of 5 that everybody waits for, or nobody. */
function passSecond(): void {
  clock.advance(1);
  const { reading } = poolers.get(INSTANCE.id)!;
  const [database] = reading.databases;
  const totals = {
    ...database!.totals,
    transactions: database!.totals.transactions + 100,
    transactionSeconds: database!.totals.transactionSeconds + 5,
    waitSeconds: database!.totals.waitSeconds + waiting,
  };
  const pool = aPool({ database: 'reports', clientsWaiting: waiting, serversActive: waiting > 0 ? 5 : 1 });
  poolers.put(INSTANCE.id, { reading: { ...reading, pools: [pool], databases: [{ ...database!, totals }] } });
}

function start(code: 'with code' | 'without code'): void {
  clock = new ManualClock(NOW);
  poolers = new MemoryPoolers();
  poolers.add(
    INSTANCE.id,
    aPooler({ databases: [aPooledDatabase({ name: 'reports', poolSize: 5, sizeFrom: 'own' })] }),
  );
  passSecond();
  const policy = aPolicy([
    {
      database: A_DATABASE,
      pooler: {
        ...A_POOLER,
        console: { passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:console-AbCdEf' },
      },
      ...(code === 'without code'
        ? {}
        : { infrastructureCode: { repository: 'example/infrastructure', paths: ['.'] } }),
    },
  ]);
  scene = new PoolerScene({
    policy,
    clock,
    watchSeconds: 1,
    poolers: {
      durable: null,
      tools: {
        console: new MemoryPoolerConsole(poolers),
        directory: { find: () => Promise.resolve(seen({ instances: [INSTANCE], leftOut: [] }, clock.now())) },
        clock,
        wait: (span) => {
          for (let second = 0; second < Math.ceil(span); second += 1) passSecond();
          return Promise.resolve();
        },
        readMaxConnections: () => Promise.resolve(seen(200, clock.now())),
      },
    },
  });
}

async function probeAfter(span: Seconds): Promise<readonly Order[]> {
  clock.advance(span);
  await scene.probe();
  return scene.bus.take().flatMap((sent) => (sent.kind === 'order' ? [sent.order] : []));
}

const told = async (resource: string): Promise<readonly string[]> =>
  (await scene.audit.byResource(resource, 100)).map(({ transition, sentence }) => `${transition}: ${sentence}`);

describe('clients that wait for a pool with a size of its own', () => {
  beforeEach(() => {
    waiting = 12;
  });

  it('get a pull request on its line in pgbouncer.ini, also where sizes are tuned live', async () => {
    start('with code');
    const orders = await probeAfter(MINUTE);
    expect(orders.map(({ resource, change: { kind } }) => [resource, kind])).toEqual([
      [`proposal/pool-size/${RESOURCE}`, 'tend-proposal'],
    ]);
    const [{ change }] = orders as [Order];
    if (change.kind !== 'tend-proposal' || change.to.proposes === null) throw new Error('nothing is proposed');
    const edit = editOfChange(change.to.proposes, {});
    expect(edit === null ? null : diff(plan(code({ 'pgbouncer.ini': INI }), edit))).toEqual([
      'pgbouncer.ini:2: -reports = host=10.0.9.5 pool_size=5 ; nightly',
      'pgbouncer.ini:2: +reports = host=10.0.9.5 pool_size=17 ; nightly',
    ]);
    expect((await told(`proposal/pool-size/${RESOURCE}`))[0]).toBe(
      'decided: propose in infrastructure code: pool_size of the database reports: 5 → 17: 12 clients of reports/app wait 120 ms for a connection, 5 are too few, needs 17',
    );
    expect((await told('pooler/production/pgbouncer'))[0]).toContain('the pool reports/app has a size of its own, 5');
  });

  it('are only told of where there is no code to propose it in', async () => {
    start('without code');
    expect(await probeAfter(MINUTE)).toEqual([]);
    expect((await told(RESOURCE))[0]).toMatch(
      /^blocked: hold: the lever only proposes, .*; otherwise pool_size of the database reports: 5 → 17: /,
    );
  });

  it('and wait no more leave nothing to do', async () => {
    start('with code');
    waiting = 0;
    expect(await probeAfter(DAY)).toEqual([]);
    expect((await told(RESOURCE))[0]).toBe('held: hold: no client waits for a connection');
  });
});
