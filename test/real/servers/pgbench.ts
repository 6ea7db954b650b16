import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { programPath } from './prerequisites.ts';
import { APPLICATION } from './pgbouncer-server.ts';

export interface PgbenchOptions {
  readonly port: number;
  readonly clients: number;
  /** Until it is ended or stopped where this is missing. */
  readonly seconds?: number;
  /** One transaction, in the language of pgbench scripts. */
  readonly script: string;
  readonly database?: string;
  readonly account?: { readonly user: string; readonly password: string };
}

/** Holds a server connection for so long without using the processor: throughput is then pool size / time. */
export function holdFor(milliseconds: number): string {
  return `SELECT pg_sleep(${milliseconds / 1000});\n`;
}

export interface PgbenchTransaction {
  /** When it ended; milliseconds since 1970. */
  readonly at: number;
  /** From the wish to the answer, so with the wait for a connection. */
  readonly latencyMs: number;
}

export interface PgbenchResult {
  readonly transactionsPerSecond: number;
  readonly latencyAverageMs: number;
  readonly latencyP99Ms: number;
  /** Transactions that failed, and clients that gave up for an error. */
  readonly failures: number;
  /** Oldest first. */
  readonly transactions: readonly PgbenchTransaction[];
  /** What pgbench complained of. */
  readonly complaints: string;
}

export interface Pgbench {
  readonly finished: Promise<PgbenchResult>;
  /** Ends it as if its time were over, once its clients are at work: each finishes its transaction, and all is told. */
  end(): void;
  /** Ends it at once, with no result. */
  stop(): void;
}

/** Longer than any test: a load that ends when the test has seen what it needs cannot end too early. */
const WITHOUT_END_SECONDS = 3_600;

/** Starts a load; it runs beside the test until it is awaited. */
export function startPgbench(options: PgbenchOptions): Pgbench {
  const abort = new AbortController();
  const enough = new AbortController();
  return {
    finished: run(options, abort.signal, enough.signal),
    end: () => {
      enough.abort();
    },
    stop: () => {
      abort.abort();
    },
  };
}

async function run(options: PgbenchOptions, signal: AbortSignal, enough: AbortSignal): Promise<PgbenchResult> {
  const { port, clients, seconds = WITHOUT_END_SECONDS, script, database = 'app', account = APPLICATION } = options;
  const folder = await mkdtemp(join(tmpdir(), 'fulcrum-pgbench-'));
  try {
    const scriptFile = join(folder, 'script.sql');
    await writeFile(scriptFile, script);
    const pgbench = spawn(
      programPath('pgbench'),
      [
        ...['--no-vacuum', '-h', '127.0.0.1', '-p', String(port), '-U', account.user],
        ...['-c', String(clients), '-j', '1', '-T', String(seconds), '-f', scriptFile],
        ...['--log', `--log-prefix=${join(folder, 'log')}`, database],
      ],
      { env: { PATH: process.env['PATH'], PGPASSWORD: account.password }, stdio: ['ignore', 'pipe', 'pipe'], signal },
    );
    pgbench.on('error', () => undefined);
    // What its own timer sends it.
    enough.addEventListener('abort', () => void pgbench.kill('SIGALRM'));
    const [out, complaints] = await Promise.all([text(pgbench.stdout), text(pgbench.stderr), once(pgbench, 'close')]);
    return summary(out, complaints, await readLogs(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summary(out: string, complaints: string, transactions: readonly PgbenchTransaction[]): PgbenchResult {
  const abandoned = complaints.split('\n').filter((line) => line.includes('aborted')).length;
  const perSecond = /^tps = ([\d.]+)/m.exec(out)?.[1];
  const failed = /^number of failed transactions: (\d+)/m.exec(out)?.[1] ?? '0';
  if (perSecond === undefined) throw new Error(`pgbench failed: ${out}${complaints}`);
  const latencies = transactions.map(({ latencyMs }) => latencyMs);
  return {
    transactionsPerSecond: Number(perSecond),
    latencyAverageMs: latencies.reduce((sum, latency) => sum + latency, 0) / Math.max(1, latencies.length),
    latencyP99Ms: quantile(latencies, 0.99),
    failures: Number(failed) + abandoned,
    transactions,
    complaints,
  };
}

/** Lines of the log are `client transaction latency_us script epoch_seconds epoch_us`, or `failed` for a latency. */
async function readLogs(folder: string): Promise<readonly PgbenchTransaction[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('log'));
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return files
    .flatMap((file) => file.split('\n'))
    .map((line) => line.split(' ').map(Number))
    .filter(([, , latency]) => latency !== undefined && Number.isFinite(latency))
    .map(([, , latency = 0, , seconds = 0, micros = 0]) => ({
      at: seconds * 1000 + micros / 1000,
      latencyMs: latency / 1000,
    }))
    .sort((a, b) => a.at - b.at);
}

/** Nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
