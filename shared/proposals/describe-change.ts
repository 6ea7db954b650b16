import type { FleetPolicy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import type { ProposableChange } from '../domain/change.ts';
import { explainReason } from '../domain/explain.ts';
import type { ProposalReason } from '../domain/reason.ts';
import { type EpochMs, utcDay } from '../domain/units.ts';
import type { Check } from '../pull-requests/code-host.ts';
import type { Description, Step } from '../pull-requests/describe.ts';
import type { Subject } from '../pull-requests/identity.ts';
import { auditAddress, type AuditTable } from './audit-address.ts';
import { RECORDS_OF_CAUSE } from './cause-of-drift.ts';
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
  /** `null` where nobody but this process reaches it. */
  readonly auditTable: AuditTable | null;
  /** When the same was first proposed: names in the text stay what they were. */
  readonly proposedAt: EpochMs;
  readonly facts: SeenFacts;
  /** Where the decision says that the code is out of step: the one that made it so. `null` where it is out of reach. */
  readonly cause: AuditRecord | null;
  /** What the next apply of the code would take back. */
  readonly drift: readonly Extract<ProposalReason, { code: 'code-would-undo' }>[];
  /** Keys of the steps of the checklist that were seen to be done. */
  readonly done: ReadonlySet<string>;
  /** What others have attached, by key of the step that it shows. */
  readonly proofs: ReadonlyMap<string, Check>;
}

/** All that a reviewer is told of a change, from what was recorded with the decision and what is seen now. */
export function describeChange(change: ProposableChange, circumstances: Circumstances): Description {
  const { subject, policy, record, cause, decisionId, auditTable, proposedAt, facts, drift, done, proofs } =
    circumstances;
  const { risk, downtime, rollback, steps } = conductOf(change, utcDay(proposedAt).replaceAll('-', ''), policy, facts);
  return {
    subject,
    changes: valueChanges(change),
    evidence: [
      ...[...(record?.reasons ?? []), ...drift].map((reason) => sentenceOf(explainReason(reason))),
      ...(cause === null ? [] : [`It was changed live at ${minuteOf(cause)}: ${cause.sentence}.`]),
    ],
    ...plotOf(circumstances),
    connections: connectionsOfChange(change, policy),
    ...costsOf(change, policy, facts),
    risk,
    downtime,
    rollback,
    checklist: steps.map(({ key, step }) => stepOf(step, done.has(key), proofs.get(key))),
    audit: auditAddress(decisionId, record, { auditLink: policy.infrastructureCode?.auditLink, table: auditTable }),
  };
}

/** Of what was decided; where that is only that the code is out of step, of what led to the change itself. */
function plotOf({ subject, record, cause }: Circumstances): Pick<Description, 'plot' | 'withoutPlot'> {
  if (record === null) return { plot: null, withoutPlot: 'The decision is not in the audit table any more.' };
  const isDrift = record.reasons[0]?.code === 'code-out-of-step';
  if (isDrift && cause === null) {
    const withoutPlot = `The decision that changed this live is not among the last ${RECORDS_OF_CAUSE} records of it, so there is no plot of what led to it.`;
    return { plot: null, withoutPlot };
  }
  const plot = plotOfRecord(isDrift && cause !== null ? cause : record, lastPart(subject.resource));
  return plot === null
    ? { plot, withoutPlot: 'The decision rests on no metric over time that could be drawn.' }
    : { plot };
}

function minuteOf({ at }: AuditRecord): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

function stepOf(step: string, isDone: boolean, proof: Check | undefined): Step {
  return proof === undefined ? { step, isDone } : { step, isDone: true, proof };
}

function costsOf(
  change: ProposableChange,
  policy: FleetPolicy,
  facts: SeenFacts,
): Pick<Description, 'cost' | 'withoutCost'> {
  const cost = costOfChange(change, policy, facts);
  return cost === null ? { cost, withoutCost: WITHOUT_COST[change.kind] ?? PRICE_UNKNOWN } : { cost };
}

const PRICE_UNKNOWN = 'Not known: it cannot be priced from here.';
const WITHOUT_COST: Partial<Record<ProposableChange['kind'], string>> = {
  'tune-pgbouncer': 'None: it uses connections that the database has.',
  'set-own-pool-size': 'None: it uses connections that the database has.',
  'set-pod-ceiling': 'Not known: pods cost what the nodes under them cost.',
};

/** A word of the language. What has other characters in it names something, and names are written as they are. */
const PLAIN_WORD = /^\p{L}+(?=[,:;]?(?:\s|$))/u;

function sentenceOf(text: string): string {
  const word = PLAIN_WORD.exec(text)?.[0] ?? '';
  // Lower case within it: `maxReplicas` is a name, too.
  const isName = word !== word.toLowerCase();
  return word === '' || isName ? `${text}.` : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function lastPart(resource: string): string {
  return resource.split('/').at(-1) ?? resource;
}
