import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Policy } from '../../../shared/config/policy.ts';
import type { EpochMs } from '../../../shared/domain/units.ts';
import { bundleFunction } from '../../../serverless/bundling.ts';
import { entryOf, FUNCTION_NAMES, type FunctionName } from './stack.ts';

/** What goes to the host of the functions … */
export interface Invocation {
  readonly id: number;
  readonly name: FunctionName;
  readonly event: unknown;
  /** What the clock shows during the invocation. */
  readonly now: EpochMs;
}

/** … and what comes back. */
export type Answer =
  | { readonly id: number; readonly kind: 'returned'; readonly value?: unknown }
  | {
      readonly id: number;
      readonly kind: 'threw';
      readonly error: { readonly name: string; readonly message: string };
    };

/** The functions as `sls package` bundles them, in a process of their own with the environment that the stack gives. */
export class PackagedFunctions {
  readonly #host: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #output: Buffer[] = [];
  readonly #complaints: Buffer[] = [];
  #invocations = 0;

  /** @param directory where the bundles go. */
  static async start(
    policy: Policy,
    directory: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<PackagedFunctions> {
    for (const name of FUNCTION_NAMES) await bundleFunction(entryOf(name), join(directory, `${name}.mjs`), policy);
    return new PackagedFunctions(directory, environment);
  }

  private constructor(directory: string, environment: Readonly<Record<string, string>>) {
    this.#host = fork(join(import.meta.dirname, 'function-host.ts'), [directory], {
      env: { ...environment },
      // None of the test runner's own.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#host.stdout?.on('data', (chunk: Buffer) => this.#output.push(chunk));
    this.#host.stderr?.on('data', (chunk: Buffer) => this.#complaints.push(chunk));
    this.#host.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    this.#host.on('exit', (code) => {
      for (const [id, settle] of this.#waiting) {
        settle({ id, kind: 'threw', error: { name: 'HostEnded', message: `the host ended with ${code}` } });
      }
    });
  }

  invoke(name: FunctionName, event: unknown, now: EpochMs): Promise<Answer> {
    this.#invocations += 1;
    const invocation: Invocation = { id: this.#invocations, name, event, now };
    return new Promise((resolve) => {
      this.#waiting.set(invocation.id, resolve);
      this.#host.send(invocation);
    });
  }

  /** Ends the process, and tells what the functions have written. */
  async stop(): Promise<Written> {
    const ended = new Promise((resolve) => this.#host.once('close', resolve));
    this.#host.kill();
    await ended;
    const lines = Buffer.concat(this.#output).toString('utf8').split('\n');
    return {
      log: lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogLine),
      complaints: Buffer.concat(this.#complaints).toString('utf8'),
    };
  }
}

export interface Written {
  readonly log: readonly LogLine[];
  /** Standard error: warnings of libraries and of Node. */
  readonly complaints: string;
}

/** A line of the log, or metrics in the embedded format. */
export interface LogLine {
  readonly level?: string;
  readonly message?: string;
  readonly _aws?: unknown;
  readonly ChangesOrdered?: number;
  readonly ChangesApplied?: number;
  readonly ChangesFailed?: number;
}
