import { formatCount, formatShare, formatUsd, timeFormat } from '../simulator/report/format.ts';
import { proposedAbout } from '../simulator/report/page-context.ts';
import type { Figures, LeverPull, ReportData } from '../simulator/report/report-data.ts';
import { fleetFigures, lostShare, missedShare, verdictOn } from '../simulator/report/verdict.ts';

/** What happened, for a terminal: the lever pulls by day, then what both policies served and cost. */
export function storyOf(data: ReportData): string {
  const both = fleetFigures(data);
  return [timeline(data), '', verdictOn(both).headline, '', table(both.fulcrum, both.baseline), ...running(data)].join(
    '\n',
  );
}

function timeline({ pulls, services, database, pooler, timeZone }: ReportData): string {
  if (pulls.length === 0) return '\nNo lever was pulled.';
  const times = timeFormat(timeZone);
  const things = [...services, database, pooler].filter((thing) => thing !== null);
  const nameOf = new Map(things.map(({ resource, name }) => [resource, name]));
  const days = Map.groupBy(pulls, ({ at }) => times.longDay(at));
  return [...days].map(([day, ofDay]) => [`\n${day}`, ...ofDay.map((pull) => lines(pull))].join('\n')).join('\n');

  function lines({ at, resource, lever, title, detail, status }: LeverPull): string {
    const about = proposedAbout(resource) ?? resource;
    const name = nameOf.get(about) ?? about;
    const head = `  ${times.time(at)}  ${status.padEnd(7)}  ${name.padEnd(14)} ${lever.padEnd(15)} ${title}`;
    return [head, ...detail.map((reason) => `${' '.repeat(18)}because ${reason}`)].join('\n');
  }
}

function table(fulcrum: Figures, baseline: Figures): string {
  const rows: readonly (readonly [string, (figures: Figures) => string])[] = [
    ['requests', ({ requests }) => formatCount(requests)],
    ['missed (above 90 % CPU)', (figures) => formatShare(missedShare(figures))],
    ['lost (above 100 % CPU)', (figures) => formatShare(lostShare(figures))],
    ['task-hours', ({ taskHours }) => formatCount(taskHours)],
    ['cost of the tasks', ({ costUsd }) => formatUsd(costUsd)],
    ['capacity changes', ({ capacityChanges }) => formatCount(capacityChanges)],
    ['minutes above target', ({ minutesAboveTarget }) => formatCount(minutesAboveTarget)],
  ];
  const width = 24;
  const line = (name: string, ours: string, theirs: string): string =>
    `${name.padEnd(width)} ${ours.padStart(14)} ${theirs.padStart(24)}`;
  return [
    line('', 'Fulcrum', 'target tracking alone'),
    ...rows.map(([name, of]) => line(name, of(fulcrum), of(baseline))),
  ].join('\n');
}

function running({ running: cost }: ReportData): readonly string[] {
  if (cost === null) return [];
  const calls = cost.calls.map(({ name, count }) => `${name} ${formatCount(count)}`).join(', ');
  return ['', `Running Fulcrum: ${calls}; ${cost.usd.toFixed(3)} USD for metrics.`];
}
