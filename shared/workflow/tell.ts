import type { AuditEntry, Transition, Trigger } from '../domain/audit.ts';
import type { Change } from '../domain/change.ts';
import type { Decision } from '../domain/decision.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { explain, explainReasons } from '../domain/explain.ts';
import type { Reason } from '../domain/reason.ts';
import { type EpochMs, isoInstant, type UsdPerMonth } from '../domain/units.ts';

/** What every record of one occasion has in common. */
export interface Occasion {
  readonly fleet: string;
  readonly trigger: Trigger;
  readonly now: EpochMs;
  readonly codeVersion: string;
  readonly policyVersion: string;
}

interface Told {
  readonly resource: string;
  readonly transition: Transition;
  readonly lever: string | null;
  readonly decisionId: string;
  readonly monthlyCostDeltaUsd?: UsdPerMonth | null;
  readonly diagnosis?: Diagnosis;
}

/** A record of a decision, with all that is needed to replay it. */
export function entryOfDecision(
  occasion: Occasion,
  told: Told,
  decision: Decision,
  replay: AuditEntry['replay'],
): AuditEntry {
  const change =
    decision.kind === 'act' ? decision.change : decision.kind === 'hold' ? decision.instead?.change : undefined;
  return {
    ...base(occasion, told),
    reasons: decision.because,
    sentence: oneLine(explain(decision)),
    decision,
    replay,
    ...(told.diagnosis === undefined ? {} : { diagnosis: told.diagnosis }),
    before: change?.from,
    after: change?.to,
  };
}

/** A record of what became of a change, or of something that is no decision at all. */
export function entryOfReasons(
  occasion: Occasion,
  told: Told,
  reasons: readonly Reason[],
  change?: Change,
  sentence: string = explainReasons(reasons),
): AuditEntry {
  return {
    ...base(occasion, told),
    reasons,
    sentence: oneLine(sentence),
    decision: null,
    replay: null,
    before: change?.from,
    after: change?.to,
  };
}

/** Names come from people: whatever is in them, a sentence is one line, and reads in the direction in which it is written. */
function oneLine(sentence: string): string {
  return sentence.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').toWellFormed();
}

type Base = Omit<AuditEntry, 'reasons' | 'sentence' | 'decision' | 'replay' | 'before' | 'after'>;

function base({ fleet, trigger, now, codeVersion, policyVersion }: Occasion, told: Told): Base {
  const { resource, transition, lever, decisionId, monthlyCostDeltaUsd = null } = told;
  return {
    at: isoInstant(now),
    fleet,
    resource,
    transition,
    lever,
    decisionId,
    trigger,
    monthlyCostDeltaUsd,
    codeVersion,
    policyVersion,
  };
}
