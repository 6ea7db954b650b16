import type { EpochMs } from '../../shared/domain/units.ts';
import { chooseRecords, type ChosenRecords } from './chosen-records.ts';
import { type TimeFormat, timeFormat } from './format.ts';
import { type LeverPull, pointsOf, type ReportData } from './report-data.ts';

/** A pull with its place in the page. */
export interface PlacedPull extends LeverPull {
  /** Id of its entry in the list of pulls. */
  readonly id: string;
  /** Id of the audit record behind it, or of its entry where no record is shown. */
  readonly recordId: string;
  /** Those instants of taking effect that no later pull of the lever replaced, in the order of time. */
  readonly effects: readonly EpochMs[];
}

/** What plots over one time axis need to know. */
export interface PlotContext {
  readonly data: PlotData;
  readonly times: TimeFormat;
  /** Values that each series holds. */
  readonly points: number;
  /** Where an instant lies between the start (0) and the end (100) of the plots. */
  readonly percentAt: (at: EpochMs) => number;
  /** `core-api` for `service/production/core-api`, as far as the page knows it. */
  readonly nameOf: (resource: string) => string;
}

type PlotData = Pick<ReportData, 'period' | 'timeZone' | 'stepSeconds' | 'knownEvents' | 'freezeWindows'>;

/** What every part of the page of a simulated period needs to know. */
export interface PageContext extends PlotContext {
  readonly data: ReportData;
  readonly pulls: readonly PlacedPull[];
  readonly chosen: ChosenRecords;
}

export function plotContext(data: PlotData): PlotContext {
  const points = pointsOf(data);
  const plotted = points * data.stepSeconds * 1000;
  return {
    data,
    times: timeFormat(data.timeZone, data.period),
    points,
    percentAt: (at) => {
      const share = Math.min(Math.max((at - data.period.start) / plotted, 0), 1);
      return Math.round(share * 100_000) / 1000;
    },
    nameOf: (resource) => resource,
  };
}

export function pageContext(data: ReportData): PageContext {
  const chosen = chooseRecords(data.records, data.pulls);
  const things = [...data.services, data.database, data.pooler].filter((thing) => thing !== null);
  const names = new Map(things.map(({ resource, name }) => [resource, name]));
  const pulls = data.pulls.toSorted((left, right) => left.at - right.at);
  return {
    ...plotContext(data),
    data,
    pulls: pulls.map((pull, index) => {
      const id = `pull-${index + 1}`;
      const recordId = chosen.idOfDecision.get(pull.decisionId) ?? id;
      return { ...pull, id, recordId, effects: lastingEffects(pull, pulls.slice(index + 1)) };
    }),
    chosen,
    nameOf: (resource) => nameOfThing(resource, names),
  };
}

/** A proposal is called by what it is about. */
function nameOfThing(resource: string, names: ReadonlyMap<string, string>): string {
  const about = proposedAbout(resource);
  if (about === null) return names.get(resource) ?? resource;
  return `${names.get(about) ?? about}, in code`;
}

/** `service/production/portal` of `proposal/ceiling/service/production/portal`; `null`: it is no proposal. */
export function proposedAbout(resource: string): string | null {
  return /^proposal\/[^/]+\/(.+)$/.exec(resource)?.[1] ?? null;
}

function lastingEffects(pull: LeverPull, later: readonly LeverPull[]): readonly EpochMs[] {
  const replacement = later.find(
    ({ resource, lever, status }) => resource === pull.resource && lever === pull.lever && status === 'applied',
  );
  const until = replacement?.at ?? Infinity;
  return pull.effectiveAt.filter((at) => at > pull.at && at < until).toSorted((left, right) => left - right);
}
