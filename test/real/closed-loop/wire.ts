import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of the AWS API, as it went over the wire. */
export interface Call {
  /** The access key that signed it. */
  readonly caller: string;
  /** As in the scope of the signature: `ecs`, `monitoring`, `dynamodb` … */
  readonly service: string;
  readonly operation: string;
  /** Of DynamoDB. */
  readonly table: string | null;
  /** Asked for by GetMetricData. */
  readonly metrics: number;
  /** 1, or more where the SDK has tried again. */
  readonly attempt: number;
  readonly status: number;
}

export interface Wire {
  readonly url: string;
  /** Everything so far, in the order of the answers. */
  readonly calls: readonly Call[];
  stop(): Promise<void>;
}

/**
 * A proxy that writes down every call. Its answers carry no date: the callers live on another day, and the SDK would think
 * its clock wrong and repeat a refused call.
 */
export async function startWire(upstream: string): Promise<Wire> {
  const calls: Call[] = [];
  const agent = new Agent({ keepAlive: true });

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bytesOf(incoming);
    const call = describe(incoming, body);
    const { status, headers, bytes } = await pass(upstream, agent, incoming, body);
    calls.push({ ...call, status });
    outgoing.sendDate = false;
    const kept = Object.entries(headers).filter(([name]) => name !== 'date');
    outgoing.writeHead(status, Object.fromEntries(kept)).end(bytes);
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  // A function that was kept from its processor must not find its connection closed: no call may be made twice.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

interface Input {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly MetricDataQueries?: readonly unknown[];
}

/** BatchGetItem may name several; ours asks one. */
function tableOf({ TableName, RequestItems = {} }: Input): string | null {
  return TableName ?? Object.keys(RequestItems)[0] ?? null;
}

function describe({ headers }: IncomingMessage, body: Buffer): Omit<Call, 'status'> {
  const [, caller = '', service = ''] =
    /Credential=([^/]*)\/[^/]*\/[^/]*\/([^/]*)\//.exec(headers.authorization ?? '') ?? [];
  const [, operation = ''] = String(headers['x-amz-target'] ?? '').split('.');
  const [, attempt = '1'] = /attempt=(\d+)/.exec(String(headers['amz-sdk-request'] ?? '')) ?? [];
  const input = JSON.parse(body.toString('utf8') || '{}') as Input;
  return {
    caller,
    service,
    operation,
    table: tableOf(input),
    metrics: input.MetricDataQueries?.length ?? 0,
    attempt: Number(attempt),
  };
}

interface Passed {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

function pass(upstream: string, agent: Agent, incoming: IncomingMessage, body: Buffer): Promise<Passed> {
  const { method, url = '/', headers } = incoming;
  return new Promise((resolve, reject) => {
    const onward = request(new URL(url, upstream), { agent, method, headers }, (answer) => {
      bytesOf(answer).then((bytes) => {
        resolve({ status: answer.statusCode ?? 502, headers: answer.headers, bytes });
      }, reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
