import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readDatabaseCounters } from '../../../shared/adapters/pgbouncer/database-counters.ts';
import type { DatabaseCounters } from '../../../shared/domain/pooler.ts';
import { NOT_ASKED, type Reading, seen } from '../../../shared/domain/reading.ts';
import { Secret } from '../../../shared/domain/secret.ts';
import { APPLICATION, type PgBouncerServer } from '../servers/pgbouncer-server.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { connectThrough, holdTransaction } from './consoles.ts';

let servers: TestServers;
let pooler: PgBouncerServer;

beforeAll(async () => {
  servers = await startTestServers({ poolers: [] });
});
afterAll(() => servers.stop());
beforeEach(async () => {
  pooler = await servers.addPooler({ settings: { default_pool_size: 1 } });
});
afterEach(() => pooler.kill());

/** As the user of the application: through its own pool. */
function read(database: string | undefined = 'app'): Promise<Reading<DatabaseCounters>> {
  const clock = { now: () => Date.now() };
  return readDatabaseCounters({
    directory: { find: () => Promise.resolve(seen({ instances: [pooler.instance], leftOut: [] }, clock.now())) },
    login: () =>
      Promise.resolve({ user: APPLICATION.user, password: new Secret(APPLICATION.password), tls: { mode: 'disable' } }),
    clock,
    database,
  });
}

/** Asks again where no answer came in time: a busy machine may need longer for one than a tuning waits. */
async function counted(): Promise<DatabaseCounters> {
  for (;;) {
    const reading = await read();
    if (reading.kind === 'seen') return reading.value;
    if (!JSON.stringify(reading.because).includes('took longer than')) throw new Error(JSON.stringify(reading.because));
  }
}

it('tells what was committed and what went wrong, as soon as its session has ended', async () => {
  const before = await counted();
  const client = await connectThrough(pooler);
  for (let turn = 0; turn < 12; turn += 1) await client.query('SELECT 1 / 0 FROM pg_class').catch(() => undefined);
  await client.end();
  await pooler.console('RECONNECT app');
  let after = await counted();
  // The session ends when PgBouncer has released it; a test that waits in vain fails by its own time limit.
  while (after.failed < before.failed + 12) after = await counted();
  expect(after.failed).toBe(before.failed + 12);
  expect(after.transactions).toBeGreaterThanOrEqual(before.transactions + 12);
});

it('is unseen, soon, where the pool has no connection to ask through', async () => {
  const release = await holdTransaction(pooler);
  expect(await read()).toMatchObject({
    kind: 'unseen',
    because: { detail: expect.stringMatching(/longer than 1 s$/) },
  });
  // It has answered while the transaction goes on: it does not wait for a connection until PgBouncer gives up.
  await release();
});

it.each([
  { when: 'there is no such database', database: 'nowhere', code: 'unreadable' },
  { when: 'nobody answers', database: 'app', code: 'unreadable' },
])('is unseen when $when', async ({ when, database, code }) => {
  if (when === 'nobody answers') await pooler.kill();
  expect(await read(database)).toMatchObject({ kind: 'unseen', because: { code } });
});

it('nobody is asked where no database is named', async () => {
  const clock = { now: () => Date.now() };
  const never = () => Promise.reject(new Error('asked'));
  const reading = await readDatabaseCounters({ directory: { find: never }, login: never, clock, database: undefined });
  expect(reading).toBe(NOT_ASKED);
});
