import { frontierOf } from '../simulator/tune/frontier.ts';
import type { Outcome } from '../simulator/tune/service-level.ts';
import type { TunedFamily, TuneResult } from '../simulator/tune/tune.ts';

const COLUMNS = 64;
const ROWS = 12;
/** What is far above the level would leave no room for what is near it. */
const LEVELS_SEEN = 10;
const COSTS_SEEN = 1.15;

const LETTERS: Readonly<Record<TunedFamily['family']['name'], string>> = { fulcrum: 'f', 'target-tracking': 't' };

/** Missed load over task-hours of everything that was tried, the misses on a square-root scale as in the report. */
export function tunePlot(result: TuneResult): readonly string[] {
  const { families, level } = result;
  const ends = families.flatMap(({ standing, best }) => [standing.tuning, best.tuning]);
  const top = Math.max(LEVELS_SEEN * level.missedShare, 0.005);
  const least = Math.min(...families.flatMap(({ search }) => search.trials.map(({ outcome }) => outcome.taskHours)));
  const most = COSTS_SEEN * Math.max(...ends.map(({ taskHours }) => taskHours));
  const grid = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => ' '));
  const rowOf = (missed: number): number => Math.round((ROWS - 1) * (1 - Math.sqrt(Math.min(missed / top, 1))));
  const put = ({ taskHours, missedShare }: Outcome, mark: string): void => {
    const column = Math.round(((COLUMNS - 1) * (taskHours - least)) / (most - least || 1));
    const line = grid[rowOf(missedShare)];
    if (line !== undefined && column < COLUMNS) line[column] = mark;
  };
  grid[rowOf(level.missedShare)]?.fill('-');
  for (const { search } of families) for (const { outcome } of search.trials) put(outcome, '.');
  for (const { family, search } of families) {
    for (const { outcome } of frontierOf(search.trials)) put(outcome, LETTERS[family.name]);
  }
  for (const { family, standing } of families) put(standing.tuning, family.name === 'fulcrum' ? '1' : '2');
  for (const { family, best } of families) put(best.tuning, LETTERS[family.name].toUpperCase());
  return [
    'Everything that was tried, on the part that was searched: missed load over task-hours (misses are wider towards zero)',
    ...grid.map((line, row) => `${label(row, top)} |${line.join('').trimEnd()}`),
    `${' '.repeat(8)} +${'-'.repeat(COLUMNS)}`,
    `${' '.repeat(10)}${hours(least).padEnd(COLUMNS - hours(most).length)}${hours(most)}`,
    'F, T: found for Fulcrum, for target tracking; 1, 2: their defaults; f, t: their frontiers; ---: the level',
  ];
}

function label(row: number, top: number): string {
  const share = top * (1 - row / (ROWS - 1)) ** 2;
  return `${(100 * share).toFixed(2)} %`.padStart(8);
}

function hours(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
