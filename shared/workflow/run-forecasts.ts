import type { Policy } from '../config/policy.ts';
import { MalformedEventError } from '../domain/errors.ts';
import { explainUnseen } from '../domain/explain-unseen.ts';
import { NOT_ASKED } from '../domain/reading.ts';
import { type EpochMs, HOUR, MINUTE, secondsBetween, type Seconds } from '../domain/units.ts';
import type { ForecastRequest } from '../events/forecast-request.ts';
import { quoted } from '../events/parse.ts';
import type { ForecastTask } from '../ports.ts';
import type { ForecastDependencies, ForecastOfService, ForecastRun, WantedForecast } from './forecast-context.ts';
import { forecastOneService, type StoredForecasts } from './forecast-one-service.ts';
import { readHistories } from './read-histories.ts';

export interface ForecastReport {
  readonly done: readonly ForecastOfService[];
  /** Services that have a forecast which is not an hour old: this event came twice, or came again after a failure. */
  readonly fresh: readonly WantedForecast[];
  readonly handedOver: readonly ForecastTask[];
  readonly failed: readonly { readonly wanted: WantedForecast; readonly error: unknown }[];
}

/** So many services an invocation takes on; more are shared out at once. */
const SERVICES_PER_INVOCATION = 100;
/** Histories that are in memory together: as many as fill one call to CloudWatch with their requests by the minute. */
const SERVICES_AT_ONCE = 4;
/** Time kept for handing over and for the end of the invocation. */
const RESERVE_MILLIS = 5_000;
/** A forecast that is younger was made for the same hour. */
const FRESH: Seconds = 20 * MINUTE;

/**
 * Forecasts the services of all fleets whose predictive lever is not off, or those that are asked for.
 *
 * The schedule wakes one invocation, which shares the services out in lists of a hundred and takes the first itself. What
 * then does not fit into its time it hands over: the slowest group so far, times two, has to fit into the time that is left.
 * At least one group is done in every invocation, so that the work always ends. Every hour begins with other services, so
 * that one that outlasts its invocation, again and again, does not keep the same ones waiting.
 *
 * @throws MalformedEventError when a person asks for what there is not.
 */
export async function runForecasts(
  request: ForecastRequest,
  invocationId: string,
  policy: Policy,
  remainingMillis: () => number,
  deps: ForecastDependencies,
): Promise<ForecastReport> {
  const run: ForecastRun = {
    trigger: { kind: 'forecast', id: request.id ?? invocationId },
    policyVersion: policy.policyVersion,
    deps,
  };
  const wanted = wantedBy(request, policy, deps.clock.now());
  if (request.id === null && wanted.length === 0) throw new MalformedEventError(nothingWanted(request, policy));
  const mine = wanted.slice(0, SERVICES_PER_INVOCATION);
  const others = tasksOf(wanted.slice(SERVICES_PER_INVOCATION));
  if (others.length > 0) await deps.bus.handOverForecasts(others, `${wanted.length} services are too many for one`);

  const stored = await loadStored(mine, deps);
  const fresh = mine.filter((one) => request.id !== null && isFresh(stored.get(one), deps.clock.now()));
  const stale = mine.filter((one) => !fresh.includes(one));
  const done: ForecastOfService[] = [];
  const failed: { wanted: WantedForecast; error: unknown }[] = [];
  let slowestMillis = 0;
  for (const group of groupsOf(stale)) {
    const before = remainingMillis();
    if (done.length + failed.length > 0 && before < slowestMillis * 2 + RESERVE_MILLIS) {
      const left = tasksOf(stale.slice(done.length + failed.length));
      await deps.bus.handOverForecasts(left, `${Math.round(before)} ms left after ${done.length} services`);
      return { done, fresh, handedOver: [...others, ...left], failed };
    }
    await forecastGroup(run, group, stored, { done, failed });
    slowestMillis = Math.max(slowestMillis, before - remainingMillis());
  }
  return { done, fresh, handedOver: others, failed };
}

function wantedBy({ fleet, services }: ForecastRequest, policy: Policy, now: EpochMs): readonly WantedForecast[] {
  const all = policy.fleets
    .filter(({ name, levers }) => (fleet === null || name === fleet) && levers.predictive.mode !== 'off')
    .flatMap((one) => one.services.map((service) => ({ fleet: one, service })));
  if (services !== 'all') return all.filter(({ service }) => services.includes(service.name));
  const hour = Math.floor(now / 1000 / HOUR);
  const first = all.length === 0 ? 0 : (hour * SERVICES_AT_ONCE) % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** A person mistypes; what an older deployment has handed over may be gone by now. */
function nothingWanted({ fleet, services }: ForecastRequest, { fleets }: Policy): string {
  const known = fleets
    .filter(({ levers }) => levers.predictive.mode !== 'off')
    .map(({ name, services: all }) => `${name} (${all.map((service) => service.name).join(', ')})`);
  return `nothing to forecast: ${quoted({ fleet, services })}; fleets with a predictive lever: ${known.join('; ') || 'none'}`;
}

/** Lists of services of one fleet, none too long. */
function tasksOf(wanted: readonly WantedForecast[]): readonly ForecastTask[] {
  return [...Map.groupBy(wanted, ({ fleet }) => fleet.name)].flatMap(([fleet, ones]) => {
    const names = ones.map(({ service }) => service.name);
    return Array.from({ length: Math.ceil(names.length / SERVICES_PER_INVOCATION) }, (_, list) => ({
      fleet,
      services: names.slice(list * SERVICES_PER_INVOCATION, (list + 1) * SERVICES_PER_INVOCATION),
    }));
  });
}

/** Neighbours of one fleet, a few at a time. */
function groupsOf(wanted: readonly WantedForecast[]): readonly (readonly WantedForecast[])[] {
  const groups: WantedForecast[][] = [];
  for (const one of wanted) {
    const open = groups.at(-1);
    if (open !== undefined && open.length < SERVICES_AT_ONCE && open[0]?.fleet === one.fleet) open.push(one);
    else groups.push([one]);
  }
  return groups;
}

type Stored = ReadonlyMap<WantedForecast, StoredForecasts>;

async function loadStored(wanted: readonly WantedForecast[], { forecasts }: ForecastDependencies): Promise<Stored> {
  const stored = new Map<WantedForecast, StoredForecasts>();
  for (const [fleet, ones] of Map.groupBy(wanted, (one) => one.fleet.name)) {
    const names = ones.map(({ service }) => service.name);
    const [present, past] = await Promise.all([forecasts.load(fleet, names), forecasts.loadPast(fleet, names)]);
    for (const [index, one] of ones.entries()) {
      stored.set(one, { present: present[index] ?? NOT_ASKED, past: past[index] ?? NOT_ASKED });
    }
  }
  return stored;
}

function isFresh(stored: StoredForecasts | undefined, now: EpochMs): boolean {
  return stored?.present.kind === 'seen' && secondsBetween(stored.present.at, now) < FRESH;
}

const NOTHING_STORED: StoredForecasts = { present: NOT_ASKED, past: NOT_ASKED };

async function forecastGroup(
  run: ForecastRun,
  group: readonly WantedForecast[],
  stored: Stored,
  { done, failed }: { readonly done: ForecastOfService[]; readonly failed: ForecastReport['failed'][number][] },
): Promise<void> {
  const { metrics, clock } = run.deps;
  const [first] = group;
  if (first === undefined) return;
  const { historyDays } = first.fleet.levers.predictive;
  const services = group.map(({ service }) => service);
  // One call for all of them: whatever it throws is the trouble of each.
  const histories = await readHistories(services, historyDays, metrics, clock.now()).catch((error: unknown) => ({
    error,
  }));
  for (const [index, wanted] of group.entries()) {
    try {
      if ('error' in histories) throw histories.error;
      const history = histories[index];
      if (history?.kind !== 'seen') throw new Error(`no history: ${explainUnseen((history ?? NOT_ASKED).because)}`);
      done.push(await forecastOneService(run, wanted, history.value, stored.get(wanted) ?? NOTHING_STORED));
    } catch (error) {
      // One service in trouble keeps no other from its forecast; the caller reports it when all are done.
      failed.push({ wanted, error });
    }
  }
}
