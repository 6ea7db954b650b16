import type { Tuning, TuningEffect } from '../domain/pooler.ts';

/** What a change of pool sizes has left behind; what is not named stays as it was. */
export type TuningNews = Partial<Omit<Tuning, 'growths'>> & {
  /** A step up that was kept or taken back, where it was one. */
  readonly growth?: TuningEffect;
};

/** As many steps as it takes from a twentieth of the best size to that, and one more. */
const MOST_GROWTHS = 4;

/** A step that is taken back later is the same step: it is known by when it began. */
export function tuningAfter(present: Tuning | undefined, { growth, ...news }: TuningNews): Tuning {
  const tuning: Tuning = { intended: null, intendedAt: null, effect: null, ...present, ...news };
  if (growth === undefined) return tuning;
  const others = (present?.growths ?? []).filter(({ watched }) => watched?.since !== growth.watched?.since);
  return { ...tuning, growths: [growth, ...others].slice(0, MOST_GROWTHS) };
}
