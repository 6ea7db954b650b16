import { instant } from '../../shared/domain/units.ts';
import type { LeverPull, ReportRecord } from './report-data.ts';

/** Beyond these a page becomes slow to open and hard to send around. */
const MOST_RECORDS = 2_000;
const MOST_JSON_CHARACTERS = 1_200_000;

export interface ShownRecord {
  readonly id: string;
  readonly record: ReportRecord;
  /** The whole record; `null` where it would make the page too large. */
  readonly json: string | null;
}

export interface ChosenRecords {
  readonly shown: readonly ShownRecord[];
  readonly leftOut: number;
  /** The first record of each decision. */
  readonly idOfDecision: ReadonlyMap<string, string>;
}

/** All records in the order of time; of too many, those of the pulls first, then what was done, then what was held. */
export function chooseRecords(records: readonly ReportRecord[], pulls: readonly LeverPull[]): ChosenRecords {
  const pulled = new Set(pulls.map(({ decisionId }) => decisionId));
  const rank = (record: ReportRecord): number => {
    if (pulled.has(record.decisionId)) return 0;
    return record.transition === 'held' || record.transition === 'abstained' ? 2 : 1;
  };
  const byWeight = records.toSorted((left, right) => rank(left) - rank(right)).slice(0, MOST_RECORDS);
  const json = jsonWithin(MOST_JSON_CHARACTERS, byWeight);
  const shown = byWeight
    .toSorted((left, right) => instant(left.at) - instant(right.at))
    .map((record, index) => ({ id: `record-${index + 1}`, record, json: json.get(record) ?? null }));

  const idOfDecision = new Map<string, string>();
  for (const { id, record } of shown) {
    if (!idOfDecision.has(record.decisionId)) idOfDecision.set(record.decisionId, id);
  }
  return { shown, leftOut: records.length - shown.length, idOfDecision };
}

function jsonWithin(budget: number, records: readonly ReportRecord[]): ReadonlyMap<ReportRecord, string> {
  const kept = new Map<ReportRecord, string>();
  let left = budget;
  for (const record of records) {
    const json = JSON.stringify(record);
    left -= json.length;
    if (left < 0) break;
    kept.set(record, json);
  }
  return kept;
}
