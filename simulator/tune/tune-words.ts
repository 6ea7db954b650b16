import { formatCount, formatShare } from '../report/format.ts';
import { changedSettings } from './fragment.ts';
import type { KeepReason } from './recommendation.ts';
import { isBetter, keeps, type Outcome, type ServiceLevel } from './service-level.ts';
import type { TunedFamily, TuneResult } from './tune.ts';

/** `at most 0.10 % of the load missed`. */
export function levelInWords({ missedShare, lostShare }: ServiceLevel): string {
  const missed = `at most ${percent(missedShare)} of the load missed`;
  return lostShare === null ? missed : `${missed} and ${percent(lostShare)} lost`;
}

function percent(share: number): string {
  return `${(100 * share).toLocaleString('en-US', { maximumSignificantDigits: 3 })}\u00a0%`;
}

/** What the search of one policy comes to, and why, in a few sentences. */
export function recommendationInWords(
  { recommendation, best, standing, family, search }: TunedFamily,
  level: ServiceLevel,
): string {
  const heldOut = comparison(best.heldOut, standing.heldOut);
  switch (recommendation.kind) {
    case 'change':
      return recommendation.held === 'kept'
        ? `Change ${changesInWords(family, standing, best)}. On the part that was held out: ${heldOut}.`
        : `Change ${changesInWords(family, standing, best)}. It comes nearer to the level on the part that was held out, and does not keep it there: ${heldOut}.`;
    case 'nearest':
      return `Nothing that was tried keeps the level. Nearest comes ${changesInWords(family, standing, best)}: ${outcomeInWords(best.tuning)} on the part that was searched; on the part that was held out ${heldOut}.`;
    case 'keep':
      return `Keep the default. ${keepReason(recommendation.because, heldOut)}${keepsNothing({ recommendation, best, standing, family, search }, level)}`;
  }
}

function keepReason(because: KeepReason, heldOut: string): string {
  switch (because) {
    case 'nothing-better':
      return 'Nothing that was tried is better, with a reserve for days that differ.';
    case 'no-gain-held-out':
      return `What was found on the part that was searched is no gain on the part that was held out: ${heldOut}.`;
    case 'breaks-held-out':
      return `What keeps the level on the part that was searched breaks it on the part that was held out: ${heldOut}.`;
    case 'constant-load':
      return 'The load never changes: what fits it says nothing of a load that does.';
  }
}

function keepsNothing({ best }: TunedFamily, level: ServiceLevel): string {
  if (keeps(best.tuning, level)) return '';
  return ` Nothing that was tried keeps the level; nearest comes ${outcomeInWords(best.tuning)}.`;
}

/** `missedPrice 60 → 45, targetPercent 85 → 80`. */
function changesInWords(
  family: TunedFamily['family'],
  standing: TunedFamily['standing'],
  best: TunedFamily['best'],
): string {
  return changedSettings(family.settingsAt(standing.point), family.settingsAt(best.point))
    .map(({ place, before, value }) => `${place.key} ${before} → ${value}`)
    .join(', ');
}

function comparison(found: Outcome, standing: Outcome): string {
  return `${formatShare(found.missedShare)} missed instead of ${formatShare(standing.missedShare)}, ${costInWords(found, standing)}`;
}

function costInWords(found: Outcome, standing: Outcome): string {
  const change = (100 * (found.taskHours - standing.taskHours)) / standing.taskHours;
  if (Math.abs(change) < 0.05) return 'for the same task-hours';
  return `for ${Math.abs(change).toFixed(1)}\u00a0% ${change < 0 ? 'fewer' : 'more'} task-hours`;
}

function outcomeInWords({ missedShare, taskHours }: Outcome): string {
  return `${formatShare(missedShare)} missed for ${formatCount(taskHours)} task-hours`;
}

/** Which of all settings was the cheapest that kept the level where none of them was fitted. */
export function conclusionInWords({ families, level }: TuneResult): string {
  const all = families.flatMap(({ family, standing, best }) => [
    { name: `${family.title} by default`, outcome: standing.heldOut },
    ...(best.point.join() === standing.point.join()
      ? []
      : [{ name: `${family.title} with what was found`, outcome: best.heldOut }]),
  ]);
  const [first] = all.toSorted((one, other) => (isBetter(one.outcome, other.outcome, level) ? -1 : 1));
  if (first === undefined) return '';
  const words = `${first.name} (${outcomeInWords(first.outcome)})`;
  return keeps(first.outcome, level)
    ? `On the part that was held out, ${words} was the cheapest that kept the level.`
    : `On the part that was held out nothing kept the level; nearest came ${words}.`;
}
