import { formatShare } from '../report/format.ts';
import { CLAIRVOYANT, FULCRUM, TUNED } from './catalogue.ts';
import type { BacktestResult, PolicyResult } from './run-backtest.ts';
import type { PolicySummary } from './summary.ts';

/** The outcome in two sentences: Fulcrum against the best of the others, or the best and the worst of them. */
export function verdictOf({ policies }: BacktestResult, nameOf: (policy: PolicyResult) => string): string {
  const fulcrum = policies.find(({ name }) => name === FULCRUM);
  const others = policies
    .filter(({ name }) => name !== FULCRUM && name !== CLAIRVOYANT && !name.endsWith(TUNED))
    .toSorted((left, right) => left.summary.j - right.summary.j);
  const [best] = others;
  if (best === undefined) return fulcrum === undefined ? '' : `Fulcrum: ${inWords(fulcrum.summary)}.`;
  if (fulcrum !== undefined) return againstBest(fulcrum.summary, best.summary, nameOf(best));
  const worst = others.at(-1) ?? best;
  if (worst === best) return `${nameOf(best)}: ${inWords(best.summary)}.`;
  if (alike(best.summary, worst.summary)) return `All did alike: ${inWords(best.summary)}.`;
  return `${nameOf(best)} did best: ${inWords(best.summary)}. ${nameOf(worst)} did worst: ${inWords(worst.summary)}.`;
}

function againstBest(fulcrum: PolicySummary, best: PolicySummary, bestName: string): string {
  if (alike(fulcrum, best)) return `Fulcrum and ${bestName} did alike: ${inWords(fulcrum)}, and ${inWords(best)}.`;
  return fulcrum.j < best.j
    ? `Fulcrum did best: ${inWords(fulcrum)}. Next is ${bestName}: ${inWords(best)}.`
    : `Fulcrum did not do best: ${inWords(fulcrum)}. ${bestName} did better: ${inWords(best)}.`;
}

/** What reads alike is called alike. */
function alike(one: PolicySummary, other: PolicySummary): boolean {
  return one.j.toFixed(2) === other.j.toFixed(2);
}

function inWords({ missedShare, costRatio, j }: PolicySummary): string {
  return `${formatShare(missedShare)} of the load missed at ${costRatio.toFixed(2)} times the least possible task-hours (J ${j.toFixed(2)})`;
}
