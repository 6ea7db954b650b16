import type { LeverName } from '../config/policy.ts';
import type { Decision } from '../domain/decision.ts';
import type { EpochMs } from '../domain/units.ts';
import { LEVERS } from '../levers/registry.ts';

/** Evaluates the recorded arguments of a lever again. */
export function replay(lever: LeverName, input: unknown, settings: unknown, now: EpochMs): Decision {
  const found = LEVERS.find(({ name }) => name === lever);
  if (found === undefined) throw new Error(`no lever is called ${lever}`);
  return found.replay(input, settings, now);
}
