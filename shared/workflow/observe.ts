import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import { metricKey, type MetricQuery } from '../domain/metric-query.ts';
import { NOT_ASKED, type Reading, type Series } from '../domain/reading.ts';
import type { PoolerSnapshot, Tuning } from '../domain/pooler.ts';
import type { InfrastructureFacts } from '../domain/infrastructure.ts';
import {
  type DatabaseLimits,
  type FleetSnapshot,
  isInFlight,
  type ServiceSnapshot,
  type StandingProposal,
} from '../domain/snapshot.ts';
import { earlier, type EpochMs, MINUTE, type Seconds } from '../domain/units.ts';
import { isWatched } from '../levers/predictive-watch.ts';
import type { ServiceForecast } from '../domain/service-forecast.ts';
import { diagnosisNeeds, needsOf } from '../evaluation/needs.ts';
import { loadFromCpu, loadFromRequests } from '../levers/load-series.ts';
import { FLEET_LEVERS } from '../levers/fleet-levers.ts';
import type { CheapFacts, LeverSet, LookKind, Need } from '../levers/lever.ts';
import { databaseSeen } from './observe-database.ts';
import { observeInfrastructure } from './observe-infrastructure.ts';
import { poolerResourceOf, targetOf } from '../levers/resources.ts';
import type { CapacityReader, FleetState, MetricReader } from '../ports.ts';
import type { LookDependencies } from './look-context.ts';

/** An event that has just ended still explains why the minimum stands high: its step down takes a moment. */
const EVENT_MEMORY: Seconds = 20 * MINUTE;

/** Newest `AlreadyAtMaxCapacity` reports are asked for so many services at once. */
const PARALLEL_ACTIVITY_READS = 10;

/**
 * Builds the snapshot of a fleet in steps: first what costs nothing (services, scalable targets, scheduled actions), then, in
 * one batch for all levers, only those metrics that this look needs; and the database where a lever that has seen them wants to
 * bring it more work.
 */
export async function observe(
  policy: FleetPolicy,
  state: FleetState,
  deps: Omit<LookDependencies, 'clock' | 'audit' | 'state' | 'bus' | 'codeVersion'>,
  now: EpochMs,
  levers: LeverSet = FLEET_LEVERS,
): Promise<FleetSnapshot> {
  const { capacity, metrics } = deps;
  const targets = policy.services.map(targetOf);
  const [facts, scaling, scheduled, forecasts, infrastructure] = await Promise.all([
    capacity.readServices(targets),
    capacity.readScaling(targets),
    capacity.readScheduled(targets),
    readForecasts(policy, deps, levers.look, now),
    observeInfrastructure(policy, deps),
  ]);
  const cheap: CheapFacts = {
    services: Object.fromEntries(
      policy.services.map(({ name }, index) => [
        name,
        {
          facts: facts[index] ?? NOT_ASKED,
          scaling: scaling[index] ?? NOT_ASKED,
          forecast: forecasts[index] ?? NOT_ASKED,
        },
      ]),
    ),
    ...(infrastructure === null ? {} : { infrastructure }),
    tuning: tuningOf(policy, state),
  };
  const needs = needsOf(cheap, policy, now, levers);
  const [series, reports] = await Promise.all([readMetrics(needs, metrics, now), readReports(needs, policy, capacity)]);
  const slot = (wanted: Need['slot'], service: string | null): Reading<Series> =>
    series.get(slotKey(wanted, service)) ?? NOT_ASKED;

  const limits = limitsOf(policy, infrastructure, deps) ?? state.memory.databaseLimits ?? null;
  const databaseBy = (asked: readonly Need[], read: typeof series): FleetSnapshot['database'] =>
    databaseSeen(policy, asked, (wanted, metric) => read.get(slotKey(wanted, metric)) ?? NOT_ASKED, limits);

  const events = [...policy.calendar, ...state.events].filter(({ to }) => to > earlier(now, EVENT_MEMORY));
  const snapshot: FleetSnapshot = {
    fleet: policy.name,
    services: Object.fromEntries(
      policy.services.map((service, index): [string, ServiceSnapshot] => [
        service.name,
        {
          facts: facts[index] ?? NOT_ASKED,
          scaling: scaling[index] ?? NOT_ASKED,
          scheduled: scheduled[index] ?? NOT_ASKED,
          cpu: slot('cpu', service.name),
          runningTasks: slot('runningTasks', service.name),
          wantedMoreThanMax: reports.get(service.name) ?? NOT_ASKED,
          forecast: forecasts[index] ?? NOT_ASKED,
          load: loadOf(service, slot),
        },
      ]),
    ),
    database: databaseBy(needs, series),
    infrastructure:
      infrastructure === null
        ? null
        : {
            ...infrastructure,
            metrics: infrastructureMetrics(needs, series),
            quietWindow: deps.quietWindow?.(policy, forecasts, now, events) ?? null,
          },
    pooler: await observePooler(policy, state, deps, {
      peakActive: slot('poolerPeak', null),
      services: watchedServices(needs, slot),
    }),
    events,
    changes: Object.fromEntries(state.changes.map(({ resource, status }) => [resource, status])),
    pauses: state.pauses.filter(({ until }) => until > now),
    proposals: standingProposals(state.changes),
  };
  const more = diagnosisNeeds(snapshot, policy, now, levers);
  return more.length === 0
    ? snapshot
    : { ...snapshot, database: databaseBy(more, await readMetrics(more, metrics, now)) };
}

/** Only the look at the infrastructure sees them; `null` in the others. */
function limitsOf(
  { database }: FleetPolicy,
  infrastructure: InfrastructureFacts | null,
  { databaseLimits }: Pick<LookDependencies, 'databaseLimits'>,
): DatabaseLimits | null {
  const facts = infrastructure?.database;
  return database === undefined || facts?.kind !== 'seen'
    ? null
    : (databaseLimits?.(database.identifier, facts.value) ?? null);
}

/** Nobody asks for forecasts where no lever reads them. */
async function readForecasts(
  policy: FleetPolicy,
  { forecasts }: Pick<LookDependencies, 'forecasts'>,
  look: LookKind,
  now: EpochMs,
): Promise<readonly Reading<ServiceForecast>[]> {
  const isRead = look === 'infrastructure' ? policy.levers.predictive.mode !== 'off' : isWatched(policy, now);
  if (look === 'pooler' || !isRead) return [];
  return forecasts.load(
    policy.name,
    policy.services.map(({ name }) => name),
  );
}

function loadOf(
  { name, targetTracking }: ServicePolicy,
  slot: (wanted: Need['slot'], service: string) => Reading<Series>,
): Reading<Series> {
  const requests = slot('requests', name);
  const isAsked = requests.kind === 'seen' || requests.because.code !== 'not-asked';
  return isAsked
    ? loadFromRequests(requests)
    : loadFromCpu(slot('busyCpu', name), slot('busyTasks', name), targetTracking.metricResolution);
}

function standingProposals(changes: FleetState['changes']): FleetSnapshot['proposals'] {
  return Object.fromEntries(
    changes.flatMap(({ resource, status, order: { change, decisionId } }): [string, StandingProposal][] => {
      if (change.kind !== 'tend-proposal') return [];
      const { proposes, lastNeededAt } = change.to;
      const kind = isInFlight(status) ? 'in-hand' : 'tended';
      return [[resource, { kind, decisionId, proposes, lastNeededAt, tendedAt: status.updatedAt }]];
    }),
  );
}

function infrastructureMetrics(
  needs: readonly Need[],
  series: ReadonlyMap<string, Reading<Series>>,
): Readonly<Record<string, Reading<Series>>> {
  const asked = needs.filter((need) => need.slot === 'infrastructure');
  return Object.fromEntries(asked.map(({ slot, metric }) => [metric, series.get(slotKey(slot, metric)) ?? NOT_ASKED]));
}

async function observePooler(
  policy: FleetPolicy,
  state: FleetState,
  { poolers }: Pick<LookDependencies, 'poolers'>,
  asked: Pick<PoolerSnapshot, 'peakActive' | 'services'>,
): Promise<PoolerSnapshot | null> {
  const { name, pooler } = policy;
  if (pooler === undefined) return null;
  const { intended = null, intendedAt = null, effect = null, growths = [] } = tuningOf(policy, state) ?? {};
  const [seenNow, durable] = await Promise.all([
    poolers?.observe(name) ?? { instances: NOT_ASKED, maxConnections: NOT_ASKED },
    // What has never been tuned is nothing that a restart could lose.
    intended === null ? null : (poolers?.readDurable(name) ?? null),
  ]);
  return { ...seenNow, ...asked, intended, intendedAt, effect, growths, durable };
}

function tuningOf({ pooler }: FleetPolicy, { changes }: FleetState): Tuning | null {
  if (pooler === undefined) return null;
  return changes.find(({ resource }) => resource === poolerResourceOf(pooler))?.status.tuning ?? null;
}

function watchedServices(
  needs: readonly Need[],
  slot: (wanted: Need['slot'], service: string) => Reading<Series>,
): NonNullable<PoolerSnapshot['services']> {
  const watched = needs.filter((need) => need.slot === 'watchedRequests');
  return Object.fromEntries(
    watched.map(({ service }) => [
      service,
      { requests: slot('watchedRequests', service), serverErrors: slot('watchedErrors', service) },
    ]),
  );
}

function slotKey(slot: Need['slot'], service: string | null): string {
  return `${slot}/${service ?? ''}`;
}

async function readMetrics(
  needs: readonly Need[],
  metrics: MetricReader,
  now: EpochMs,
): Promise<ReadonlyMap<string, Reading<Series>>> {
  const asked = needs.filter((need) => 'query' in need);
  const queries = new Map<string, MetricQuery>(asked.map(({ query }) => [metricKey(query), query]));
  if (queries.size === 0) return new Map();
  const keys = [...queries.keys()];
  const answers = await metrics.read([...queries.values()], now);
  const byKey = new Map(keys.map((key, index) => [key, answers[index] ?? NOT_ASKED]));
  return new Map(
    asked.map((need) => [
      slotKey(need.slot, 'service' in need ? need.service : 'metric' in need ? need.metric : null),
      byKey.get(metricKey(need.query)) ?? NOT_ASKED,
    ]),
  );
}

async function readReports(
  needs: readonly Need[],
  policy: FleetPolicy,
  capacity: CapacityReader,
): Promise<ReadonlyMap<string, Reading<EpochMs | null>>> {
  const asked = needs.filter((need) => need.slot === 'wantedMoreThanMax');
  const services = new Map(policy.services.map((service) => [service.name, service]));
  const reports = new Map<string, Reading<EpochMs | null>>();
  for (let start = 0; start < asked.length; start += PARALLEL_ACTIVITY_READS) {
    await Promise.all(
      asked.slice(start, start + PARALLEL_ACTIVITY_READS).map(async ({ service, since }) => {
        const found = services.get(service);
        if (found !== undefined) reports.set(service, await capacity.readWantedMoreThanMax(targetOf(found), since));
      }),
    );
  }
  return reports;
}
