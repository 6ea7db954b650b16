import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A proxy in front of moto that stands in where moto 5.2.1 differs from AWS in what we depend on. Everything else passes
 * through as it is.
 *
 * | call | moto | here, as AWS |
 * |---|---|---|
 * | DescribeScalingActivities | answers 500 | the activities that a test has noted |
 * | DescribeScalableTargets | knows no caches | none of them is registered |
 * | RegisterScalableTarget | takes min above max, and a new target without bounds | refuses both |
 * | RegisterScalableTarget | leaves capacity where it is | moves it into the bounds at once |
 * | PutScalingPolicy, PutScheduledAction | take targets that are not registered | ObjectNotFoundException |
 * | PutScheduledAction | takes an action that sets nothing | ValidationException |
 * | DescribeServices | deployments stay IN_PROGRESS with the counts of their start | COMPLETED, unless a test has started one |
 * | CreateService, DescribeServices | forget the deployment configuration | it is told as it was given |
 * | DescribeServices | every wanted task runs at once | as many as a test has noted, the others are pending |
 * | DynamoDB, all of it | its threads come between a condition and its write | one call after the other |
 */
export interface StandIn {
  readonly url: string;
  /** From now on DescribeScalingActivities tells that scaling stopped at the maximum at that instant. */
  wantMoreThanMax(resourceId: string, at: number): void;
  startDeployment(resourceId: string): void;
  finishDeployment(resourceId: string): void;
  /** From now on so many tasks of the service run, and what is wanted beyond them is pending. */
  noteRunning(resourceId: string, running: number): void;
  /** Forgets activities, deployments and running tasks. */
  forget(): void;
  stop(): Promise<void>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the tests have noted. */
interface Notes {
  readonly atMax: Map<string, number[]>;
  readonly deploying: Set<string>;
  readonly running: Map<string, number>;
  /** Deployment configuration by service ARN. */
  readonly deployment: Map<string, unknown>;
}

type Json = Readonly<Record<string, unknown>>;
type Ask = (service: 'ecs' | 'application-autoscaling', action: string, body: Json) => Promise<Json>;

interface Context {
  readonly input: Json;
  readonly notes: Notes;
  /** Asks moto something else, in the same region. */
  readonly ask: Ask;
  /** Hands the call itself on to moto. */
  readonly forward: () => Promise<Answer>;
}

const HOLES: Readonly<Record<string, (context: Context) => Promise<Answer>>> = {
  'AnyScaleFrontendService.DescribeScalingActivities': describeScalingActivities,
  'AnyScaleFrontendService.DescribeScalableTargets': describeScalableTargets,
  'AnyScaleFrontendService.RegisterScalableTarget': registerScalableTarget,
  'AnyScaleFrontendService.PutScalingPolicy': onlyForRegistered,
  'AnyScaleFrontendService.PutScheduledAction': putScheduledAction,
  'AmazonEC2ContainerServiceV20141113.CreateService': createService,
  'AmazonEC2ContainerServiceV20141113.DescribeServices': describeServices,
};

export async function startStandIn(motoUrl: string): Promise<StandIn> {
  const notes: Notes = { atMax: new Map(), deploying: new Set(), running: new Map(), deployment: new Map() };
  const inTurn = oneAfterTheOther();
  const server = createServer((incoming, outgoing) => {
    answer(motoUrl, notes, inTurn, incoming).then(
      (answered) => {
        send(outgoing, answered);
      },
      (error: unknown) => {
        send(outgoing, refusal('ServiceUnavailable', String(error), 503));
      },
    );
  });
  // A caller that was kept from its processor must not find its connection closed: it would have to ask again.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    wantMoreThanMax: (resourceId, at) => {
      notes.atMax.set(resourceId, [...(notes.atMax.get(resourceId) ?? []), at]);
    },
    startDeployment: (resourceId) => notes.deploying.add(resourceId),
    finishDeployment: (resourceId) => notes.deploying.delete(resourceId),
    noteRunning: (resourceId, running) => notes.running.set(resourceId, running),
    forget: () => {
      notes.atMax.clear();
      notes.deploying.clear();
      notes.running.clear();
      notes.deployment.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type InTurn = (work: () => Promise<Answer>) => Promise<Answer>;

function oneAfterTheOther(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
}

async function answer(motoUrl: string, notes: Notes, inTurn: InTurn, incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = 'GET', url: path = '/', headers } = incoming;
  const call: Call = { method, path, headers, body: Buffer.concat(chunks) };
  const forward = (): Promise<Answer> => pass(motoUrl, call);

  const target = String(headers['x-amz-target'] ?? '');
  if (target.startsWith('DynamoDB')) return inTurn(forward);
  const hole = HOLES[target];
  if (hole === undefined) return forward();
  const region = /Credential=[^/]*\/[^/]*\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1';
  const ask: Ask = async (service, action, body) =>
    jsonOf((await pass(motoUrl, callTo(service, action, region, body))).body);
  return hole({ input: jsonOf(call.body), notes, ask, forward });
}

function pass(motoUrl: string, { method, path, headers, body }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(motoUrl);
    const onward = request(
      { hostname, port, method, path, headers: { ...headers, connection: 'close' } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    onward.on('error', reject);
    onward.end(body);
  });
}

const TARGET_PREFIX = {
  ecs: 'AmazonEC2ContainerServiceV20141113',
  'application-autoscaling': 'AnyScaleFrontendService',
} as const;

/** moto reads service and region from the signature and does not check it. */
function callTo(service: keyof typeof TARGET_PREFIX, action: string, region: string, body: Json): Call {
  const text = Buffer.from(JSON.stringify(body));
  return {
    method: 'POST',
    path: '/',
    headers: {
      host: `${service}.${region}.amazonaws.com`,
      authorization: `AWS4-HMAC-SHA256 Credential=stand-in/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-amz-json-1.1',
      'content-length': String(text.byteLength),
      'x-amz-target': `${TARGET_PREFIX[service]}.${action}`,
    },
    body: text,
  };
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const hop = { connection: undefined, 'transfer-encoding': undefined, 'content-length': String(body.byteLength) };
  const kept = Object.entries({ ...headers, ...hop }).filter(([, value]) => value !== undefined);
  outgoing.writeHead(status, Object.fromEntries(kept)).end(body);
}

function jsonOf(body: Buffer): Json {
  return body.byteLength === 0 ? {} : (JSON.parse(body.toString('utf8')) as Json);
}

function json(value: Json, status = 200, headers: IncomingHttpHeaders = {}): Answer {
  return {
    status,
    headers: { ...headers, 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

function refusal(name: string, message: string, status = 400): Answer {
  return json({ __type: name, message }, status, { 'x-amzn-errortype': name });
}

function listOf(answered: Json, member: string): readonly Json[] {
  const list = answered[member];
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

async function registered({ ask, input }: Context): Promise<Json | undefined> {
  const { ServiceNamespace, ResourceId, ScalableDimension } = input;
  const body = { ServiceNamespace, ScalableDimension, ResourceIds: [ResourceId] };
  return listOf(await ask('application-autoscaling', 'DescribeScalableTargets', body), 'ScalableTargets')[0];
}

function describeScalingActivities({ input, notes }: Context): Promise<Answer> {
  const { ResourceId, ScalableDimension, ServiceNamespace, IncludeNotScaledActivities } = input;
  const instants = IncludeNotScaledActivities === true ? (notes.atMax.get(String(ResourceId)) ?? []) : [];
  const ScalingActivities = [...instants]
    .sort((a, b) => b - a)
    .map((at) => ({
      ActivityId: `at-max-${at}`,
      ServiceNamespace,
      ResourceId,
      ScalableDimension,
      Description: 'Attempting to scale due to alarm triggered',
      Cause: 'monitor alarm in state ALARM triggered a policy',
      StartTime: at / 1000,
      EndTime: at / 1000,
      StatusCode: 'Unfulfilled',
      NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity' }],
    }));
  return Promise.resolve(json({ ScalingActivities }));
}

function describeScalableTargets({ input, forward }: Context): Promise<Answer> {
  return input['ServiceNamespace'] === 'elasticache' ? Promise.resolve(json({ ScalableTargets: [] })) : forward();
}

async function registerScalableTarget(context: Context): Promise<Answer> {
  const { input, ask, forward } = context;
  const present = await registered(context);
  const min = input['MinCapacity'] ?? present?.['MinCapacity'];
  const max = input['MaxCapacity'] ?? present?.['MaxCapacity'];
  if (typeof min !== 'number' || typeof max !== 'number') {
    return refusal('ValidationException', 'A new scalable target needs MinCapacity and MaxCapacity');
  }
  if (min > max) return refusal('ValidationException', 'MaxCapacity cannot be less than MinCapacity');
  const answered = await forward();
  if (answered.status === 200) await moveInto(String(input['ResourceId']), min, max, ask);
  return answered;
}

async function moveInto(resourceId: string, min: number, max: number, ask: Ask): Promise<void> {
  const [, cluster, service] = resourceId.split('/');
  const [found] = listOf(await ask('ecs', 'DescribeServices', { cluster, services: [service] }), 'services');
  const desired = found?.['desiredCount'];
  if (typeof desired !== 'number' || (desired >= min && desired <= max)) return;
  await ask('ecs', 'UpdateService', { cluster, service, desiredCount: Math.min(Math.max(desired, min), max) });
}

async function onlyForRegistered(context: Context): Promise<Answer> {
  if ((await registered(context)) !== undefined) return context.forward();
  return refusal('ObjectNotFoundException', `No scalable target registered for ${String(context.input['ResourceId'])}`);
}

async function putScheduledAction(context: Context): Promise<Answer> {
  const to = context.input['ScalableTargetAction'];
  if (typeof to !== 'object' || to === null || Object.keys(to).length === 0) {
    return refusal('ValidationException', 'A scheduled action must set MinCapacity or MaxCapacity');
  }
  return onlyForRegistered(context);
}

async function createService({ input, notes, forward }: Context): Promise<Answer> {
  const answered = await forward();
  const { serviceArn } = (jsonOf(answered.body)['service'] ?? {}) as Json;
  if (answered.status === 200) notes.deployment.set(String(serviceArn), input['deploymentConfiguration']);
  return answered;
}

async function describeServices({ notes, forward }: Context): Promise<Answer> {
  const answered = await forward();
  if (answered.status !== 200) return answered;
  const described = jsonOf(answered.body);
  const services = listOf(described, 'services').map((given): Json => {
    const [, resource = ''] = String(given['serviceArn']).split(/:(?=service\/)/);
    const deploymentConfiguration = notes.deployment.get(String(given['serviceArn']));
    const told = deploymentConfiguration === undefined ? {} : { deploymentConfiguration };
    const service: Json = { ...given, ...told, ...countsOf(given, notes.running.get(resource)) };
    if (notes.deploying.has(resource)) return service;
    const { desiredCount, runningCount, pendingCount } = service;
    const settled = { rolloutState: 'COMPLETED', desiredCount, runningCount, pendingCount };
    return { ...service, deployments: listOf(service, 'deployments').map((each) => ({ ...each, ...settled })) };
  });
  return json({ ...described, services }, answered.status, answered.headers);
}

function countsOf({ desiredCount, runningCount, pendingCount }: Json, noted: number | undefined): Json {
  return noted === undefined
    ? { desiredCount, runningCount, pendingCount }
    : { desiredCount, runningCount: noted, pendingCount: Math.max(Number(desiredCount) - noted, 0) };
}
