import type { ForecastMetric } from '../shared/workflow/forecast-context.ts';
import type { PoolerMetric } from '../shared/workflow/measure-poolers.ts';

/** What a function tells the people and machines that watch it. */
export interface Journal {
  readonly tell: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** Worth a look this week. */
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
  readonly count: (metric: 'ChangesOrdered' | 'ChangesApplied' | 'ChangesFailed', value: number) => void;
}

/** The journal of the forecast function: numbers that are no counts, for each fleet its own. */
export interface ForecastJournal extends Journal {
  readonly measure: (metric: ForecastMetric, value: number, fleet: string) => void;
}

/** The journal of the probe. */
export interface ProbeJournal extends Journal {
  readonly measure: (metric: PoolerMetric, value: number, fleet: string) => void;
}

/** What a Lambda is given: each takes of it what it needs. */
export type WholeJournal = ForecastJournal & ProbeJournal;
