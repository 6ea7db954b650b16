import * as z from 'zod/mini';
import type { Order } from '../domain/order.ts';
import type { ChangeKind } from '../domain/change.ts';
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
    from: z.array(scheduledCapacity),
    to: z.array(scheduledCapacity),
  }),
} as const;

const envelope = z.object({
  detail: z.object({
    decisionId: z.string(),
    fleet: z.string(),
    region: z.string(),
    resource: z.string(),
    lever: z.string(),
    change: z.unknown(),
    direction: z.enum(['grow', 'shrink', 'repair']),
    trigger: z.object({ kind: z.enum(['tick', 'alarm', 'scaled-to-max', 'known-event', 'order']), id: z.string() }),
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
