/**
 * The peers on the scaling traces, each family at the one target that turns out best over all of them, and Fulcrum beside
 * them with the policy that it is installed with: `npm run bench -- peers --traces DIR`.
 */
import { join } from 'node:path';
import { FAST_SIGNAL, MINUTE_SIGNAL } from '../shared/control/settings.ts';
import type { Percent } from '../shared/domain/units.ts';
import { PEERS, type PolicyKind } from '../simulator/backtest/catalogue.ts';
import { readTrace } from '../simulator/load/read-trace.ts';
import { taskCapacityFor } from '../simulator/load/task-capacity.ts';
import { loadPerStep, type SteppedLoad } from '../simulator/load/trace.ts';
import { fulcrumVerdictOn, mean, objectiveOf, SCALING_TRACES, STARTUPS, verdictOn } from './decision-quality.ts';
import { table } from './table.ts';

const TARGETS: readonly Percent[] = [35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85];
/** What an AWS account can switch on by itself. */
const OF_AWS: readonly string[] = ['tt60', 'tt20', 'tt20+aws-predictive'];

interface Recorded {
  readonly name: string;
  readonly load: SteppedLoad;
  readonly taskCapacity: number;
}

/** J of every trace, in the order of the traces. */
type Objectives = readonly number[];

interface AtBest {
  readonly targetPercent: Percent;
  readonly objectives: Objectives;
}

/** @throws Error when one of the traces is not in the folder. */
export async function benchPeers(directory: string): Promise<string> {
  const traces = await Promise.all(SCALING_TRACES.map((name) => recorded(directory, name)));
  const columns = STARTUPS.map((startupSeconds) => {
    const peers = PEERS.map((kind) => atBest(kind, traces, startupSeconds));
    const own = [MINUTE_SIGNAL, FAST_SIGNAL].map((signal) =>
      traces.map((trace) => objectiveOf(fulcrumVerdictOn({ ...trace, startupSeconds }, signal))),
    );
    return { startupSeconds, peers, own };
  });
  const rows = [
    ...PEERS.map((kind, index) => [
      kind.name,
      ...columns.map(({ peers }) => {
        const best = peers[index];
        return best === undefined ? '' : `${mean(best.objectives).toFixed(2)} at ${best.targetPercent} %`;
      }),
    ]),
    ...['requests by the minute', 'requests every 20 s'].map((signal, index) => [
      `**fulcrum**, ${signal}`,
      ...columns.map(({ own }) => mean(own[index] ?? []).toFixed(2)),
    ]),
    [
      'worst trace against AWS, 1 min',
      ...columns.map(({ peers, own }) => worstAgainst(bestOfAws(peers), own[0] ?? [], traces)),
    ],
  ];
  return table(['J, mean of seven traces', ...STARTUPS.map((seconds) => `${seconds} s start`)], rows);
}

async function recorded(directory: string, name: string): Promise<Recorded> {
  const trace = await readTrace(join(directory, `${name}.csv`));
  return { name, load: loadPerStep(trace), taskCapacity: taskCapacityFor(trace) };
}

function atBest(kind: PolicyKind, traces: readonly Recorded[], startupSeconds: number): AtBest {
  const tried = TARGETS.map((targetPercent) => ({
    targetPercent,
    objectives: traces.map((trace) =>
      objectiveOf(verdictOn({ ...trace, startupSeconds }, targetPercent, MINUTE_SIGNAL, kind.create)),
    ),
  }));
  return tried.reduce((best, other) => (mean(other.objectives) < mean(best.objectives) ? other : best));
}

function bestOfAws(peers: readonly AtBest[]): Objectives {
  const candidates = peers.filter((_, index) => OF_AWS.includes(PEERS[index]?.name ?? ''));
  return candidates.reduce((best, other) => (mean(other.objectives) < mean(best.objectives) ? other : best)).objectives;
}

function worstAgainst(aws: Objectives, own: Objectives, traces: readonly Recorded[]): string {
  const ratios = own.map((objective, index) => objective / (aws[index] ?? Number.NaN));
  const worst = Math.max(...ratios);
  const change = 100 * (worst - 1);
  return `${change > 0 ? '+' : ''}${change.toFixed(0)} % (${traces[ratios.indexOf(worst)]?.name ?? ''})`;
}
