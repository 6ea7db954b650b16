import type { Change } from '../../../shared/domain/change.ts';
import type { Order } from '../../../shared/domain/order.ts';
import type { ChangeStatus } from '../../../shared/domain/snapshot.ts';
import type { StoredChange } from '../../../shared/ports.ts';
import { raiseTo } from './acts.ts';
import { CORE_API_RESOURCE } from './decisions.ts';
import { minutesAgo, NOW } from './time.ts';
import { aChange } from './world.ts';

/** Decided a minute ago, good for five. */
export function anOrder(change: Change = raiseTo(12).change, over: Partial<Order> = {}): Order {
  return {
    decisionId: 'ceiling/production/core-api/20261201T1229-0a1b2c3d',
    fleet: 'production',
    region: 'eu-central-1',
    resource: CORE_API_RESOURCE,
    lever: 'ceiling',
    change,
    direction: 'grow',
    trigger: { kind: 'tick', id: 'tick-1' },
    decidedAt: minutesAgo(1),
    expiresAt: NOW + 4 * 60_000,
    monthlyCostDeltaUsd: 82.9,
    policyVersion: '0a1b2c3d4e5f',
    ...over,
  };
}

/** The order with where it stands: applied ten minutes ago, except for what is said. */
export function aStoredChange(
  change: Change = raiseTo(12).change,
  status: Partial<ChangeStatus> = {},
  order: Partial<Order> = {},
): StoredChange {
  const sent = anOrder(change, order);
  return {
    resource: CORE_API_RESOURCE,
    order: sent,
    status: aChange({
      decisionId: sent.decisionId,
      changeKind: change.kind,
      status: 'applied',
      updatedAt: minutesAgo(10),
      ...status,
    }),
  };
}
