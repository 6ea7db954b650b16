import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { programPath, type ServerUser } from './prerequisites.ts';

const POLL_MS = 25;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const LOG_TAIL = 2_000;

/** Linux gives ports from 32768 on to outgoing connections: one of those could be taken while its server is started anew. */
const FIRST_PORT = 20_000;
const PORTS_END = 32_768;

/** One server that we started. It is only ever stopped by its own process id. */
export interface ServerProcess {
  readonly pid: number;
  readonly isRunning: () => boolean;
  signal(name: NodeJS.Signals): void;
  /** Signals, waits for the end, and kills what does not end. */
  stop(name: NodeJS.Signals): Promise<void>;
}

export interface ServerCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly user: ServerUser;
  readonly workingFolder: string;
  readonly logFile: string;
  /** What ends it at once and whole, should the test process die without a word. */
  readonly deathSignal: 'QUIT' | 'KILL';
}

/**
 * Starts a server and waits until `connect` succeeds.
 *
 * @throws Error with the end of its log when it ends, or does not answer in time
 */
export async function startServer(command: ServerCommand, connect: () => Promise<void>): Promise<ServerProcess> {
  const server = launch(command);
  try {
    await waitUntilReady(server, connect);
    return server;
  } catch (error) {
    await server.stop('SIGKILL');
    const log = await readFile(command.logFile, 'utf8').catch(() => '(no log)');
    throw new Error(`${command.program} did not start: ${log.slice(-LOG_TAIL)}`, { cause: error });
  }
}

function launch({ program, arguments: rest, user, workingFolder, logFile, deathSignal }: ServerCommand): ServerProcess {
  const log = openSync(logFile, 'a');
  // setpriv becomes the server, so that its process id is the one that we know.
  const wrapped = [...user.becomeArguments, '--pdeathsig', deathSignal, '--', program, ...rest];
  const child = spawn(programPath('setpriv'), wrapped, {
    cwd: workingFolder,
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'exit');
  const killWithUs = (): void => void child.kill(`SIG${deathSignal}`);
  process.once('exit', killWithUs);
  void ended.then(() => process.off('exit', killWithUs));
  return {
    pid,
    isRunning,
    signal: (name) => void child.kill(name),
    stop: async (name) => {
      if (!isRunning()) return;
      child.kill(name);
      const patience = new AbortController();
      const inTime = await Promise.race([
        ended.then(() => true),
        pause(STOP_TIMEOUT_MS, false, { signal: patience.signal, ref: false }).catch(() => false),
      ]);
      patience.abort();
      if (inTime) return;
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function waitUntilReady(server: ServerProcess, connect: () => Promise<void>): Promise<void> {
  const attempts = START_TIMEOUT_MS / POLL_MS;
  let last: unknown;
  for (let attempt = 0; attempt < attempts && server.isRunning(); attempt++) {
    try {
      await connect();
      // Otherwise somebody else has answered, whose port ours could not have.
      if (server.isRunning()) return;
    } catch (error) {
      last = error;
      await pause(POLL_MS);
    }
  }
  throw last;
}

/** A port of the loopback interface that nobody listens on, and that nobody is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, PORTS_END);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
