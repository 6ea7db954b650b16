import type * as z from 'zod';
import type { FleetPolicy, LeverName, Policy, ServicePolicy } from '../../../shared/config/policy.ts';
import { resolvePolicy } from '../../../shared/config/resolve.ts';
import { configurationSchema, type fleetSchema, type serviceSchema } from '../../../shared/config/schema.ts';

/** As a person writes it: what is left out has the defaults of the schema. */
export type FleetInput = z.input<typeof fleetSchema>;
export type ServiceInput = z.input<typeof serviceSchema>;
type LeversInput = NonNullable<FleetInput['levers']>;

const LEVER_NAMES: readonly LeverName[] = ['ceiling', 'known-event', 'pool-size', 'target-tracking'];

/** 2 to 10 tasks of one vCPU, at most 30. */
export function aServiceInput(over: Partial<ServiceInput> = {}): ServiceInput {
  return {
    name: 'core-api',
    cluster: 'production',
    min: 2,
    max: 10,
    hardLimit: 30,
    task: { cpuUnits: 1024, memoryMiB: 2048 },
    ...over,
  };
}

/** One service and every lever set to apply; what `levers` names is laid over that. */
export function aFleetPolicy(over: Partial<FleetInput> = {}): FleetPolicy {
  return aPolicy([over]).fleets[0]!;
}

export function aPolicy(fleets: readonly Partial<FleetInput>[]): Policy {
  return resolved(
    fleets.map(({ levers = {}, ...over }) => ({ ...A_FLEET, levers: appliedUnlessSaid(levers), ...over })),
  );
}

/** As `fulcrum.yml` leaves it when nothing is said of levers: every one only observes. */
export function aNewFleetPolicy(): FleetPolicy {
  return resolved([A_FLEET]).fleets[0]!;
}

const A_FLEET: FleetInput = {
  name: 'production',
  environment: 'production',
  region: 'eu-central-1',
  account: '111122223333',
  services: [aServiceInput()],
};

function resolved(fleets: readonly FleetInput[]): Policy {
  return resolvePolicy(configurationSchema.parse({ version: 1, fleets }));
}

export function aService(over: Partial<ServiceInput> = {}): ServicePolicy {
  return aFleetPolicy({ services: [aServiceInput(over)] }).services[0]!;
}

function appliedUnlessSaid(levers: LeversInput): LeversInput {
  const applied: LeversInput = Object.fromEntries(
    LEVER_NAMES.map((name) => [name, { mode: 'apply' as const, ...levers[name] }]),
  );
  // Without a forecast it has nothing to say: a row that is about one switches it on.
  return { predictive: { mode: 'off' }, ...levers, ...applied };
}

/** Two PgBouncer tasks of 25 server connections, up to 1,000 clients each. */
export const A_POOLER = {
  cluster: 'production',
  service: 'pgbouncer',
  tasks: 2,
  defaultPoolSize: 25,
  maxClientConnections: 1000,
} satisfies FleetInput['pooler'];

/** 200 connections, of which 160 may be planned with; 12 of them bypass the pooler. */
export const A_DATABASE = {
  identifier: 'production',
  maxConnections: 200,
  directConnections: [
    { name: 'migrations', connections: 5 },
    { name: 'monitoring', connections: 5 },
    { name: 'administrators', connections: 2 },
  ],
} satisfies FleetInput['database'];

/** Two pools of 25 in each task. */
export const TWO_POOLS = [
  { name: 'admin', maxConnections: 25 },
  { name: 'app', maxConnections: 25 },
];
