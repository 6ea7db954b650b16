import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withConsole } from '../../../shared/adapters/pgbouncer/console-session.ts';
import { setAndReadBack } from '../../../shared/adapters/pgbouncer/pooler-console.ts';
import { POOLER_SETTING_NAMES } from '../../../shared/domain/pooler.ts';
import { Secret } from '../../../shared/domain/secret.ts';
import type { PoolerConsole } from '../../../shared/pooler-port.ts';
import type { PoolerScene } from '../../support/pooler-scene.ts';
import { ADMIN, type PgBouncerServer, STATS_ONLY } from '../servers/pgbouncer-server.ts';
import { holdFor, type Pgbench, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { connectThrough, consoleOf, PATIENT } from './consoles.ts';
import { consoleBut, MovedClock, tuningOf, untilWaiting } from './tuning.ts';

const MAX_CONNECTIONS = 60;
const CLIENTS = 12;
const UNDERSIZED = 3;
/** Long beside what a busy machine needs to answer and ask again: all twelve are in a look, as waiting or as served. */
const HOLD_MS = 50;

let servers: TestServers;
let first: PgBouncerServer;
let second: PgBouncerServer;
let loads: Pgbench[] = [];
let clock: MovedClock;

beforeAll(async () => {
  servers = await startTestServers({ maxConnections: MAX_CONNECTIONS, poolers: [] });
});
afterAll(() => servers.stop());
beforeEach(() => {
  clock = new MovedClock();
});
afterEach(async () => {
  for (const run of loads) run.stop();
  await Promise.allSettled(loads.map(({ finished }) => finished));
  await Promise.all([first.kill(), second.kill()]);
  loads = [];
});

/** Two PgBouncers with too small a pool, and clients that wait at both. */
async function crowded(): Promise<void> {
  const settings = { default_pool_size: UNDERSIZED };
  first = await servers.addPooler({ settings });
  second = await servers.addPooler({ settings });
  await load(CLIENTS, CLIENTS - UNDERSIZED);
}

/** The tests end it, and kill what it speaks to: how it ends is of no matter. */
async function load(clients: number, waiting: number): Promise<void> {
  for (const { port } of [first, second]) {
    const run = startPgbench({ port, clients, script: holdFor(HOLD_MS) });
    run.finished.catch(() => undefined);
    loads.push(run);
  }
  for (const pooler of [first, second]) await untilWaiting(pooler, waiting);
}

const scene = (console?: PoolerConsole, maxConnections = MAX_CONNECTIONS): PoolerScene =>
  tuningOf({
    poolers: [first, second],
    maxConnections,
    defaultPoolSize: UNDERSIZED,
    clock,
    watchSeconds: 1,
    ...(console === undefined ? {} : { console }),
  });
const sizes = (): Promise<readonly string[]> =>
  Promise.all([first, second].map((pooler) => pooler.setting('default_pool_size')));
/** Does something after a size was set for so many times. */
function afterSet(count: number, what: () => Promise<unknown>): PoolerConsole {
  const console = consoleOf();
  let done = 0;
  return consoleBut(console, {
    set: async (instance, move) => {
      const outcome = await console.set(instance, move);
      done += 1;
      if (done === count) await what();
      return outcome;
    },
  });
}
const last = async (told: PoolerScene): Promise<string> => (await told.story()).at(-1) ?? '';
const UNTOUCHED = [String(UNDERSIZED), String(UNDERSIZED)];

describe('what the probe cannot see is left alone, and the record says why', () => {
  it('a console that nobody answers', async () => {
    await crowded();
    await second.kill();
    const told = scene();
    expect(await told.turn()).toEqual([]);
    expect(await last(told)).toMatch(
      new RegExp(`^abstained: .*cannot see PgBouncer ${second.instance.id}: connect ECONNREFUSED`),
    );
    expect(told.measured.get('PoolersUnseen')).toBe(1);
    expect(told.measured.has('ClientsWaiting')).toBe(false);
    expect(await first.setting('default_pool_size')).toBe(String(UNDERSIZED));
  });

  it('a wrong password', async () => {
    await crowded();
    const told = scene(consoleOf({ ...ADMIN, password: 'certainly wrong' }));
    expect(await told.turn()).toEqual([]);
    expect(await last(told)).toMatch(/^abstained: .*wrong password or unknown user/);
    expect(await sizes()).toEqual(UNTOUCHED);
  });
});

describe('what may not be tuned', () => {
  it('by a stats-only user: it is measured, and the order fails with nothing changed', async () => {
    await crowded();
    const told = scene(consoleOf(STATS_ONLY));
    expect(await told.turn()).toMatchObject([{ kind: 'failed' }]);
    expect(told.measured.get('ClientsWaiting')).toBeGreaterThan(CLIENTS);
    expect(await last(told)).toMatch(/^failed: .*admin access needed/);
    expect(await last(told)).not.toContain('brought back');
    expect(await sizes()).toEqual(UNTOUCHED);
  });

  it('a pool of size 0: the connection math cannot hold, so a person has to set a size', async () => {
    await crowded();
    for (const pooler of [first, second]) await pooler.console('SET default_pool_size = 0');
    const told = scene();
    expect(await told.turn()).toEqual([]);
    expect(await last(told)).toMatch(/^held: .*default_pool_size is 0, which is unlimited/);
  });

  it('beyond what the database takes now: what policy says of max_connections does not count', async () => {
    await crowded();
    // Policy speaks of 500. The database has 60, of which 48 may be planned with; 12 do not go through the pools.
    const told = scene(undefined, 500);
    expect(await told.turn()).toEqual([{ kind: 'applied' }]);
    // More than may be planned with, and fewer than PostgreSQL refuses: refused connections would send the clients away.
    for (const pooler of [first, second]) await pooler.console('SET default_pool_size = 20');
    clock.advance(60);
    await load(40, 5);
    expect(await told.turn()).toEqual([]);
    expect(await last(told)).toMatch(/^held: .*48 usable connections of the database leave room for 18/);
    expect(await sizes()).toEqual(['20', '20']);
  });
});

describe('a tuning that is disturbed', () => {
  it('by a PgBouncer that is killed before its turn: the others are brought back', async () => {
    await crowded();
    const told = scene(afterSet(1, () => second.kill()));
    expect(await told.turn()).toMatchObject([{ kind: 'failed', because: { code: 'tuning-taken-back' } }]);
    expect(await last(told)).toMatch(
      new RegExp(`^failed: .*${second.instance.id}: .*; brought back on ${first.instance.id}$`),
    );
    expect(await first.setting('default_pool_size')).toBe(String(UNDERSIZED));
  });

  it('by one that is killed after it was set: it is named, and starts anew with what stands in its file', async () => {
    await crowded();
    const told = scene(afterSet(2, () => second.kill()));
    await told.turn();
    expect(await last(told)).toMatch(
      new RegExp(`brought back on ${first.instance.id}; NOT brought back on ${second.instance.id}$`),
    );
    await second.start();
    expect(await sizes()).toEqual(UNTOUCHED);
  });

  it('by a person between the probe and the action: the world has moved on', async () => {
    await crowded();
    const told = scene();
    await told.probe();
    await first.console('SET default_pool_size = 7');
    expect(await told.deliver()).toMatchObject([{ kind: 'skipped', because: { code: 'world-moved-on' } }]);
    expect(await sizes()).toEqual(['7', String(UNDERSIZED)]);
  });

  it('by a second controller in the middle: its value stays, and is named', async () => {
    await crowded();
    const told = scene(afterSet(1, () => first.console('SET default_pool_size = 7')));
    expect(await told.turn()).toMatchObject([{ because: { because: 'changed-meanwhile' } }]);
    expect(await last(told)).toMatch(new RegExp(`is 7 again\\); NOT brought back on ${first.instance.id}$`));
    expect(await sizes()).toEqual(['7', String(UNDERSIZED)]);
  });

  it('by a SET that is accepted and not in force', async () => {
    await crowded();
    const told = scene(reloadingAfterSet(() => second.instance.id));
    expect(await told.turn()).toMatchObject([{ because: { because: 'not-effective' } }]);
    expect(await last(told)).toMatch(
      new RegExp(
        `took it without effect .* of ${second.instance.id} is still 3\\); brought back on ${first.instance.id}$`,
      ),
    );
    expect(await sizes()).toEqual(UNTOUCHED);
  });

  it('by nobody who asks with the extended protocol on the same console: only his own session ends', async () => {
    await crowded();
    const told = scene(
      afterSet(1, async () => {
        const client = await connectThrough(first, 'pgbouncer', ADMIN);
        await expect(client.query('SHOW POOLS', ['parameter'])).rejects.toThrow(/extended query protocol/);
        await client.end().catch(() => undefined);
      }),
    );
    expect(await told.turn()).toEqual([{ kind: 'applied' }]);
    expect(await sizes()).toEqual(['12', '12']);
  });
});

it('what a RELOAD has lost is restored by the next probe, and what a person sets is respected', async () => {
  await crowded();
  const told = scene();
  expect(await told.turn()).toEqual([{ kind: 'applied' }]);
  expect(await sizes()).toEqual(['12', '12']);
  await second.console('RELOAD');
  expect(await sizes()).toEqual(['12', String(UNDERSIZED)]);
  clock.advance(60);
  expect(await told.turn()).toEqual([{ kind: 'applied' }]);
  expect(await sizes()).toEqual(['12', '12']);
  const decided = (await told.records()).findLast(({ transition }) => transition === 'decided');
  expect(decided?.sentence).toMatch(
    new RegExp(`a restart or RELOAD has brought the old sizes back on ${second.instance.id}$`),
  );
  await second.console('SET default_pool_size = 9');
  clock.advance(60);
  expect(await told.turn()).toEqual([]);
  expect(await last(told)).toMatch(/^held: .*somebody has changed the sizes on .*, intended is 12/);
  expect(await sizes()).toEqual(['12', '9']);
});

/** One PgBouncer reads its file again right after every SET: it has said yes, and stands where it stood. */
function reloadingAfterSet(which: () => string): PoolerConsole {
  const console = consoleOf();
  const login = { ...ADMIN, password: new Secret(ADMIN.password), tls: { mode: 'disable' } } as const;
  return consoleBut(console, {
    set: (instance, move) =>
      instance.id !== which()
        ? console.set(instance, move)
        : withConsole(instance, login, PATIENT, (session) =>
            setAndReadBack(
              {
                command: async (text) => {
                  const rows = await session.command(text);
                  if (text.startsWith('SET')) await session.command('RELOAD');
                  return rows;
                },
              },
              { name: POOLER_SETTING_NAMES[move.size], from: move.from, to: move.to },
              { wasSent: false },
            ),
          ),
  });
}
