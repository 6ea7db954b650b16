import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '../servers/no-time-limits.ts';
import type { Answer, Invocation } from './packaged-functions.ts';
import type { FunctionName } from './stack.ts';

/**
 * The process that the packaged functions run in: what Lambda is to them. The clock shows what the test says and stands
 * still during an invocation, time limits with it; nothing else is replaced. Events and answers cross the border as JSON,
 * as they do in Lambda.
 */
type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const [, , directory = ''] = process.argv;
const handlers = new Map<FunctionName, Promise<Handler>>();
let now = 0;

globalThis.Date = new Proxy(Date, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now] : given, newTarget) as object,
  apply: () => new Date(now).toString(),
  get: (target, key): unknown => (key === 'now' ? () => now : Reflect.get(target, key)),
});

process.on('message', (invocation: Invocation) => {
  void answerTo(invocation).then((answer) => process.send?.(answer));
});

async function answerTo({ id, name, event, now: shown }: Invocation): Promise<Answer> {
  now = shown;
  // Each function has a role of its own; here it signs with its own key, so that the wire knows who calls.
  process.env['AWS_ACCESS_KEY_ID'] = name;
  try {
    const loaded = handlers.get(name) ?? load(name);
    handlers.set(name, loaded);
    return { id, kind: 'returned', value: await (await loaded)(event, contextOf(name, id)) };
  } catch (error) {
    const { name: errorName, message } = error instanceof Error ? error : new Error(String(error));
    return { id, kind: 'threw', error: { name: errorName, message } };
  }
}

async function load(name: FunctionName): Promise<Handler> {
  const module = (await import(pathToFileURL(join(directory, `${name}.mjs`)).href)) as { readonly handler: Handler };
  return module.handler;
}

function contextOf(name: FunctionName, id: number): unknown {
  const functionName = `fulcrum-test-${name}`;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:111122223333:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'test',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => 30_000,
  };
}
