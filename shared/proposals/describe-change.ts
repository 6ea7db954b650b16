import type { FleetPolicy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import type { ProposableChange } from '../domain/change.ts';
import { explainReason } from '../domain/explain.ts';
import type { ProposalReason } from '../domain/reason.ts';
import { type EpochMs, utcDay } from '../domain/units.ts';
import type { Check } from '../pull-requests/code-host.ts';
import type { Description, Step } from '../pull-requests/describe.ts';
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
  /** What others have attached, by key of the step that it shows. */
  readonly proofs: ReadonlyMap<string, Check>;
}

/** All that a reviewer is told of a change, from what was recorded with the decision and what is seen now. */
export function describeChange(change: ProposableChange, circumstances: Circumstances): Description {
  const { subject, policy, record, decisionId, proposedAt, facts, drift, done, proofs } = circumstances;
  const { risk, downtime, rollback, steps } = conductOf(change, utcDay(proposedAt).replaceAll('-', ''), policy);
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
    checklist: steps.map(({ key, step }) => stepOf(step, done.has(key), proofs.get(key))),
    audit: { decisionId, address: null },
  };
}

function stepOf(step: string, isDone: boolean, proof: Check | undefined): Step {
  return proof === undefined ? { step, isDone } : { step, isDone: true, proof };
}

function sentenceOf(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function lastPart(resource: string): string {
  return resource.split('/').at(-1) ?? resource;
}
