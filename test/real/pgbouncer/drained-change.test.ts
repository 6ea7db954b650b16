import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemWait } from '../../../shared/adapters/system-wait.ts';
import type { PoolerInstance } from '../../../shared/domain/pooler.ts';
import { type DrainedChange, drainedChange, type DrainedOutcome } from '../../../shared/workflow/drained-change.ts';
import { holdFor, type Pgbench, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { consoleOf, holdTransaction } from './consoles.ts';

/** Each transaction writes, and reads back what it wrote. */
const TRANSFER = `BEGIN;
UPDATE accounts SET balance = balance + 1 WHERE id = 1;
${holdFor(5)}SELECT balance FROM accounts WHERE id = 1;
COMMIT;
`;

/** Otherwise it leaves a database alone for 15 s after a login that failed. */
const RETRIES_SOON = { settings: { server_login_retry: 1 } };

let servers: TestServers;
let loads: readonly Pgbench[];

beforeEach(async () => {
  servers = await startTestServers({ poolers: [RETRIES_SOON, RETRIES_SOON] });
  loads = [];
  await servers.postgres.query('CREATE TABLE accounts (id int PRIMARY KEY, balance bigint)', 'app');
  await servers.postgres.query('INSERT INTO accounts VALUES (1, 0); GRANT ALL ON accounts TO app', 'app');
});
afterEach(async () => {
  for (const load of loads) load.stop();
  await Promise.allSettled(loads.map(({ finished }) => finished));
  await servers.stop();
});

const instances = (): readonly PoolerInstance[] => servers.poolers.map(({ instance }) => instance);

/** Together below the two minutes after which PgBouncer sends away who waits. */
const [DRAIN_SECONDS, STEP_SECONDS] = [30, 60];

function change<T>(over: Partial<DrainedChange<T>> & Pick<DrainedChange<T>, 'step'>): Promise<DrainedOutcome<T>> {
  const plan = {
    instances: instances(),
    databases: ['app'],
    drainSeconds: DRAIN_SECONDS,
    stepSeconds: STEP_SECONDS,
    ...over,
  };
  return drainedChange(plan, { console: consoleOf(), wait: systemWait });
}

/** Clients at both PgBouncers, at work when it returns. */
async function loadThroughBoth(script: string): Promise<readonly Pgbench[]> {
  loads = servers.poolers.map(({ port }) => startPgbench({ port, clients: 10, script }));
  await untilTransactions(20);
  return loads;
}

/** Waits until so many more have ended at each PgBouncer; a test that waits in vain fails by its own time limit. */
async function untilTransactions(more: number): Promise<void> {
  await Promise.all(
    instances().map(async (instance) => {
      const before = await transactionsOf(instance);
      while ((await transactionsOf(instance)) < before + more);
    }),
  );
}

async function transactionsOf(instance: PoolerInstance): Promise<number> {
  const look = await consoleOf().read(instance);
  if (look.kind === 'failed') throw new Error(look.because.code);
  return look.value.databases.find(({ name }) => name === 'app')?.totals.transactions ?? 0;
}

async function paused(): Promise<readonly string[]> {
  const states = await Promise.all(
    servers.poolers.map(async (pooler) => {
      const databases = await pooler.console('SHOW DATABASES');
      return databases.some((database) => Number(database['paused']) === 1) ? [pooler.instance.id] : [];
    }),
  );
  return states.flat();
}

/** PgBouncer has closed its connections when PAUSE answers; PostgreSQL learns of it a moment later. */
async function untilNoBackend(): Promise<void> {
  for (;;) {
    const backends = await servers.postgres.query(`SELECT pid FROM pg_stat_activity WHERE usename = 'app'`);
    if (backends.length === 0) return;
  }
}

describe('a drained change', () => {
  it('restarts PostgreSQL under load without one failed transaction', async () => {
    const running = await loadThroughBoth(TRANSFER);
    const started = await postgresStartedAt();

    const outcome = await change({
      step: async () => {
        await untilNoBackend();
        await servers.postgres.stop();
        await servers.postgres.start();
        return 'no backend was left';
      },
    });

    expect(outcome).toEqual({ kind: 'done', value: 'no backend was left', notResumed: [] });
    await untilTransactions(20);
    for (const load of running) load.end();
    const results = await Promise.all(running.map(({ finished }) => finished));
    expect(results.map(({ failures, complaints }) => ({ failures, complaints }))).toEqual([
      { failures: 0, complaints: '' },
      { failures: 0, complaints: '' },
    ]);
    const transactions = results.reduce((sum, result) => sum + result.transactions.length, 0);
    const [account] = await servers.postgres.query('SELECT balance::int FROM accounts', 'app');
    expect(account?.['balance']).toBe(transactions);
    // It did restart, and work went on afterwards.
    const restarted = await postgresStartedAt();
    expect(restarted).toBeGreaterThan(started);
    expect(results.every(({ transactions: all }) => (all.at(-1)?.at ?? 0) > restarted)).toBe(true);
  });

  it('without the pause the same restart does fail transactions', async () => {
    const running = await loadThroughBoth(TRANSFER);
    await servers.postgres.stop();
    await servers.postgres.start();
    for (const load of running) load.end();
    const results = await Promise.all(running.map(({ finished }) => finished));
    expect(results.reduce((sum, { failures }) => sum + failures, 0)).toBeGreaterThan(0);
  });

  it('gives up and resumes everywhere when a transaction does not end', async () => {
    const release = await holdTransaction(servers.poolers[0]!);
    let wasStepped = false;
    const outcome = await change({
      // Long enough for the other PgBouncer, where nobody is.
      drainSeconds: 3,
      step: () => {
        wasStepped = true;
        return Promise.resolve();
      },
    });
    expect(outcome).toEqual({
      kind: 'not-drained',
      failures: [
        {
          instance: servers.poolers[0]!.instance.id,
          database: 'app',
          because: { code: 'timed-out', during: 'PAUSE "app"', limitSeconds: 3 },
        },
      ],
      notResumed: [],
    });
    expect(wasStepped).toBe(false);
    expect(await paused()).toEqual([]);
    await release();
  });

  it('resumes everywhere when the step fails', async () => {
    const error = new Error('the failover was refused');
    const outcome = await change({ step: () => Promise.reject(error) });
    expect(outcome).toEqual({ kind: 'step-failed', error, notResumed: [] });
    expect(await paused()).toEqual([]);
  });

  it('resumes everywhere when the step takes too long, and tells it to stop', async () => {
    let signalOfStep: AbortSignal | null = null;
    const outcome = await change({
      stepSeconds: 0.3,
      step: async (signal) => {
        signalOfStep = signal;
        await systemWait(60, signal);
      },
    });
    expect(outcome).toEqual({ kind: 'step-too-slow', stepSeconds: 0.3, notResumed: [] });
    expect(signalOfStep).toMatchObject({ aborted: true });
    expect(await paused()).toEqual([]);
  });

  it('changes nothing when one PgBouncer is dead before, and resumes the other', async () => {
    const [dead, alive] = servers.poolers;
    await dead!.kill();
    const outcome = await change({ step: () => Promise.reject(new Error('must not happen')) });
    const because = { code: 'unreachable' };
    const place = { instance: dead!.instance.id, database: 'app', because: expect.objectContaining(because) };
    expect(outcome).toEqual({ kind: 'not-drained', failures: [place], notResumed: [place] });
    expect(await alive!.console('SHOW DATABASES')).toContainEqual(expect.objectContaining({ name: 'app', paused: 0 }));
  });

  it('resumes the other when one PgBouncer dies during the step, and names the dead one', async () => {
    const [mortal, survivor] = servers.poolers;
    const outcome = await change({ step: () => mortal!.kill() });
    expect(outcome).toMatchObject({
      kind: 'done',
      notResumed: [{ instance: mortal!.instance.id, because: { code: 'unreachable' } }],
    });
    expect(await survivor!.console('SHOW DATABASES')).toContainEqual(
      expect.objectContaining({ name: 'app', paused: 0 }),
    );
  });

  it('waits for a PgBouncer that comes back while it resumes', async () => {
    const mortal = servers.poolers[0]!;
    let restarting: Promise<void> | null = null;
    const outcome = await drainedChange(
      {
        instances: instances(),
        databases: ['app'],
        drainSeconds: DRAIN_SECONDS,
        stepSeconds: STEP_SECONDS,
        step: () => mortal.kill(),
      },
      {
        console: consoleOf(),
        wait: async (seconds, signal) => {
          if (signal.aborted || seconds === STEP_SECONDS) return systemWait(seconds, signal);
          restarting ??= mortal.start();
          await restarting;
        },
      },
    );
    expect(outcome).toEqual({ kind: 'done', value: undefined, notResumed: [] });
    expect(await paused()).toEqual([]);
  });
});

/** When PostgreSQL started; milliseconds since 1970. */
async function postgresStartedAt(): Promise<number> {
  const [row] = await servers.postgres.query(
    'SELECT extract(epoch FROM pg_postmaster_start_time())::float8 * 1000 AS at',
  );
  return Number(row?.['at']);
}
