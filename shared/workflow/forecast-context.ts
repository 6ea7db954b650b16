import type { FleetPolicy, ServicePolicy } from '../config/policy.ts';
import type { AuditEntry, Trigger } from '../domain/audit.ts';
import type { AuditLog, Clock, ForecastBus, ForecastStore, MetricReader } from '../ports.ts';

/** What the forecast function needs of the world. */
export interface ForecastDependencies {
  readonly clock: Clock;
  readonly metrics: MetricReader;
  readonly audit: AuditLog;
  readonly forecasts: ForecastStore;
  readonly bus: ForecastBus;
  readonly codeVersion: string;
}

/** A service of which a forecast is wanted. */
export interface WantedForecast {
  readonly fleet: FleetPolicy;
  readonly service: ServicePolicy;
}

/** One invocation under way. */
export interface ForecastRun {
  readonly trigger: Trigger;
  readonly policyVersion: string;
  readonly deps: ForecastDependencies;
}

/** Numbers for CloudWatch, once a day for each service. */
export type ForecastMetric =
  | 'ForecastCoveragePercent'
  | 'ForecastPinballLossPercent'
  | 'RehearsedMissedPercent'
  | 'RehearsedFloorTaskHours'
  | 'RanTaskHours';

export interface ForecastMeasurement {
  readonly metric: ForecastMetric;
  readonly fleet: string;
  readonly value: number;
}

/** What came of one service. */
export interface ForecastOfService {
  readonly fleet: string;
  readonly service: string;
  readonly told: readonly AuditEntry[];
  readonly measured: readonly ForecastMeasurement[];
}
