import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryForecastStore } from '../../shared/adapters/memory/forecast-store.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import type { Policy } from '../../shared/config/policy.ts';
import { HOUR, secondsBetween } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from '../load/steps.ts';
import { formatShare } from '../report/format.ts';
import type { ReportData } from '../report/report-data.ts';
import { type Fate, noonOutage } from './noon-outage.ts';
import type { Recording } from './recording.ts';
import { reportOfRun } from './report-of-run.ts';
import { runOverDynamoDb, SILENT } from './run-demo.ts';
import { runBaseline, runWithFulcrum } from './run.ts';
import type { DemoWorld } from './world.ts';

/** What became of the load from noon on, and what it took. */
export interface Afternoon {
  readonly name: string;
  readonly missedShare: number;
  readonly lostShare: number;
  readonly taskHours: number;
}

export interface OutageDay {
  /** Of the run that is killed, beside target tracking alone. */
  readonly data: ReportData;
  /** That run first, then what it is to be compared with. */
  readonly afternoons: readonly Afternoon[];
}

/** The day on which Fulcrum is killed at noon: with its plan in AWS, without it, and as if nothing had happened. */
export async function runOutage(policy: Policy, onProgress: (share: number) => void): Promise<OutageDay> {
  const world = noonOutage(policy, 'killed');
  const { run, records } = await runOverDynamoDb(world, (share) => {
    onProgress(share / 4);
  });
  const withoutPlan = await recordingOf('killed-without-plan', policy, (share) => {
    onProgress((1 + share) / 4);
  });
  const alive = await recordingOf('lives', policy, (share) => {
    onProgress((1 + share) / 2);
  });
  const alone = runBaseline(world);
  const afternoons = [
    afternoonOf('killed at noon', run.recording, world),
    afternoonOf('the same without a plan', withoutPlan, world),
    afternoonOf('alive all day', alive, world),
    afternoonOf('target tracking alone', alone, world),
  ];
  const notes = [...world.notes, afternoonInWords(afternoons)];
  return { data: reportOfRun({ ...world, notes }, run, alone, records), afternoons };
}

async function recordingOf(fate: Fate, policy: Policy, onProgress: (share: number) => void): Promise<Recording> {
  const tables = { audit: new MemoryAuditLog(), state: new MemoryStateStore(), forecasts: new MemoryForecastStore() };
  const { recording } = await runWithFulcrum(noonOutage(policy, fate), tables, SILENT, onProgress);
  return recording;
}

/** From the death of the run that dies on. */
export function afternoonOf(name: string, recording: Recording, { diesAt, startsAt }: DemoWorld): Afternoon {
  const from = diesAt === null ? 0 : secondsBetween(startsAt, diesAt) / STEP_SECONDS;
  const sums = { load: 0, missed: 0, lost: 0, wanted: 0 };
  for (const service of recording.services.values()) {
    for (let step = from; step < service.load.length; step += 1) {
      sums.load += service.load[step] ?? 0;
      sums.missed += service.missed[step] ?? 0;
      sums.lost += service.lost[step] ?? 0;
      sums.wanted += service.wanted[step] ?? 0;
    }
  }
  return {
    name,
    missedShare: sums.missed / sums.load,
    lostShare: sums.lost / sums.load,
    taskHours: (sums.wanted * STEP_SECONDS) / HOUR,
  };
}

function afternoonInWords(afternoons: readonly Afternoon[]): string {
  const told = afternoons.map(({ name, missedShare }) => `${formatShare(missedShare)} ${name}`);
  return `Of the load from noon on was missed: ${told.join('; ')}.`;
}
