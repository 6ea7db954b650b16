import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setAndReadBack } from '../../../shared/adapters/pgbouncer/pooler-console.ts';
import { withConsole } from '../../../shared/adapters/pgbouncer/console-session.ts';
import { Secret } from '../../../shared/domain/secret.ts';
import type { PoolerInstance } from '../../../shared/domain/pooler.ts';
import { ADMIN, APPLICATION, type PgBouncerServer, STATS_ONLY } from '../servers/pgbouncer-server.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { connectThrough, consoleOf, PATIENT } from './consoles.ts';

let servers: TestServers;
let pooler: PgBouncerServer;

beforeAll(async () => {
  servers = await startTestServers({ poolers: [] });
});
afterAll(() => servers.stop());
beforeEach(async () => {
  pooler = await servers.addPooler({});
});
afterEach(() => pooler.kill());

/** For what will not answer. */
const SHORT_SECONDS = 0.5;
const SHORT = { connectSeconds: SHORT_SECONDS, commandSeconds: SHORT_SECONDS };
const GROW = { size: 'defaultPoolSize', from: 5, to: 9 } as const;
const login = { ...ADMIN, password: new Secret(ADMIN.password), tls: { mode: 'disable' } } as const;

/** Clients that the console sees, but for the one that asks. */
async function consoleClients(): Promise<number> {
  const clients = await pooler.console('SHOW CLIENTS');
  return clients.filter(({ database }) => database === 'pgbouncer').length - 1;
}

describe('who may not in', () => {
  it.each(['scram-sha-256', 'md5', 'plain'] as const)('%s: a wrong password', async (authentication) => {
    await pooler.kill();
    pooler = await servers.addPooler({ authentication });
    expect((await consoleOf().read(pooler.instance)).kind).toBe('seen');
    const wrong = consoleOf({ ...ADMIN, password: 'certainly wrong' });
    expect(await wrong.read(pooler.instance)).toEqual({ kind: 'failed', because: { code: 'wrong-password' } });
    expect(await wrong.set(pooler.instance, GROW)).toEqual({
      kind: 'failed',
      because: { code: 'wrong-password' },
      effect: 'none',
    });
  });

  it('an unknown user looks like a wrong password', async () => {
    const unknown = consoleOf({ user: 'nobody_knows', password: 'x' });
    expect(await unknown.read(pooler.instance)).toEqual({ kind: 'failed', because: { code: 'wrong-password' } });
  });

  it('a user of the application', async () => {
    expect(await consoleOf(APPLICATION).read(pooler.instance)).toEqual({
      kind: 'failed',
      because: { code: 'not-allowed', detail: 'not allowed' },
    });
  });

  it('a stats-only user sees everything and changes nothing', async () => {
    const look = await consoleOf(STATS_ONLY).read(pooler.instance);
    expect(look).toMatchObject({ kind: 'seen', value: { sizes: { defaultPoolSize: 5 } } });
    expect(await consoleOf(STATS_ONLY).set(pooler.instance, GROW)).toMatchObject({
      because: { code: 'not-allowed', detail: 'admin access needed' },
      effect: 'none',
    });
    expect(await pooler.setting('default_pool_size')).toBe('5');
  });

  it('the console of a full PgBouncer still lets us in', async () => {
    await pooler.kill();
    pooler = await servers.addPooler({ settings: { max_client_conn: 2 } });
    const clients = [await connectThrough(pooler), await connectThrough(pooler)];
    await expect(connectThrough(pooler)).rejects.toThrow('no more connections allowed');
    expect(await consoleOf().read(pooler.instance)).toMatchObject({ kind: 'seen', value: { clientConnections: 2 } });
    const more = { size: 'maxClientConnections', from: 2, to: 3 } as const;
    expect(await consoleOf().set(pooler.instance, more)).toEqual({ kind: 'set' });
    // The connection of the console counts too, until PgBouncer has noticed that it is closed.
    await expectEventually(async () => {
      const client = await connectThrough(pooler).catch(() => null);
      if (client !== null) clients.push(client);
      return client !== null;
    });
    await Promise.all(clients.map((client) => client.end()));
  });
});

describe('a PgBouncer that fails', () => {
  it('frozen: times out at the connection, and says so', async () => {
    pooler.freeze();
    const port = consoleOf(ADMIN, { mode: 'disable' }, SHORT);
    try {
      expect(await port.read(pooler.instance)).toEqual({
        kind: 'failed',
        because: { code: 'timed-out', during: 'connect', limitSeconds: 0.5 },
      });
    } finally {
      pooler.thaw();
    }
  });

  it('frozen in the middle of a reading', async () => {
    const reading = withConsole(pooler.instance, login, PATIENT, async ({ command }) => {
      await command('SHOW VERSION');
      pooler.freeze();
      return command('SHOW POOLS', SHORT_SECONDS);
    });
    await expect(reading).rejects.toMatchObject({
      because: { code: 'timed-out', during: 'SHOW POOLS', limitSeconds: 0.5 },
    });
    pooler.thaw();
  });

  it('killed in the middle of a reading', async () => {
    const reading = withConsole(pooler.instance, login, PATIENT, async ({ command }) => {
      await command('SHOW VERSION');
      await pooler.kill();
      return command('SHOW POOLS');
    });
    await expect(reading).rejects.toMatchObject({ because: { code: 'connection-lost', during: 'SHOW POOLS' } });
  });

  it('killed between SET and the reading back: the effect is unknown, and a restart has the old value', async () => {
    const progress = { wasSent: false };
    const setting = withConsole(pooler.instance, login, PATIENT, (session) =>
      setAndReadBack(
        {
          command: async (text) => {
            const rows = await session.command(text);
            if (text.startsWith('SET')) await pooler.kill();
            return rows;
          },
        },
        { name: 'default_pool_size', from: 5, to: 9 },
        progress,
      ),
    );
    await expect(setting).rejects.toMatchObject({ because: { code: 'connection-lost', during: 'SHOW CONFIG' } });
    expect(progress.wasSent).toBe(true);
    await pooler.start();
    expect(await pooler.setting('default_pool_size')).toBe('5');
  });

  it('killed while it drains', async () => {
    const client = await connectThrough(pooler);
    await client.query('BEGIN');
    await client.query('SELECT 1');
    const pausing = consoleOf().pause(pooler.instance, 'app', 60);
    await isPausing();
    await pooler.kill();
    expect(await pausing).toMatchObject({ code: 'connection-lost', during: 'PAUSE "app"' });
    await client.end();
  });

  it.each([
    { what: 'hangs up', limits: PATIENT, answer: null, code: 'connection-lost' },
    {
      what: 'speaks something else',
      limits: SHORT,
      answer: 'HTTP/1.1 400 Bad Request\r\n\r\n',
      code: /not-understood|timed-out/,
    },
  ])('something that $what in its place', async ({ limits, answer, code }) => {
    const stranger = await listen(answer);
    try {
      const look = await consoleOf(ADMIN, { mode: 'disable' }, limits).read(stranger.instance);
      expect(look).toMatchObject({ kind: 'failed', because: { code: expect.stringMatching(code) } });
    } finally {
      stranger.server.close();
    }
  });

  it('a PostgreSQL in its place', async () => {
    const { host, port } = servers.postgres;
    const mistaken = { id: 'postgres', host, port, availabilityZone: null };
    const look = await consoleOf({ user: 'app', password: '' }).read(mistaken);
    expect(look).toEqual({
      kind: 'failed',
      because: { code: 'refused', during: 'connect', detail: 'database "pgbouncer" does not exist' },
    });
  });
});

describe('SET that is accepted and does nothing', () => {
  it('of a setting that only a restart changes: the reading back finds it', async () => {
    const before = Number(await pooler.setting('listen_backlog'));
    const outcome = await withConsole(pooler.instance, login, PATIENT, (session) =>
      setAndReadBack(session, { name: 'listen_backlog', from: before, to: before + 1 }, { wasSent: false }),
    );
    expect(outcome).toEqual({ kind: 'not-effective', actual: before });
  });

  it('of a default size that every database overrides: the reading shows whose size is in force', async () => {
    await pooler.reload({ databases: { app: 'pool_size=3', reports: 'pool_size=4' } });
    expect(await consoleOf().set(pooler.instance, GROW)).toEqual({ kind: 'set' });
    expect(await consoleOf().read(pooler.instance)).toMatchObject({
      value: {
        sizes: { defaultPoolSize: 9 },
        databases: [
          { name: 'app', poolSize: 3, sizeFrom: 'own' },
          { name: 'reports', poolSize: 4, sizeFrom: 'own' },
        ],
      },
    });
  });

  it('is lost at SIGHUP as at RELOAD', async () => {
    await consoleOf().set(pooler.instance, GROW);
    await pooler.reload();
    expect(await consoleOf().set(pooler.instance, { ...GROW, from: 9, to: 12 })).toEqual({
      kind: 'moved-on',
      actual: 5,
    });
  });
});

describe('connections', () => {
  it('are closed after success and after failure', async () => {
    await consoleOf().read(pooler.instance);
    await consoleOf(STATS_ONLY).set(pooler.instance, GROW);
    await consoleOf().pause(pooler.instance, 'nowhere', 1);
    await expectEventually(async () => (await consoleClients()) === 0);
  });

  it('use the simple protocol alone: the extended one would end the session', async () => {
    const console = consoleOf();
    await console.read(pooler.instance);
    await console.set(pooler.instance, GROW);
    await console.pause(pooler.instance, 'app', 1);
    await console.resume(pooler.instance, 'app');
    await console.reconnect(pooler.instance, 'app');
    expect(pooler.log()).not.toMatch(/extended query|unsupported|bad packet|pooler error/);

    const client = await connectThrough(pooler, 'pgbouncer', ADMIN);
    await expect(client.query('SHOW VERSION', ['parameter'])).rejects.toThrow(/extended query protocol not supported/);
    await client.end().catch(() => undefined);
    await expectEventually(() => Promise.resolve(pooler.log().includes('extended query')));
  });

  it('carry a quoted name that is none of ours as a name and nothing else', async () => {
    const evil = 'app"; SET default_pool_size = 99; --';
    expect(await consoleOf().pause(pooler.instance, evil, 1)).toMatchObject({ code: 'refused' });
    expect(await pooler.setting('default_pool_size')).toBe('5');
  });
});

describe('TLS', () => {
  let certificate: string;
  beforeAll(() => {
    certificate = selfSignedCertificate(servers.folder);
  });

  it('encrypts, and verifies by name where it is told the authority', async () => {
    await pooler.kill();
    pooler = await servers.addPooler({
      settings: {
        client_tls_sslmode: 'require',
        client_tls_cert_file: join(servers.folder, 'certificate.pem'),
        client_tls_key_file: join(servers.folder, 'key.pem'),
      },
    });
    const authorities = certificate;
    const look = async (tls: Parameters<typeof consoleOf>[1]): Promise<string> => {
      const answer = await consoleOf(ADMIN, tls).read(pooler.instance);
      return answer.kind === 'seen' ? 'seen' : answer.because.code;
    };
    expect(await look({ mode: 'require' })).toBe('seen');
    expect(await look({ mode: 'verify-full', serverName: 'pooler.internal', authorities })).toBe('seen');
    expect(await look({ mode: 'verify-full', serverName: 'other.internal', authorities })).toBe('not-understood');
    expect(await look({ mode: 'verify-full', serverName: 'pooler.internal' })).toBe('not-understood');
    expect(await look({ mode: 'disable' })).toBe('refused');
  });

  it('is refused by a PgBouncer that has none', async () => {
    const answer = await consoleOf(ADMIN, { mode: 'require' }).read(pooler.instance);
    expect(answer).toMatchObject({ because: { code: 'not-understood', detail: expect.stringContaining('SSL') } });
  });
});

async function isPausing(): Promise<void> {
  await expectEventually(async () => {
    const databases = await pooler.console('SHOW DATABASES');
    return databases.some(({ name, paused }) => name === 'app' && Number(paused) === 1);
  });
}

/** A test that waits in vain fails by its own time limit. */
async function expectEventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}

/** Answers the first bytes of everybody with the same words, or hangs up. */
async function listen(answer: string | null): Promise<{ readonly server: Server; readonly instance: PoolerInstance }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (answer === null ? socket.destroy() : socket.write(answer)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, instance: { id: 'stranger', host: '127.0.0.1', port: address.port, availabilityZone: null } };
}

function selfSignedCertificate(folder: string): string {
  const file = join(folder, 'certificate.pem');
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=pooler.internal', '-addext', 'subjectAltName=DNS:pooler.internal'],
      ...['-keyout', join(folder, 'key.pem'), '-out', file],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl failed: ${stderr}`);
  spawnSync('chmod', ['644', join(folder, 'key.pem')]);
  return readFileSync(file, 'utf8');
}
