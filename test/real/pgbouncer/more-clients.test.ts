import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { PgBouncerServer } from '../servers/pgbouncer-server.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { connectThrough } from './consoles.ts';
import { MovedClock, tuningOf, untilWaiting } from './tuning.ts';

const POOL_SIZE = 2;
const IDLE = 20;
const REFUSED = 12;

let servers: TestServers;
let pooler: PgBouncerServer;
beforeAll(async () => {
  servers = await startTestServers({
    poolers: [{ settings: { default_pool_size: POOL_SIZE, max_client_conn: IDLE + POOL_SIZE } }],
  });
  const [only] = servers.poolers;
  if (only === undefined) throw new Error('no PgBouncer');
  pooler = only;
});
afterAll(() => servers.stop());

/** Comes again until it is let in, and then asks without a pause. */
async function insist(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const client = await connectThrough(pooler).catch(() => null);
    while (client !== null && !isOver()) await client.query('SELECT pg_sleep(0.02)');
    await client?.end();
    await pause(20);
  }
}

/** Looks until nobody else is let in; a test that waits in vain fails by its own time limit. */
async function untilFull(): Promise<void> {
  const clients = async (): Promise<number> => {
    const lists = await pooler.console('SHOW LISTS');
    return Number(lists.find(({ list }) => list === 'used_clients')?.['items']) - 1;
  };
  while ((await clients()) < IDLE + POOL_SIZE) await pause(20);
}

it('clients that were turned away are let in, and that they wait for the small pool then is no harm done', async () => {
  const idle = await Promise.all(Array.from({ length: IDLE }, () => connectThrough(pooler)));
  let isOver = false;
  const insisting = Array.from({ length: POOL_SIZE + REFUSED }, () => insist(() => isOver));
  try {
    await untilFull();
    const poolers = [pooler];
    const clock = new MovedClock();
    const scene = tuningOf({ poolers, maxConnections: 100, defaultPoolSize: POOL_SIZE, clock });
    expect(await scene.turn()).toEqual([{ kind: 'applied' }]);
    expect((await scene.story())[0]).toMatch(
      /^decided: .*max_client_conn 22 → 33: 22 clients are connected, max_client_conn is 22/,
    );
    await untilWaiting(pooler, 1);
    expect(await pooler.setting('max_client_conn')).toBe('33');
  } finally {
    isOver = true;
    await Promise.all(insisting);
    await Promise.all(idle.map((client) => client.end()));
  }
});
