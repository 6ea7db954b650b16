import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '../servers/no-time-limits.ts';

/**
 * A process in front of the emulator that does what the emulator cannot do without containers: it runs deployed functions.
 * Everything else is passed on. An invocation asks the emulator what is deployed under the name, and runs the packaged zip
 * of that function, once cold and then warm. Functions call back through here, each with its own name as access key, and
 * every call is noted: `GET /calls` tells them.
 *
 * Arguments: address of the emulator, folder of the packages, prefix of the function names, Python with zipfile.
 */
type Handler = (event: unknown, context: object) => Promise<unknown>;

/** The answer of Lambda to GetFunction, as far as it matters. */
interface Deployed {
  readonly Configuration: {
    readonly Handler: string;
    readonly Timeout: number;
    readonly FunctionArn: string;
    readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  };
}

export interface NotedCall {
  /** `fulcrum-dev-tick`, or the access key of whoever else calls. */
  readonly caller: string;
  /** `dynamodb:PutItem`, as IAM names it. */
  readonly action: string;
  /** Of DynamoDB calls. */
  readonly table?: string;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;
const [, , emulator = '', packages = '', prefix = '', python = ''] = process.argv;
const warm = new Map<string, Promise<Handler>>();
const calls: NotedCall[] = [];

const server = createServer((call, answer) => {
  void bodyOf(call).then((body) => {
    const path = call.url ?? '/';
    const functionName = INVOKE.exec(path)?.[1];
    if (path === '/calls') answer.end(JSON.stringify(calls));
    else if (functionName !== undefined) void invoke(functionName, call, body, answer);
    else {
      note(call, body);
      forward(call, body, answer);
    }
  });
});
// A caller that was kept from its processor must not find its connection closed.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['AWS_ENDPOINT_URL'] = url;
  process.send?.(url);
});
process.on('disconnect', () => process.exit());

async function invoke(name: string, call: IncomingMessage, body: Buffer, answer: ServerResponse): Promise<void> {
  const deployed = await fetch(new URL(`/2015-03-31/functions/${name}`, emulator), {
    headers: { authorization: String(call.headers.authorization) },
  });
  if (!deployed.ok) {
    answer.writeHead(deployed.status, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end(await deployed.text());
    return;
  }
  const { Configuration: of } = (await deployed.json()) as Deployed;
  // The functions of a stack share one environment but for this, and are invoked one after the other.
  Object.assign(process.env, of.Environment?.Variables, { AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: 'secret' });
  const deadline = performance.now() + of.Timeout * 1000;
  const context = {
    functionName: name,
    functionVersion: '$LATEST',
    memoryLimitInMB: '512',
    invokedFunctionArn: of.FunctionArn,
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => deadline - performance.now(),
  };
  try {
    const handler = warm.get(name) ?? load(name.slice(prefix.length), of.Handler);
    warm.set(name, handler);
    const result = await (await handler)(body.length === 0 ? {} : JSON.parse(body.toString()), context);
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? null));
  } catch (error) {
    const { name: errorType, message: errorMessage, stack } = error instanceof Error ? error : new Error(String(error));
    answer.writeHead(200, { 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' });
    answer.end(JSON.stringify({ errorType, errorMessage, trace: stack?.split('\n') }));
  }
}

/** @param handler as in the stack: `functions/triggers/tick.handler` */
async function load(key: string, handler: string): Promise<Handler> {
  const folder = mkdtempSync(join(packages, '..', 'lambda-'));
  execFileSync(python, ['-m', 'zipfile', '-e', join(packages, `${key}.zip`), folder]);
  const dot = handler.lastIndexOf('.');
  const module = (await import(pathToFileURL(join(folder, `${handler.slice(0, dot)}.mjs`)).href)) as Readonly<
    Record<string, Handler | undefined>
  >;
  const found = module[handler.slice(dot + 1)];
  if (found === undefined) throw new Error(`${key}.zip has no ${handler}`);
  return found;
}

function note(call: IncomingMessage, body: Buffer): void {
  const [, caller = '', service = ''] =
    /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(call.headers.authorization ?? '') ?? [];
  const target = String(call.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  const action = target === '' ? /\/operation\/(\w+)$/.exec(call.url ?? '')?.[1] : target;
  const services: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };
  calls.push({
    caller,
    action: `${services[service] ?? service}:${action ?? call.url}`,
    ...(service === 'dynamodb' ? { table: (JSON.parse(body.toString()) as { TableName: string }).TableName } : {}),
  });
}

function forward(call: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const onward = request(
    new URL(call.url ?? '/', emulator),
    { method: call.method, headers: call.headers },
    (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    },
  );
  onward.on('error', (error) => answer.writeHead(502).end(error.message));
  onward.end(body);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
