import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  type ScalableTarget,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs';
import { type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { startEmulator } from '../../../scripts/emulator.ts';
import { DynamoDbAuditLog } from '../../../shared/adapters/aws/audit-log.ts';
import { awsClients } from '../../../shared/adapters/aws/clients.ts';
import { alarmPlan } from '../../../shared/alarms/alarm-plan.ts';
import { loadPolicyFile } from '../../../shared/config/load-file.ts';
import type { FleetPolicy, Policy } from '../../../shared/config/policy.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { utcDay } from '../../../shared/domain/units.ts';
import type { ServiceStep } from '../../../simulator/plant/simulated-service.ts';
import { STARTS_AT, targetTrackingAlone } from './deadline-day.ts';
import { destroyAll, pointSdkAt } from '../servers/emulated-aws.ts';
import { Deliveries, type Delivery, type Invoked } from './deliveries.ts';
import { BUS, furnish, rdsClient, REGION, TABLES } from './furnished-account.ts';
import { PackagedFunctions, type Written } from './packaged-functions.ts';
import { type DayRecord, runDay, STAGE } from './run-day.ts';
import { ENVIRONMENT_NAMES } from './stack.ts';
import { type Call, startWire } from './wire.ts';

/** Everything that is left of the day when it is over. */
export interface Evidence {
  readonly fleet: FleetPolicy;
  readonly day: DayRecord;
  /** The same day under target tracking alone. */
  readonly alone: ReadonlyMap<string, readonly ServiceStep[]>;
  readonly invoked: readonly Invoked[];
  readonly orders: readonly Delivery[];
  readonly calls: readonly Call[];
  /** Read back from the emulator through the adapter. */
  readonly audit: {
    readonly byDay: readonly AuditRecord[];
    readonly byResource: ReadonlyMap<string, readonly AuditRecord[]>;
    readonly byDecision: ReadonlyMap<string, readonly AuditRecord[]>;
  };
  readonly targets: readonly ScalableTarget[];
  readonly policies: readonly ScalingPolicy[];
  readonly services: readonly Service[];
  readonly database: DBInstance;
  readonly written: Written;
}

const CODE_VERSION = 'closed-loop';

/** Starts the emulator, furnishes the account, runs the day with the packaged functions, and collects what is left. */
export async function liveThroughTheDay(): Promise<Evidence> {
  const policy = await readPolicy();
  const fleet = policy.fleets[0]!;
  const emulator = await startEmulator();
  // What plays AWS goes to the emulator directly; only the functions go through the wire.
  pointSdkAt(emulator.url, 'aws-itself');
  const wire = await startWire(emulator.url);
  const clients = awsClients(REGION);
  const directory = mkdtempSync(join(tmpdir(), 'fulcrum-functions-'));
  try {
    const queues = await furnish(emulator.url, clients, fleet);
    const functions = await PackagedFunctions.start(policy, directory, environmentOf(wire.url));
    const deliveries = new Deliveries(functions, wire);
    const { tickMinutes } = policy;
    const alarms = alarmPlan(policy, STAGE);
    const day = await runDay({ fleet, tickMinutes, alarms, emulator, clients, queues, deliveries, wire });
    const written = await functions.stop();
    const { invoked, orders } = deliveries;
    const { calls } = wire;
    const left = await whatIsLeft(emulator.url, clients, fleet);
    return { fleet, day, alone: targetTrackingAlone(fleet), invoked, orders, calls, written, ...left };
  } finally {
    rmSync(directory, { recursive: true });
    destroyAll(clients);
    await wire.stop();
    await emulator.stop();
  }
}

async function readPolicy(): Promise<Policy> {
  const loaded = await loadPolicyFile(join(import.meta.dirname, 'fulcrum.yml'));
  if (loaded.kind === 'ok') return loaded.policy;
  throw new Error(loaded.problems.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

/** What Lambda and the stack give every function, and nothing of our own environment. */
function environmentOf(endpoint: string): Readonly<Record<string, string>> {
  const given: Readonly<Record<string, string>> = {
    FULCRUM_AUDIT_TABLE: TABLES.audit,
    FULCRUM_STATE_TABLE: TABLES.state,
    FULCRUM_STAGE: STAGE,
    FULCRUM_EVENT_BUS: BUS,
    FULCRUM_CODE_VERSION: CODE_VERSION,
  };
  const variables = ENVIRONMENT_NAMES.flatMap((name) =>
    given[name] === undefined ? [] : [[name, given[name]] as const],
  );
  const lambda = { AWS_REGION: REGION, AWS_SECRET_ACCESS_KEY: 'test' };
  return { ...Object.fromEntries(variables), ...lambda, AWS_ENDPOINT_URL: endpoint };
}

type Left = Pick<Evidence, 'audit' | 'targets' | 'policies' | 'services' | 'database'>;

async function whatIsLeft(
  url: string,
  { autoScaling, ecs, dynamoDb }: ReturnType<typeof awsClients>,
  fleet: FleetPolicy,
): Promise<Left> {
  const namespace = { ServiceNamespace: 'ecs' } as const;
  const { ScalableTargets = [] } = await autoScaling.send(new DescribeScalableTargetsCommand(namespace));
  const { ScalingPolicies = [] } = await autoScaling.send(new DescribeScalingPoliciesCommand(namespace));
  const names = fleet.services.map(({ service }) => service);
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: 'production', services: names }));
  const rds = rdsClient(url);
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  rds.destroy();
  return {
    audit: await readAudit(new DynamoDbAuditLog(dynamoDb, TABLES.audit, 7)),
    targets: ScalableTargets,
    policies: ScalingPolicies,
    services,
    database: DBInstances[0]!,
  };
}

async function readAudit(log: DynamoDbAuditLog): Promise<Evidence['audit']> {
  const byDay = await log.byDay(utcDay(STARTS_AT));
  const byResource = new Map<string, readonly AuditRecord[]>();
  for (const { resource } of byDay) {
    if (!byResource.has(resource)) byResource.set(resource, (await log.byResource(resource, 10_000)).toReversed());
  }
  const byDecision = new Map<string, readonly AuditRecord[]>();
  for (const { decisionId } of byDay) {
    if (!byDecision.has(decisionId)) byDecision.set(decisionId, await log.byDecision(decisionId));
  }
  return { byDay, byResource, byDecision };
}
