import { findPoolerAlarm } from '../alarms/pooler-alarms.ts';
import type { Policy } from '../config/policy.ts';
import type { AuditEntry, Trigger } from '../domain/audit.ts';
import { MINUTE } from '../domain/units.ts';
import type { ProbeRequest } from '../events/probe-request.ts';
import { POOLER_LEVERS } from '../levers/pooler-levers.ts';
import { poolerResourceOf } from '../levers/resources.ts';
import type { PoolerObserver } from '../ports.ts';
import { lookAtFleet, type LookReport } from './look.ts';
import type { LookDependencies } from './look-context.ts';
import { measurePoolers, type PoolerMeasurement } from './measure-poolers.ts';
import { movedPools } from './pools-in-step.ts';
import { isProbed, type ProbedPolicy } from './probed-fleets.ts';
import { tellVersions } from './tell-versions.ts';

export interface ProbeDependencies extends LookDependencies {
  readonly poolers: PoolerObserver;
}

export interface ProbedFleet {
  readonly look: LookReport;
  readonly measured: readonly PoolerMeasurement[];
  /** What was told besides the look. */
  readonly noticed: readonly AuditEntry[];
}

export interface ProbeReport {
  readonly probed: readonly ProbedFleet[];
  readonly failed: readonly { readonly fleet: string; readonly error: unknown }[];
  /** Fleets for which there was no time: the next probe begins with others. */
  readonly leftOut: readonly string[];
}

/** A probe mostly waits: so many fleets are looked at at once. */
const FLEETS_AT_ONCE = 5;
/** A probe takes a few seconds, and as many more for a console that does not answer. */
const LEAST_MILLIS_FOR_A_PROBE = 20_000;

/** Looks at the PgBouncers of every fleet that is asked for: a look of its own, for the levers that need to see them. */
export async function probe(
  request: ProbeRequest,
  policy: Policy,
  stage: string,
  remainingMillis: () => number,
  deps: ProbeDependencies,
): Promise<ProbeReport> {
  const fleets = startingAt(wantedBy(request, policy, stage), Math.floor(deps.clock.now() / 1000 / MINUTE));
  const trigger: Trigger = { kind: 'probe', id: request.id };
  const probed: ProbedFleet[] = [];
  const failed: { fleet: string; error: unknown }[] = [];
  for (let start = 0; start < fleets.length; start += FLEETS_AT_ONCE) {
    if (start > 0 && remainingMillis() < LEAST_MILLIS_FOR_A_PROBE) {
      return { probed, failed, leftOut: fleets.slice(start).map(({ name }) => name) };
    }
    const now = fleets.slice(start, start + FLEETS_AT_ONCE);
    const outcomes = await Promise.allSettled(now.map((fleet) => probeOne(fleet, policy, trigger, deps)));
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'fulfilled') probed.push(outcome.value);
      else failed.push({ fleet: now[index]?.name ?? '', error: outcome.reason });
    });
  }
  return { probed, failed, leftOut: [] };
}

function wantedBy(request: ProbeRequest, policy: Policy, stage: string): readonly ProbedPolicy[] {
  const probed = policy.fleets.filter(isProbed);
  if (request.kind === 'schedule') return probed;
  if (request.alarm.state !== 'ALARM') return [];
  const woken = findPoolerAlarm(policy, stage, request.alarm.alarmName)?.name;
  return probed.filter(({ name }) => name === woken);
}

async function probeOne(
  fleet: ProbedPolicy,
  { policyVersion }: Policy,
  trigger: Trigger,
  deps: ProbeDependencies,
): Promise<ProbedFleet> {
  const look = await lookAtFleet(fleet, policyVersion, trigger, { ...deps, findMoved: movedPools }, POOLER_LEVERS);
  const { pooler } = look.snapshot;
  if (pooler === null) return { look, measured: [], noticed: [] };
  const occasion = {
    fleet: fleet.name,
    trigger,
    now: deps.clock.now(),
    codeVersion: deps.codeVersion,
    policyVersion,
  };
  return {
    look,
    measured: measurePoolers(pooler, fleet.pooler.tasks),
    noticed: await tellVersions(occasion, poolerResourceOf(fleet.pooler), pooler, deps.audit),
  };
}

function startingAt<Item>(items: readonly Item[], turn: number): readonly Item[] {
  const first = items.length === 0 ? 0 : turn % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
