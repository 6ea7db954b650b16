import { type ConnectionMath, connectionMath, exceededSides } from '../capacity/connections.ts';
import { formatInZone } from '../config/local-time.ts';
import type { FleetPolicy, Policy, ServicePolicy } from '../config/policy.ts';
import type { Trigger } from '../domain/audit.ts';
import { explain } from '../domain/explain.ts';
import type { KnownEvent } from '../domain/known-event.ts';
import type { RefusalReason } from '../domain/reason.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs, Tasks } from '../domain/units.ts';
import { evaluateFleet, type FleetEvaluation } from '../evaluation/evaluate-fleet.ts';
import type { KnownEventRequest } from '../events/known-event-request.ts';
import { planAt } from '../guards/connection-plan.ts';
import { floorSteps } from '../levers/floor-plan.ts';
import { eventCeiling } from '../levers/known-event.ts';
import { decisionIdOf } from './decision-id.ts';
import { resolveRequest } from './known-event-request.ts';
import { lookAtFleet, type LookReport } from './look.ts';
import type { LookDependencies } from './look-context.ts';
import { observe } from './observe.ts';
import { entryOfReasons, type Occasion } from './tell.ts';

/** What the person who announced an event is told. */
export type KnownEventAnswer =
  | { readonly status: 'refused'; readonly code: RefusalReason['code']; readonly message: string }
  | {
      readonly status: 'announced' | 'withdrawn' | 'dry-run';
      readonly fleet: string;
      readonly event: string;
      readonly services: readonly ServiceAnswer[];
      readonly connections: ConnectionAnswer;
    };

export interface ServiceAnswer {
  readonly service: string;
  /** What happens when, in local time. */
  readonly steps: readonly { readonly at: string; readonly minTasks: Tasks; readonly maxTasksAtLeast: Tasks | null }[];
  /** What the known-event lever decided about it now. */
  readonly decision: string;
}

export interface ConnectionAnswer {
  /** At the ceilings that the event brings with it. */
  readonly math: ConnectionMath;
  readonly verdict: string;
}

export interface HandledKnownEvent {
  readonly answer: KnownEventAnswer;
  /** The look that the request has led to; `null` for a refusal and a rehearsal. */
  readonly look: LookReport | null;
}

/** Announces, replaces or withdraws a known event, and answers with what will happen when. */
export async function handleKnownEvent(
  request: KnownEventRequest,
  requestId: string,
  policy: Policy,
  deps: LookDependencies,
): Promise<HandledKnownEvent> {
  const now = deps.clock.now();
  const trigger: Trigger = { kind: 'known-event', id: requestId };
  const announced = async (fleet: string): Promise<readonly KnownEvent[]> => (await deps.state.load(fleet)).events;
  const resolved = await resolveRequest(request, policy, announced, now);
  const occasion: Occasion = {
    fleet: resolved.fleet?.name ?? 'none',
    trigger,
    now,
    codeVersion: deps.codeVersion,
    policyVersion: policy.policyVersion,
  };
  if (resolved.kind === 'refused') {
    // A rehearsal leaves no trace, whatever it comes to.
    const isRehearsal = 'dryRun' in request && request.dryRun === true;
    if (!isRehearsal) await tellRefusal(occasion, resolved.because, deps);
    return { answer: { status: 'refused', ...resolved.because }, look: null };
  }

  const { fleet, event, kind, dryRun } = resolved;
  if (dryRun) {
    const { snapshot, evaluation } = await rehearse(fleet, event, kind, now, deps);
    return { answer: answer('dry-run', fleet, event, snapshot, evaluation, now), look: null };
  }
  // Told first: what cannot be written down does not happen either.
  await tellRequest(occasion, fleet, event, kind, deps);
  if (kind === 'announce') await deps.state.putEvent(fleet.name, event);
  else await deps.state.removeEvent(fleet.name, event.id);
  const look = await lookAtFleet(fleet, policy.policyVersion, trigger, deps);
  const status = kind === 'announce' ? 'announced' : 'withdrawn';
  return { answer: answer(status, fleet, event, look.snapshot, look.evaluation, now), look };
}

/** The same evaluation as for real, with nothing written. */
async function rehearse(
  fleet: FleetPolicy,
  event: KnownEvent,
  kind: 'announce' | 'withdraw',
  now: EpochMs,
  deps: LookDependencies,
): Promise<{ readonly snapshot: FleetSnapshot; readonly evaluation: FleetEvaluation }> {
  const state = await deps.state.load(fleet.name);
  const others = state.events.filter(({ id }) => id !== event.id);
  const events = kind === 'announce' ? [...others, event] : others;
  const snapshot = await observe(fleet, { ...state, events }, deps, now);
  return { snapshot, evaluation: evaluateFleet(snapshot, fleet, now) };
}

function answer(
  status: 'announced' | 'withdrawn' | 'dry-run',
  fleet: FleetPolicy,
  event: KnownEvent,
  snapshot: FleetSnapshot,
  { verdicts }: FleetEvaluation,
  now: EpochMs,
): KnownEventAnswer {
  const concerned = fleet.services.filter(({ name }) => event.floors[name] !== undefined);
  return {
    status,
    fleet: fleet.name,
    event: event.name,
    services: concerned.map((service) => {
      const verdict = verdicts.find(
        ({ proposal }) => proposal.lever === 'known-event' && proposal.service === service.name,
      );
      return {
        service: service.name,
        steps: stepsOf(service, fleet, snapshot.events, event.timeZone, now),
        decision: verdict === undefined ? 'the known-event lever is off' : explain(verdict.decision),
      };
    }),
    connections: connectionsDuring(fleet, snapshot, now),
  };
}

function stepsOf(
  service: ServicePolicy,
  fleet: FleetPolicy,
  events: readonly KnownEvent[],
  timeZone: string,
  now: EpochMs,
): ServiceAnswer['steps'] {
  const lever = fleet.levers['known-event'];
  return floorSteps(events, service, lever.leadSeconds)
    .filter(({ at }) => at > now)
    .map(({ at, floor, event }) => ({
      at: formatInZone(at, timeZone),
      minTasks: floor,
      maxTasksAtLeast: event === null ? null : eventCeiling(floor, { service, lever }),
    }));
}

/** The connection math with every service at the ceiling that events bring it to. */
function connectionsDuring(fleet: FleetPolicy, snapshot: FleetSnapshot, now: EpochMs): ConnectionAnswer {
  const lever = fleet.levers['known-event'];
  const ceilings = new Map(
    fleet.services.map((service) => {
      const scaling = snapshot.services[service.name]?.scaling;
      const present = scaling?.kind === 'seen' ? (scaling.value?.bounds.max ?? service.max) : service.max;
      const floors = floorSteps(snapshot.events, service, lever.leadSeconds)
        .filter(({ at, event }) => at > now || event !== null)
        .map(({ floor, event }) => (event === null ? 0 : eventCeiling(floor, { service, lever })));
      return [service.name, Math.max(present, ...floors)];
    }),
  );
  const math = connectionMath(planAt(fleet, (name, configuredMax) => ceilings.get(name) ?? configuredMax));
  return { math, verdict: verdictOn(math) };
}

function verdictOn(math: ConnectionMath): string {
  const sides = [
    math.client === null ? null : `${math.client.needed} of ${math.client.limit} client connections at the poolers`,
    math.server === null
      ? null
      : `${math.server.needed} of ${math.server.limit} usable database connections (max_connections ${math.server.maxConnections})`,
  ].filter((side) => side !== null);
  if (sides.length === 0) return 'no pooler and no database are configured: nothing to check';
  const exceeded = exceededSides(math).map(({ side, needed, limit }) => `${side} side needs ${needed}, has ${limit}`);
  return exceeded.length === 0
    ? `fits: at the ceilings ${sides.join(' and ')}`
    : `does not fit: ${exceeded.join(' and ')}; ceilings are held back to what fits`;
}

async function tellRefusal(occasion: Occasion, because: RefusalReason, deps: LookDependencies): Promise<void> {
  const resource = `fleet/${occasion.fleet}`;
  const decisionId = decisionIdOf('known-event', occasion.fleet, 'request', occasion.trigger.id, occasion.now);
  await deps.audit.append(
    entryOfReasons(occasion, { resource, transition: 'refused', lever: 'known-event', decisionId }, [because]),
  );
}

async function tellRequest(
  occasion: Occasion,
  fleet: FleetPolicy,
  event: KnownEvent,
  kind: 'announce' | 'withdraw',
  deps: LookDependencies,
): Promise<void> {
  const { name, from, to } = event;
  await deps.audit.append(
    entryOfReasons(
      occasion,
      {
        resource: `event/${fleet.name}/${event.id}`,
        transition: kind === 'announce' ? 'announced' : 'withdrawn',
        lever: 'known-event',
        decisionId: decisionIdOf('known-event', fleet.name, event.id, event, occasion.now),
      },
      [
        kind === 'announce'
          ? { code: 'event-announced', event: name, from, to }
          : { code: 'event-withdrawn', event: name },
      ],
    ),
  );
}
