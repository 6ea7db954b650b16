import type { Connections } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import { throughputOf, type TransactionModel } from './connection-queue.ts';

/** What was measured of a pool of one size: clients without a pause, so that as many connections are busy as there are. */
export interface MeasuredPools {
  /** Of each PgBouncer. */
  readonly poolSize: Connections;
  /** Of all PgBouncers together. */
  readonly clients: number;
  readonly perSecond: LoadPerSecond;
}

/** Connections that are busy where nobody pauses: as many as the pools have, or as there are clients. */
export function busyOf({ poolSize, clients }: MeasuredPools, poolers: number): Connections {
  return Math.min(clients, poolers * poolSize);
}

/** What a model says of each row, divided by what was measured. */
export function ratiosOf(model: TransactionModel, rows: readonly MeasuredPools[], poolers: number): readonly number[] {
  return rows.map((row) => throughputOf(model, busyOf(row, poolers)).perSecond / row.perSecond);
}

/** A search from one place alone could end in a valley that leads nowhere. */
const STARTS_MILLIS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];
const MOST_STEPS = 60;
/** A step of a logarithm that no measurement can tell from none. */
const FINEST_STEP = 1e-7;

/** Logarithms of the two times. */
type Times = readonly [cpu: number, other: number];

/**
 * Processor time and other time of a transaction by least squares of the logarithms of the ratios (Levenberg, A Method for
 * the Solution of Certain Non-Linear Problems in Least Squares, 1944). Crowding costs nothing in it.
 */
export function fitTransactions(rows: readonly MeasuredPools[], vcpus: number, poolers: number): TransactionModel {
  const modelAt = ([cpu, other]: Times): TransactionModel => ({
    vcpus,
    cpuMillis: Math.exp(cpu),
    otherMillis: Math.exp(other),
    crowdingCost: 0,
  });
  const residualsAt = (at: Times): readonly number[] => ratiosOf(modelAt(at), rows, poolers).map(Math.log);
  const errorAt = (at: Times): number => squares(residualsAt(at));
  const least = (all: readonly Times[]): Times =>
    all.reduce((best, one) => (errorAt(one) < errorAt(best) ? one : best));
  const logs = STARTS_MILLIS.map(Math.log);
  // Of each other time the processor time that goes with it best.
  const starts = logs.map((other) => least(logs.map((cpu): Times => [cpu, other])));
  return modelAt(least(starts.map((start) => descend(start, residualsAt))));
}

function descend(start: Times, residualsAt: (at: Times) => readonly number[]): Times {
  let best = start;
  let damping = 1;
  for (let turn = 0; turn < MOST_STEPS; turn += 1) {
    const step = stepFrom(best, residualsAt, damping);
    const next: Times = [best[0] + step[0], best[1] + step[1]];
    const isBetter = squares(residualsAt(next)) < squares(residualsAt(best));
    if (isBetter) best = next;
    damping = isBetter ? damping / 3 : damping * 3;
    if (Math.hypot(...step) < FINEST_STEP) break;
  }
  return best;
}

function squares(residuals: readonly number[]): number {
  return residuals.reduce((sum, residual) => sum + residual ** 2, 0);
}

const SLOPE_OVER = 1e-4;

/** The normal equations of the two times, damped. */
function stepFrom(at: Times, residualsAt: (at: Times) => readonly number[], damping: number): Times {
  const here = residualsAt(at);
  const alongCpu = residualsAt([at[0] + SLOPE_OVER, at[1]]);
  const alongOther = residualsAt([at[0], at[1] + SLOPE_OVER]);
  const slopes = here.map((residual, row) => ({
    residual,
    cpu: ((alongCpu[row] ?? residual) - residual) / SLOPE_OVER,
    other: ((alongOther[row] ?? residual) - residual) / SLOPE_OVER,
  }));
  const sum = (of: (slope: (typeof slopes)[number]) => number): number =>
    slopes.reduce((total, slope) => total + of(slope), 0);
  const cc = sum(({ cpu }) => cpu * cpu) + damping;
  const oo = sum(({ other }) => other * other) + damping;
  const co = sum(({ cpu, other }) => cpu * other);
  const cr = sum(({ cpu, residual }) => cpu * residual);
  const or = sum(({ other, residual }) => other * residual);
  const determinant = cc * oo - co * co;
  return [(co * or - oo * cr) / determinant, (co * cr - cc * or) / determinant];
}
