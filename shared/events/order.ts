import * as z from 'zod/mini';
import { TRIGGER_KINDS } from '../domain/audit.ts';
import type { Order } from '../domain/order.ts';
import type { ChangeKind, InfrastructureChange } from '../domain/change.ts';
import type { OrderOf } from '../workflow/carry-out-order.ts';
import { parseEvent } from './parse.ts';

const bounds = z.object({ min: z.int(), max: z.int() });
const target = z.object({ cluster: z.string(), service: z.string() });
const targetTracking = z.object({
  name: z.string(),
  cpuPercent: z.number(),
  scaleOutCooldownSeconds: z.number(),
  scaleInCooldownSeconds: z.number(),
  disableScaleIn: z.boolean(),
  metricResolution: z.enum(['60s', '20s']),
});
const scalingSetup = z.object({
  bounds,
  suspended: z.object({
    dynamicScalingIn: z.boolean(),
    dynamicScalingOut: z.boolean(),
    scheduledScaling: z.boolean(),
  }),
  targetTracking: z.array(targetTracking),
  otherPolicies: z.array(z.object({ name: z.string(), type: z.string() })),
});
const scheduledCapacity = z.object({
  name: z.string(),
  at: z.number(),
  min: z.optional(z.int()),
  max: z.optional(z.int()),
});

const poolerSizes = z.object({
  defaultPoolSize: z.int(),
  reservePoolSize: z.int(),
  maxClientConnections: z.int(),
});

const changes = {
  'ensure-target-tracking': z.object({
    kind: z.literal('ensure-target-tracking'),
    target,
    from: z.nullable(scalingSetup),
    to: z.object({ bounds, targetTracking }),
  }),
  'set-capacity-bounds': z.object({ kind: z.literal('set-capacity-bounds'), target, from: bounds, to: bounds }),
  'schedule-capacity': z.object({
    kind: z.literal('schedule-capacity'),
    target,
    // Orders of earlier versions were about events alone.
    owner: z._default(z.enum(['event', 'plan']), 'event'),
    from: z.array(scheduledCapacity),
    to: z.array(scheduledCapacity),
  }),
  'tune-pgbouncer': z.object({
    kind: z.literal('tune-pgbouncer'),
    pooler: target,
    from: z.array(z.object({ instance: z.string(), sizes: poolerSizes })),
    to: poolerSizes,
  }),
  'keep-pool-sizes': z.object({
    kind: z.literal('keep-pool-sizes'),
    pooler: target,
    from: z.object({ revision: z.string(), sizes: z.partial(poolerSizes) }),
    to: z.object({ sizes: z.partial(poolerSizes) }),
  }),
  'resize-task': moved('resize-task'),
  'change-database-class': moved('change-database-class'),
  'set-read-replicas': moved('set-read-replicas'),
  'set-storage-ceiling': moved('set-storage-ceiling'),
  'provision-storage': moved('provision-storage'),
  'set-aurora-capacity': moved('set-aurora-capacity'),
  'change-cache-node-type': moved('change-cache-node-type'),
  'set-cache-shape': moved('set-cache-shape'),
  'set-pod-ceiling': moved('set-pod-ceiling'),
  'set-own-pool-size': moved('set-own-pool-size'),
  'tend-proposal': z.looseObject({
    kind: z.literal('tend-proposal'),
    lever: z.string(),
    about: z.string(),
    from: z.null(),
    to: z.looseObject({ lastNeededAt: z.number() }),
  }),
} as const satisfies Readonly<Record<ChangeKind, unknown>>;

/** The order counts as it was stored when it was decided: of the letter the kind is what matters. */
function moved<Kind extends InfrastructureChange['kind']>(kind: Kind) {
  const sizes = z.record(z.string(), z.unknown());
  return z.looseObject({ kind: z.literal(kind), from: sizes, to: sizes });
}

const envelope = z.object({
  detail: z.object({
    decisionId: z.string(),
    fleet: z.string(),
    region: z.string(),
    resource: z.string(),
    lever: z.string(),
    change: z.unknown(),
    direction: z.enum(['grow', 'shrink', 'repair']),
    trigger: z.object({ kind: z.enum(TRIGGER_KINDS), id: z.string() }),
    decidedAt: z.number(),
    expiresAt: z.number(),
    monthlyCostDeltaUsd: z.nullable(z.number()),
    policyVersion: z.string(),
  }),
});

/**
 * An order as it comes from our event bus.
 *
 * @throws MalformedEventError: only our own code sends orders, so this is a defect and goes to the dead-letter queue.
 */
export function parseOrder<Kind extends ChangeKind>(kind: Kind, event: unknown): OrderOf<Kind> {
  const { detail } = parseEvent(envelope, 'an order', event);
  const change = parseEvent(changes[kind], `an order to ${kind}`, detail.change);
  const order: Order = { ...detail, change: change as Order['change'] };
  return order as OrderOf<Kind>;
}
