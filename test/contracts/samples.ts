import type { ScalableTargetId } from '../../shared/domain/capacity.ts';
import type { AuditEntry } from '../../shared/domain/audit.ts';
import type { KnownEvent } from '../../shared/domain/known-event.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { ChangeStatus, Pause } from '../../shared/domain/snapshot.ts';
import { type EpochMs, instant, later } from '../../shared/domain/units.ts';
import type { StoredChange } from '../../shared/ports.ts';

export const NOON: EpochMs = instant('2026-12-01T12:00:00Z');

export const CORE_API: ScalableTargetId = { cluster: 'production', service: 'core-api' };
export const WORKER: ScalableTargetId = { cluster: 'production', service: 'worker' };

export function anEntry(over: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: '2026-12-01T12:00:00.000Z',
    fleet: 'production',
    resource: 'service/production/core-api',
    transition: 'decided',
    lever: 'ceiling',
    decisionId: 'ceiling/core-api/1',
    trigger: { kind: 'tick', id: 'tick-1' },
    reasons: [{ code: 'below-max', desired: 4, max: 10 }],
    sentence: 'set capacity bounds 2–10 → 2–15 tasks',
    decision: null,
    replay: null,
    before: { min: 2, max: 10 },
    after: { min: 2, max: 15 },
    monthlyCostDeltaUsd: 12.5,
    codeVersion: 'abc1234',
    policyVersion: 'def5678',
    ...over,
  };
}

export function anOrder(over: Partial<Order> = {}): Order {
  return {
    decisionId: 'ceiling/core-api/1',
    fleet: 'production',
    region: 'eu-central-1',
    resource: 'service/production/core-api',
    lever: 'ceiling',
    change: { kind: 'set-capacity-bounds', target: CORE_API, from: { min: 2, max: 10 }, to: { min: 2, max: 15 } },
    direction: 'grow',
    trigger: { kind: 'tick', id: 'tick-1' },
    decidedAt: NOON,
    expiresAt: later(NOON, 600),
    monthlyCostDeltaUsd: 12.5,
    policyVersion: 'def5678',
    ...over,
  };
}

export function aChange(status: Partial<ChangeStatus> = {}, order: Partial<Order> = {}): StoredChange {
  const ordered = anOrder({ ...(status.decisionId === undefined ? {} : { decisionId: status.decisionId }), ...order });
  return {
    resource: ordered.resource,
    order: ordered,
    status: {
      decisionId: ordered.decisionId,
      lever: ordered.lever,
      changeKind: ordered.change.kind,
      direction: ordered.direction,
      status: 'ordered',
      orderedAt: NOON,
      updatedAt: NOON,
      failures: 0,
      lastApplied: { grow: later(NOON, -3600) },
      ...status,
    },
  };
}

export function anEvent(over: Partial<KnownEvent> = {}): KnownEvent {
  return {
    id: 'tax-deadline',
    name: 'Tax deadline',
    from: later(NOON, 3600),
    to: later(NOON, 7200),
    timeZone: 'Europe/Berlin',
    floors: { 'core-api': 8 },
    source: 'manual',
    ...over,
  };
}

export function aPause(over: Partial<Pause> = {}): Pause {
  return { scope: { service: 'core-api' }, until: later(NOON, 3600), note: 'migration', ...over };
}
