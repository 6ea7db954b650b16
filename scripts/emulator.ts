import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type StandIn, startStandIn } from './emulator-stand-in.ts';

/**
 * moto, an emulator of AWS, for tests over the wire:
 *
 *   node scripts/emulator.ts install   makes .venv with moto in it
 *   node scripts/emulator.ts           starts it, prints its address, and stops it at the end of standard input or Ctrl-C
 *
 * Only loopback addresses are used. AWS_ENDPOINT_URL points SDK clients and `sls` at the address.
 */

const MOTO = 'moto[server]==5.2.1';
const VENV = join(import.meta.dirname, '..', '.venv');
/** Says which moto stands in the environment, so that an upgrade above installs again. */
const INSTALLED = join(VENV, `.${MOTO.replaceAll(/[^a-z0-9.]+/g, '-')}`);

const START_TIMEOUT_MS = 240_000;
const POLL_MS = 100;
const STOP_TIMEOUT_MS = 5_000;

/** moto with a stand-in for its holes in front. */
export interface Emulator extends Omit<StandIn, 'stop'> {
  /** Forgets everything in moto. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error that says what to do when Python, its venv module or the package cannot be had. */
export function installEmulator(): void {
  if (existsSync(INSTALLED)) return;
  if (!existsSync(join(VENV, 'bin', 'pip'))) {
    run('python3', ['-m', 'venv', VENV], 'Is Python there? On Debian: apt-get install python3 python3-venv');
  }
  run(
    join(VENV, 'bin', 'pip'),
    ['install', '--quiet', '--timeout', '60', MOTO],
    'The package registry has to be reachable.',
  );
  writeFileSync(INSTALLED, '');
}

function run(command: string, args: readonly string[], advice: string): void {
  const { status, error, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim();
  throw new Error(`${command} ${args.join(' ')} failed: ${said}\n${advice}`);
}

/** Installs moto where it is missing, and starts it on a free port. */
export async function startEmulator(): Promise<Emulator> {
  installEmulator();
  const moto = spawn(join(VENV, 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', '0'], {
    // Nothing of our own environment: above all no credentials and no proxy.
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = (): void => void moto.kill('SIGKILL');
  process.once('exit', killWithUs);
  try {
    const motoUrl = await addressOf(moto);
    const standIn = await startStandIn(motoUrl);
    return {
      ...standIn,
      reset: async () => {
        standIn.forget();
        await fetch(`${motoUrl}/moto-api/reset`, { method: 'POST' });
      },
      stop: async () => {
        await standIn.stop();
        await stop(moto);
        process.off('exit', killWithUs);
      },
    };
  } catch (error) {
    await stop(moto);
    throw error;
  }
}

/** moto takes a free port itself and says which in its log. */
async function addressOf(moto: ChildProcess): Promise<string> {
  let log = '';
  const listen = (chunk: Buffer): void => {
    log = (log + chunk.toString('utf8')).slice(-20_000);
  };
  moto.stdout?.on('data', listen);
  moto.stderr?.on('data', listen);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && moto.exitCode === null) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
    if (url !== undefined && (await answers(url))) return url;
    await pause(POLL_MS);
  }
  throw new Error(`moto did not start within ${START_TIMEOUT_MS / 1000} s:\n${log}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}

/** Ends the process that we started, and no other. */
async function stop(moto: ChildProcess): Promise<void> {
  if (moto.exitCode !== null || moto.signalCode !== null) return;
  const ended = new Promise<void>((resolve) =>
    moto.once('exit', () => {
      resolve();
    }),
  );
  moto.kill('SIGTERM');
  const last = setTimeout(() => moto.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(last);
}

async function main(command: string | undefined): Promise<void> {
  if (command === 'install') {
    installEmulator();
    return;
  }
  const emulator = await startEmulator();
  process.stdout.write(`${emulator.url}\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
    process.stdin
      .once('end', () => {
        resolve();
      })
      .resume();
  });
  await emulator.stop();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv[2]);
