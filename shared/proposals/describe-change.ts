import type { FleetPolicy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import type { ProposableChange } from '../domain/change.ts';
import { explainReason } from '../domain/explain.ts';
import type { ProposalReason } from '../domain/reason.ts';
import { type EpochMs, utcDay } from '../domain/units.ts';
import type { Description } from '../pull-requests/describe.ts';
import type { Subject } from '../pull-requests/identity.ts';
import { conductOf } from './conduct.ts';
import { connectionsOfChange } from './connections-of-change.ts';
import { costOfChange } from './cost-of-change.ts';
import { plotOfRecord } from './plot-of-record.ts';
import type { SeenFacts } from './seen-facts.ts';
import { valueChanges } from './value-changes.ts';

export interface Circumstances {
  readonly subject: Subject;
  readonly policy: FleetPolicy;
  /** The decision, as the audit table has it; `null` where it cannot be found. */
  readonly record: AuditRecord | null;
  readonly decisionId: string;
  /** When the same was first proposed: names in the text stay what they were. */
  readonly proposedAt: EpochMs;
  readonly facts: SeenFacts;
  /** What the next apply of the code would take back. */
  readonly drift: readonly Extract<ProposalReason, { code: 'code-would-undo' }>[];
  /** Keys of the steps of the checklist that were seen to be done. */
  readonly done: ReadonlySet<string>;
}

/** All that a reviewer is told of a change, from what was recorded with the decision and what is seen now. */
export function describeChange(change: ProposableChange, circumstances: Circumstances): Description {
  const { subject, policy, record, decisionId, proposedAt, facts, drift, done } = circumstances;
  const { risk, downtime, rollback, steps } = conductOf(change, utcDay(proposedAt).replaceAll('-', ''));
  return {
    subject,
    changes: valueChanges(change),
    evidence: [...(record?.reasons ?? []), ...drift].map((reason) => sentenceOf(explainReason(reason))),
    plot: record === null ? null : plotOfRecord(record, lastPart(subject.resource)),
    connections: connectionsOfChange(change, policy),
    cost: costOfChange(change, policy, facts),
    risk,
    downtime,
    rollback,
    checklist: steps.map(({ key, step }) => ({ step, isDone: done.has(key) })),
    audit: { decisionId, address: null },
  };
}

function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function lastPart(resource: string): string {
  return resource.split('/').at(-1) ?? resource;
}
