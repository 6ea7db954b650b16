import type { FleetPolicy } from '../config/policy.ts';
import { metricKey, type MetricQuery } from '../domain/metric-query.ts';
import { NOT_ASKED, type Reading, type Series } from '../domain/reading.ts';
import type { FleetSnapshot, ServiceSnapshot } from '../domain/snapshot.ts';
import { earlier, type EpochMs, MINUTE, type Seconds } from '../domain/units.ts';
import { needsOf } from '../evaluation/needs.ts';
import type { CheapFacts, Need } from '../levers/lever.ts';
import { targetOf } from '../levers/resources.ts';
import type { CapacityReader, FleetState, MetricReader } from '../ports.ts';

/** An event that has just ended still explains why the minimum stands high: its step down takes a moment. */
const EVENT_MEMORY: Seconds = 20 * MINUTE;

/** Newest `AlreadyAtMaxCapacity` reports are asked for so many services at once. */
const PARALLEL_ACTIVITY_READS = 10;

/**
 * Builds the snapshot of a fleet in two steps: first what costs nothing (services, scalable targets, scheduled actions),
 * then, in one batch for all levers, only those metrics that this look needs.
 */
export async function observe(
  policy: FleetPolicy,
  state: FleetState,
  { capacity, metrics }: { readonly capacity: CapacityReader; readonly metrics: MetricReader },
  now: EpochMs,
): Promise<FleetSnapshot> {
  const targets = policy.services.map(targetOf);
  const [facts, scaling, scheduled] = await Promise.all([
    capacity.readServices(targets),
    capacity.readScaling(targets),
    capacity.readScheduled(targets),
  ]);
  const cheap: CheapFacts = {
    services: Object.fromEntries(
      policy.services.map(({ name }, index) => [
        name,
        { facts: facts[index] ?? NOT_ASKED, scaling: scaling[index] ?? NOT_ASKED },
      ]),
    ),
  };
  const needs = needsOf(cheap, policy, now);
  const [series, reports] = await Promise.all([readMetrics(needs, metrics, now), readReports(needs, policy, capacity)]);
  const slot = (wanted: Need['slot'], service: string | null): Reading<Series> =>
    series.get(slotKey(wanted, service)) ?? NOT_ASKED;

  return {
    fleet: policy.name,
    services: Object.fromEntries(
      policy.services.map(({ name }, index): [string, ServiceSnapshot] => [
        name,
        {
          facts: facts[index] ?? NOT_ASKED,
          scaling: scaling[index] ?? NOT_ASKED,
          scheduled: scheduled[index] ?? NOT_ASKED,
          cpu: slot('cpu', name),
          runningTasks: slot('runningTasks', name),
          wantedMoreThanMax: reports.get(name) ?? NOT_ASKED,
        },
      ]),
    ),
    database:
      policy.database === undefined
        ? null
        : { cpu: slot('databaseCpu', null), connections: slot('databaseConnections', null) },
    events: [...policy.calendar, ...state.events].filter(({ to }) => to > earlier(now, EVENT_MEMORY)),
    changes: Object.fromEntries(state.changes.map(({ resource, status }) => [resource, status])),
    pauses: state.pauses.filter(({ until }) => until > now),
  };
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
      slotKey(need.slot, 'service' in need ? need.service : null),
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
