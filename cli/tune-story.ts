import type { TuningFacts } from '../simulator/backtest/report/render-backtest.ts';
import { startOfStep } from '../simulator/load/steps.ts';
import { formatCount, formatShare, timeFormat } from '../simulator/report/format.ts';
import { keeps, type Outcome } from '../simulator/tune/service-level.ts';
import { conclusionInWords, levelInWords, recommendationInWords } from '../simulator/tune/tune-words.ts';
import type { TunedFamily, TuneResult } from '../simulator/tune/tune.ts';
import { table } from './text-table.ts';
import { tunePlot } from './tune-plot.ts';

/** What a search for settings found, for a terminal. */
export function tuneStory({ result, fragments }: TuningFacts): string {
  const { level, families } = result;
  return [
    `Settings for ${levelInWords(level)}`,
    ...partsInWords(result),
    '',
    ...table([
      ['', 'missed', 'lost', 'task-hours', '', 'held out: missed', 'lost', 'task-hours', ''],
      ...families.flatMap((family) => rows(family, result)),
    ]),
    '',
    ...families.map((family) => `${family.family.title}: ${recommendationInWords(family, level)}`),
    conclusionInWords(result),
    '',
    ...tunePlot(result),
    ...fragments.flatMap(({ title, yaml }) => ['', `For fulcrum.yml. ${title}`, yaml.trimEnd()]),
  ].join('\n');
}

function partsInWords({ parts }: TuneResult): readonly string[] {
  const times = timeFormat('UTC', null);
  const at = (step: number): string => times.moment(startOfStep(parts.load.startsAt, step));
  return [
    `Searched on ${at(parts.from)} to ${at(parts.split)} (UTC).`,
    `Held out, so that the search never saw it: up to ${at(parts.load.perSecond.length)}. What settings do there is what to expect of them.`,
  ];
}

function rows({ family, standing, best }: TunedFamily, { level }: TuneResult): readonly (readonly string[])[] {
  const cells = (outcome: Outcome): readonly string[] => [
    formatShare(outcome.missedShare),
    formatShare(outcome.lostShare),
    formatCount(outcome.taskHours),
    keeps(outcome, level) ? 'keeps it' : 'breaks it',
  ];
  const isFound = best.point.join() !== standing.point.join();
  return [
    [`${family.title}, default`, ...cells(standing.tuning), ...cells(standing.heldOut)],
    ...(isFound ? [[`${family.title}, found`, ...cells(best.tuning), ...cells(best.heldOut)]] : []),
  ];
}
