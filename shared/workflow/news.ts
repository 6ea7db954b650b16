import type { AuditRecord, Transition } from '../domain/audit.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { Decision } from '../domain/decision.ts';
import type { FleetMemory } from '../ports.ts';
import type { Verdict } from '../evaluation/evaluate-fleet.ts';

/** How a decision is told in the audit table. */
export function transitionOf(decision: Decision): Transition {
  switch (decision.kind) {
    case 'act':
      return 'decided';
    case 'hold':
      return decision.instead === undefined ? 'held' : 'blocked';
    case 'abstain':
      return 'abstained';
    default:
      return assertNever(decision);
  }
}

/**
 * Kind and reasons of a decision, without its numbers: a hold that differs only in numbers is no news. Of a lever that may
 * not act it counts what it would have done, since that is what it is read for.
 */
export function digestOf(decision: Decision): string {
  const codes = decision.because.map(codeOf).join(',');
  const isOnlySaid = decision.kind === 'hold' && WITHOUT_HANDS.has(decision.because[0].code);
  const instead = isOnlySaid ? `>${decision.instead?.because[0].code ?? ''}` : '';
  return `${transitionOf(decision)}:${codes}${instead}`;
}

/** Another bottleneck is another reason; those that come and go behind it are not. */
function codeOf(reason: Decision['because'][number]): string {
  return reason.code === 'bottleneck-elsewhere' ? `${reason.code}/${reason.bottlenecks[0].kind}` : reason.code;
}

const WITHOUT_HANDS: ReadonlySet<string> = new Set(['observe-only', 'propose-only']);

/** The verdicts that have not been told yet. An act always is news; a look that was not due never is. */
export function newsAmong(verdicts: readonly Verdict[], memory: FleetMemory): readonly Verdict[] {
  return verdicts.filter(({ proposal, decision }) => {
    if (decision.kind === 'act') return true;
    return !isNotDue(decision) && memory.told[proposal.resource]?.[proposal.lever] !== digestOf(decision);
  });
}

/** Slow metrics are asked for seldom: in between, what was said of them last still stands. */
function isNotDue({ because: [first] }: Decision): boolean {
  return first.code === 'not-due' || (first.code === 'blind' && first.because.code === 'not-asked');
}

/**
 * The newest decision of a lever in the audit table, if it tells the same: the memory may lag behind the table, after a
 * look that was cut off, or while two look at once.
 */
export function toldAlike(newestFirst: readonly AuditRecord[], lever: string, decision: Decision): AuditRecord | null {
  for (const record of newestFirst) {
    if (record.lever !== lever || record.decision === null) continue;
    return digestOf(record.decision) === digestOf(decision) ? record : null;
  }
  return null;
}

/**
 * What has been told once these verdicts are. What levers of other looks have told stays; resources and levers that are
 * gone are forgotten.
 *
 * @param others the names of their levers
 */
export function toldAfter(
  verdicts: readonly Verdict[],
  memory: FleetMemory,
  others: ReadonlySet<string>,
): FleetMemory['told'] {
  const told = toldByOthers(memory, others);
  for (const { proposal, decision } of verdicts) {
    const { resource, lever } = proposal;
    const digest = isNotDue(decision) ? memory.told[resource]?.[lever] : digestOf(decision);
    const levers = told[resource] ?? {};
    if (digest !== undefined) levers[lever] = digest;
    told[resource] = levers;
  }
  return told;
}

function toldByOthers({ told }: FleetMemory, others: ReadonlySet<string>): Record<string, Record<string, string>> {
  const kept: Record<string, Record<string, string>> = {};
  for (const [resource, levers] of Object.entries(told)) {
    const ofOthers = Object.entries(levers).filter(([lever]) => others.has(lever));
    if (ofOthers.length > 0) kept[resource] = Object.fromEntries(ofOthers);
  }
  return kept;
}
