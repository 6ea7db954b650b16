import { isoInstant } from '../../shared/domain/units.ts';
import { startOfStep } from '../load/steps.ts';
import type { Setting } from './families.ts';
import type { Proven } from './recommendation.ts';
import type { TunedFamily, TuneResult } from './tune.ts';

/** What a search tried and found, for the JSON of a backtest. Shares are from 0 to 1. */
export function tuneJson({ level, parts, families }: TuneResult): object {
  const at = (step: number): string => isoInstant(startOfStep(parts.load.startsAt, step));
  return {
    level,
    tuning: { from: at(parts.from), to: at(parts.split) },
    heldOut: { from: at(parts.split), to: at(parts.load.perSecond.length) },
    families: families.map(familyJson),
  };
}

function familyJson({ family, search, standing, best, recommendation }: TunedFamily): object {
  const proven = ({ point, tuning, heldOut }: Proven): object => ({
    settings: byName(family.settingsAt(point)),
    tuning,
    heldOut,
  });
  return {
    name: family.name,
    recommendation,
    searchEnded: search.ended,
    default: proven(standing),
    best: proven(best),
    candidates: search.trials.map(({ point, outcome }) => ({
      settings: byName(family.settingsAt(point)),
      tuning: outcome,
    })),
  };
}

function byName(settings: readonly Setting[]): Readonly<Record<string, Setting['value']>> {
  return Object.fromEntries(settings.map(({ place, value }) => [`${place.section}.${place.key}`, value]));
}
