import type { Connections } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from '../load/steps.ts';

/** A database as the server connections in front of it see it. */
export interface TransactionModel {
  /** Processors that transactions share. */
  readonly vcpus: number;
  /** Processor time of one transaction. */
  readonly cpuMillis: number;
  /** Time that one transaction holds its connection besides: round trips, locks, the application that thinks. */
  readonly otherMillis: number;
  /**
   * What each transaction at the processors beyond their number costs all of them: 0.01 makes the processors 1 % slower for
   * each processor's worth of transactions that wait for one.
   */
  readonly crowdingCost: number;
}

/** What so many busy connections come to. */
export interface ConnectionThroughput {
  readonly perSecond: LoadPerSecond;
  /** Mean time that a transaction holds its connection. */
  readonly holdMillis: number;
  /** Share of the processors that is in use, 0 to 1. */
  readonly utilization: number;
}

/**
 * Throughput of `connections` that are busy all the time: the machine-repairman model (Allen, Probability, Statistics, and
 * Queueing Theory, 1990, finite population M/M/c), with processors that lose speed when more transactions crowd them. Whole
 * numbers are exact, between two of them it is a straight line.
 *
 *   π(j) ∝ Π (n − i + 1) ÷ other ÷ μ(i),   μ(i) = min(i, vcpus) ÷ cpu ÷ (1 + cost × (i − vcpus) ÷ vcpus)
 */
export function throughputOf(model: TransactionModel, connections: number): ConnectionThroughput {
  const low = Math.floor(connections);
  const [below, above] = [atWhole(model, low), atWhole(model, low + 1)];
  const share = connections - low;
  const perSecond = below.perSecond + share * (above.perSecond - below.perSecond);
  return {
    perSecond,
    holdMillis: perSecond === 0 ? model.cpuMillis + model.otherMillis : (1000 * connections) / perSecond,
    utilization: below.utilization + share * (above.utilization - below.utilization),
  };
}

function atWhole(
  { vcpus, cpuMillis, otherMillis, crowdingCost }: TransactionModel,
  connections: Connections,
): Pick<ConnectionThroughput, 'perSecond' | 'utilization'> {
  if (connections === 0) return { perSecond: 0, utilization: 0 };
  const other = Math.max(otherMillis, 1e-3) / 1000;
  const cpu = Math.max(cpuMillis, 1e-6) / 1000;
  const rate = (j: number): number => Math.min(j, vcpus) / cpu / (1 + (crowdingCost * Math.max(0, j - vcpus)) / vcpus);
  // Largest weight first seen as 1: the products of a hundred connections leave the range of a number otherwise.
  let logWeight = 0;
  const logWeights = [0];
  for (let j = 1; j <= connections; j += 1) {
    logWeight += Math.log((connections - j + 1) / other / rate(j));
    logWeights.push(logWeight);
  }
  const top = logWeights.reduce((most, one) => Math.max(most, one), 0);
  const weights = logWeights.map((one) => Math.exp(one - top));
  const sum = weights.reduce((all, one) => all + one, 0);
  const mean = (of: (j: number) => number): number => weights.reduce((all, weight, j) => all + weight * of(j), 0) / sum;
  return {
    perSecond: mean((j) => (j === 0 ? 0 : rate(j))),
    utilization: mean((j) => Math.min(j, vcpus)) / vcpus,
  };
}

/**
 * How many connections are busy where so much load comes and each transaction finds one.
 *
 * @returns at most `connections`
 */
export function busyConnections(model: TransactionModel, load: LoadPerSecond, connections: Connections): number {
  if (load <= 0) return 0;
  let [low, high] = [0, connections];
  if (throughputOf(model, high).perSecond <= load) return connections;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (throughputOf(model, middle).perSecond < load) low = middle;
    else high = middle;
  }
  const [below, above] = [throughputOf(model, low).perSecond, throughputOf(model, high).perSecond];
  return low + (load - below) / (above - below);
}

/**
 * Clients that wait in front of one pool in the mean, where arrivals come by chance and the pool is large enough: Erlang C
 * (Erlang, Solution of some problems in the theory of probabilities, 1917).
 *
 * @param busy mean of its busy connections, below `size`
 */
export function erlangWaiting(busy: number, size: Connections): number {
  if (busy <= 0) return 0;
  if (busy >= size) return Infinity;
  // Erlang B by its recursion, then C.
  let blocked = 1;
  for (let servers = 1; servers <= size; servers += 1) blocked = (busy * blocked) / (servers + busy * blocked);
  const delayed = blocked / (1 - (busy / size) * (1 - blocked));
  return (delayed * busy) / (size - busy);
}
