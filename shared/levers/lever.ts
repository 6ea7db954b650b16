import type { FleetPolicy, LeverName } from '../config/policy.ts';
import type { Decision } from '../domain/decision.ts';
import type { InfrastructureFacts } from '../domain/infrastructure.ts';
import type { MetricQuery } from '../domain/metric-query.ts';
import type { Tuning } from '../domain/pooler.ts';
import type { DatabaseSign, ServiceFacts, ServiceSnapshot, FleetSnapshot } from '../domain/snapshot.ts';
import type { ScalingSetup } from '../domain/capacity.ts';
import type { Reading } from '../domain/reading.ts';
import type { ServiceForecast } from '../domain/service-forecast.ts';
import type { EpochMs } from '../domain/units.ts';

/**
 * A scaling lever: a pure function from what is seen and what is wanted to a decision, and the list of what it needs to
 * see. No I/O, no clock, no chance.
 *
 * `Input` is the slice of the snapshot that the decision rests on, `Settings` the slice of the policy. Both are stored
 * with the decision, so that it can be replayed years later.
 */
export interface LeverDefinition<Input, Settings, Name extends string = LeverName> {
  readonly name: Name;
  /**
   * Which look it is part of: the regular one, that of the probe, which alone sees the admin
   * console of PgBouncer, or the seldom one at the infrastructure.
   */
  readonly look?: LookKind;
  /** What a person reads first: one sentence. */
  readonly purpose: string;
  /** Metrics and activities that this look needs, judged by what costs nothing to ask. */
  readonly needs: (facts: CheapFacts, policy: FleetPolicy, now: EpochMs) => Needs;
  /** One case for each resource that the lever looks after. */
  readonly cases: (snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs) => readonly Case<Input, Settings>[];
  readonly evaluate: (input: Input, settings: Settings, now: EpochMs) => Decision;
}

export interface Case<Input, Settings> {
  readonly resource: string;
  /** `null` where the resource is no service: the database, the pooler, the cache. */
  readonly service: string | null;
  readonly input: Input;
  readonly settings: Settings;
}

/** What the free calls of AWS told: enough to know which metrics are worth their price at this look. */
export interface CheapFacts {
  readonly services: Readonly<Record<string, CheapServiceFacts>>;
  /** Only in the look at it. */
  readonly infrastructure?: InfrastructureFacts;
  /** What changes of pool sizes have left behind; `null` where there were none. */
  readonly tuning?: Tuning | null;
}

export interface CheapServiceFacts {
  readonly facts: Reading<ServiceFacts>;
  readonly scaling: Reading<ScalingSetup | null>;
  readonly forecast: Reading<ServiceForecast>;
}

/** The last three make the load of a service, in one of two ways. */
type ServiceSlot = 'cpu' | 'runningTasks' | 'requests' | 'busyCpu' | 'busyTasks';

/** Which slot of the snapshot a metric fills. */
export type Need =
  | { readonly slot: ServiceSlot; readonly service: string; readonly query: MetricQuery }
  | { readonly slot: 'watchedRequests'; readonly service: string; readonly query: MetricQuery }
  | { readonly slot: 'watchedErrors'; readonly service: string; readonly query: MetricQuery }
  | { readonly slot: 'databaseCpu' | 'databaseConnections' | 'poolerPeak'; readonly query: MetricQuery }
  | { readonly slot: 'databaseSign'; readonly metric: DatabaseSign; readonly query: MetricQuery }
  /** `metric` names it in the snapshot: `database/freeable-memory`. */
  | { readonly slot: 'infrastructure'; readonly metric: string; readonly query: MetricQuery }
  | { readonly slot: 'wantedMoreThanMax'; readonly service: string; readonly since: EpochMs };

export type Needs = readonly Need[];

/** A lever's wish for one resource, with all that is needed to replay it. */
export interface Proposal<Name extends string = LeverName> {
  readonly lever: Name;
  readonly resource: string;
  readonly service: string | null;
  readonly input: unknown;
  readonly settings: unknown;
  /** What the lever said. */
  readonly wanted: Decision;
}

/** What a look is made for. */
export type LookKind = 'fleet' | 'pooler' | 'infrastructure';

/** The levers of one kind of look. */
export interface LeverSet {
  readonly look: LookKind;
  readonly levers: readonly Lever[];
}

/** A lever with its own types closed over: what the registry holds. */
export interface Lever<Name extends string = LeverName> {
  readonly name: Name;
  readonly look: LookKind;
  readonly purpose: string;
  readonly needs: LeverDefinition<unknown, unknown>['needs'];
  readonly propose: (snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs) => readonly Proposal<Name>[];
  /** Evaluates recorded arguments again. */
  readonly replay: (input: unknown, settings: unknown, now: EpochMs) => Decision;
}

/** A name of its own is for a lever that has no settings in `fulcrum.yml` yet; the registry takes only those that have. */
export function defineLever<Input, Settings, Name extends string = LeverName>(
  definition: LeverDefinition<Input, Settings, Name>,
): Lever<Name> {
  const { name, look = 'fleet', purpose, needs, cases, evaluate } = definition;
  return {
    name,
    look,
    purpose,
    needs,
    propose: (snapshot, policy, now) =>
      cases(snapshot, policy, now).map(({ resource, service, input, settings }) => ({
        lever: name,
        resource,
        service,
        input,
        settings,
        wanted: evaluate(input, settings, now),
      })),
    // The record was written by this lever, and its schema version says so: the arguments have the lever's types.
    replay: (input, settings, now) => evaluate(input as Input, settings as Settings, now),
  };
}

/** @throws Error when the snapshot was built for another policy. */
export function serviceOf(snapshot: FleetSnapshot, name: string): ServiceSnapshot {
  const service = snapshot.services[name];
  if (service === undefined) throw new Error(`the snapshot of ${snapshot.fleet} lacks the service ${name}`);
  return service;
}
