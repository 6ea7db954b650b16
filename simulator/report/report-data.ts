import type { AuditRecord } from '../../shared/domain/audit.ts';
import type { Connections, EpochMs, Percent, Seconds, Tasks } from '../../shared/domain/units.ts';

/** One value for every plotting step from the start of the period; `null` where nothing was measured. */
export type Series = readonly (number | null)[];

/**
 * All that the page of a simulated period shows. Pure data: it survives JSON unchanged.
 * Every series holds `ceil((period.end - period.start) / stepSeconds)` values.
 */
export interface ReportData {
  readonly title: string;
  readonly subtitle: string;
  readonly period: Span;
  /** IANA name; all times of the page are written in it. */
  readonly timeZone: string;
  /** Length of one plotting step, see `plottingStepSeconds`. */
  readonly stepSeconds: Seconds;
  readonly fleet: { readonly name: string; readonly description: string };
  readonly simulation: SimulationFacts;
  readonly services: readonly ServiceReport[];
  readonly database: DatabaseReport | null;
  readonly pooler: PoolerReport | null;
  readonly knownEvents: readonly NamedSpan[];
  readonly freezeWindows: readonly NamedSpan[];
  readonly pulls: readonly LeverPull[];
  /** Where the prices come from and what they hold for. */
  readonly priceBasis: string;
  /** What running Fulcrum itself took; `null` where it was not counted. */
  readonly running: RunningCost | null;
  /** What was proposed in infrastructure code, oldest first. */
  readonly proposals: readonly ProposalReport[];
  readonly records: readonly ReportRecord[];
}

export interface ProposalReport {
  /** Number of the pull request. */
  readonly id: string;
  readonly branch: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly openedAt: EpochMs;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Against the base branch, as git prints it; empty where the branch is gone. */
  readonly diff: string;
}

export interface Span {
  readonly start: EpochMs;
  readonly end: EpochMs;
}

export interface NamedSpan extends Span {
  readonly name: string;
}

interface SimulationFacts {
  readonly traceName: string;
  readonly seed: number | null;
  readonly startupSeconds: Seconds;
  /** Step of the plant, not of the plots. */
  readonly plantStepSeconds: Seconds;
  /** Anything else that a reader needs to judge the result, one sentence each. */
  readonly notes: readonly string[];
}

export interface ServiceReport {
  readonly name: string;
  /** As in the audit records: `service/production/core-api`. */
  readonly resource: string;
  /** `1 vCPU, 2 GiB`. */
  readonly taskSize: string;
  /** Requests a second that one task serves at 100 % CPU. */
  readonly taskCapacityPerSecond: number;
  readonly targetCpuPercent: Percent;
  readonly hardLimit: Tasks;
  readonly loadPerSecond: Series;
  /** Capacity bounds under Fulcrum. */
  readonly min: Series;
  readonly max: Series;
  readonly fulcrum: PolicyRun;
  readonly baseline: PolicyRun;
}

/** What one policy made of the load of one service. */
export interface PolicyRun {
  readonly wanted: Series;
  readonly ready: Series;
  readonly cpuPercent: Series;
  /** Load met by a service above 90 % utilization, in requests a second; includes what was lost. */
  readonly missedPerSecond: Series;
  readonly lostPerSecond: Series;
  readonly figures: Figures;
}

/** Totals over the period, counted on the steps of the plant. The fleet's are the sums over its services. */
export interface Figures {
  readonly requests: number;
  /** Requests that met a service above 90 % utilization; includes the lost ones. */
  readonly missedRequests: number;
  readonly lostRequests: number;
  readonly taskHours: number;
  readonly costUsd: number;
  /** How often the number of wanted tasks changed. */
  readonly capacityChanges: number;
  readonly minutesAboveTarget: number;
}

export interface DatabaseReport {
  readonly name: string;
  readonly resource: string;
  readonly description: string;
  readonly cpuPercent: Series;
  readonly connections: Series;
  readonly maxConnections: Connections;
}

export interface PoolerReport {
  readonly name: string;
  readonly resource: string;
  readonly description: string;
  readonly serverConnections: Series;
  /** Server connections that all pools may open together, as configured. */
  readonly serverConnectionLimit: Connections;
  /** Where the queue in front of the pools is simulated. */
  readonly queue: PoolerQueue | null;
}

export interface PoolerQueue {
  /** Server connections that all pools may open together, as they were tuned. */
  readonly limit: Series;
  /** What that would be after a restart. */
  readonly startLimit: Series;
  readonly clientsWaiting: Series;
  /** Under target tracking alone. */
  readonly clientsWaitingBaseline: Series;
}

export type PullStatus = 'applied' | 'skipped' | 'failed' | 'held' | 'open';

/** A change that a lever wanted, and what became of it. */
export interface LeverPull {
  readonly at: EpochMs;
  /** The instants at which a change that was scheduled takes effect; empty where it acts at once. */
  readonly effectiveAt: readonly EpochMs[];
  /** The `resource` of a service, the database or the pooler, or any other name. */
  readonly resource: string;
  readonly lever: string;
  /** What the change is, as one sentence without its reasons. */
  readonly title: string;
  readonly detail: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly status: PullStatus;
  readonly decisionId: string;
}

export interface RunningCost {
  readonly calls: readonly { readonly name: string; readonly count: number }[];
  readonly usd: number;
  readonly basis: string;
}

/** An audit record as it lies in the table; what else it carries is shown as JSON. */
export type ReportRecord = Pick<
  AuditRecord,
  'at' | 'resource' | 'sequence' | 'lever' | 'transition' | 'decisionId' | 'sentence'
>;

/** How many values each series of this report has to hold. */
export function pointsOf({ period, stepSeconds }: Pick<ReportData, 'period' | 'stepSeconds'>): number {
  return Math.ceil((period.end - period.start) / (stepSeconds * 1000));
}

/** What keeps the data from being drawn truthfully, as sentences; none when all is well. */
export function problemsOf(data: ReportData): readonly string[] {
  const problems: string[] = [];
  if (!(data.period.end > data.period.start)) problems.push('period: the end has to lie after the start');
  if (!(data.stepSeconds > 0)) problems.push(`stepSeconds: ${data.stepSeconds} is not a length of time`);
  if (problems.length > 0) return problems;

  const points = pointsOf(data);
  for (const [name, series] of namedSeries(data)) {
    if (series.length !== points) problems.push(`${name}: ${series.length} values where ${points} belong`);
    const wrong = series.find((value) => value !== null && !Number.isFinite(value));
    if (wrong !== undefined) problems.push(`${name}: ${wrong} is not a number to draw`);
  }
  const names = data.services.map(({ name }) => name);
  if (new Set(names).size < names.length) problems.push(`services: two have one name (${names.join(', ')})`);
  if (names.length === 0) problems.push('services: there is none');
  return problems;
}

function namedSeries({ services, database, pooler }: ReportData): readonly (readonly [string, Series])[] {
  return [
    ...services.flatMap((service) => [
      ...seriesIn(service.name, service),
      ...seriesIn(`${service.name} fulcrum`, service.fulcrum),
      ...seriesIn(`${service.name} baseline`, service.baseline),
    ]),
    ...seriesIn('database', database ?? {}),
    ...seriesIn('pooler', pooler ?? {}),
    ...seriesIn('pooler.queue', pooler?.queue ?? {}),
  ];
}

function seriesIn(prefix: string, holder: object): readonly (readonly [string, Series])[] {
  return Object.entries(holder).flatMap(([key, value]) =>
    Array.isArray(value) ? [[`${prefix} ${key}`, value as Series] as const] : [],
  );
}
