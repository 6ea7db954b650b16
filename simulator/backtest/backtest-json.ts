import { isoInstant } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from '../load/steps.ts';
import { tuneJson } from '../tune/tune-json.ts';
import type { TuneResult } from '../tune/tune.ts';
import type { BacktestResult, PolicyResult } from './run-backtest.ts';

/** Numbers written at a time: years of steps do not fit into one string. */
const CHUNK = 50_000;

/**
 * The result as JSON in pieces, to be written one after the other. Load and task capacity are in units a second, arrays
 * hold one value a step of the whole trace. A search for settings stands at the end, if there was one.
 */
export function* backtestJson(
  trace: string,
  { plan, policies }: BacktestResult,
  tuning: TuneResult | null = null,
): Generator<string> {
  const { load, startupSeconds, taskCapacity, warmUpSteps } = plan;
  const facts = {
    trace,
    start: isoInstant(load.startsAt),
    stepSeconds: STEP_SECONDS,
    startupSeconds,
    taskCapacity,
    warmUpSteps,
  };
  yield `${JSON.stringify(facts).slice(0, -1)},"load":`;
  yield* numbers(load.perSecond);
  yield ',"policies":{';
  for (const [index, policy] of policies.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(policy.name)}:`;
    yield* policyJson(policy);
  }
  yield tuning === null ? '}}\n' : `},"tuning":${JSON.stringify(tuneJson(tuning))}}\n`;
}

function* policyJson({ run, summary, targetPercent, frontier }: PolicyResult): Generator<string> {
  for (const name of ['wanted', 'ready', 'min'] as const) {
    yield `${name === 'wanted' ? '{' : ','}"${name}":`;
    yield* numbers(run[name]);
  }
  yield `,"summary":${JSON.stringify({ targetPercent, ...summary, frontier })}}`;
}

function* numbers(values: Float64Array | Int32Array): Generator<string> {
  yield '[';
  for (let from = 0; from < values.length; from += CHUNK) {
    yield `${from === 0 ? '' : ','}${values.subarray(from, from + CHUNK).join(',')}`;
  }
  yield ']';
}
