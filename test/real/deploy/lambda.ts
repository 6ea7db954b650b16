import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { NotedCall } from './lambda-stand-in.ts';

export type Invoked =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: { readonly errorType: string; readonly errorMessage: string } };

/** The process of lambda-stand-in.ts. */
export interface Lambda {
  /** Where AWS seems to be. */
  readonly url: string;
  invoke(functionName: string, event: unknown): Promise<Invoked>;
  calls(): Promise<readonly NotedCall[]>;
  stop(): Promise<void>;
}

/** @param packages folder of the zips; @param prefix begins the name of every function, `fulcrum-dev-` */
export async function startLambda(
  emulatorUrl: string,
  packages: string,
  prefix: string,
  region: string,
): Promise<Lambda> {
  const python = join(import.meta.dirname, '../../../.venv/bin/python');
  const child = fork(join(import.meta.dirname, 'lambda-stand-in.ts'), [emulatorUrl, packages, prefix, python], {
    // None of the flags of the test runner, and none of its environment.
    execArgv: [],
    env: { PATH: process.env['PATH'], AWS_REGION: region },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as string);
    });
    child.once('exit', (code) => {
      reject(new Error(`the stand-in for Lambda ended with ${code}`));
    });
  });
  return {
    url,
    invoke: (functionName, event) => invoke(url, functionName, event),
    calls: async () => (await (await fetch(`${url}/calls`)).json()) as readonly NotedCall[],
    stop: () => stop(child),
  };
}

async function invoke(url: string, functionName: string, event: unknown): Promise<Invoked> {
  const response = await fetch(`${url}/2015-03-31/functions/${functionName}/invocations`, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/lambda/aws4_request' },
    body: JSON.stringify(event),
  });
  const value: unknown = await response.json();
  return response.headers.has('x-amz-function-error')
    ? { kind: 'threw', error: value as { readonly errorType: string; readonly errorMessage: string } }
    : { kind: 'returned', value };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
