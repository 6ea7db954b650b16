import { loadPolicy } from '../../shared/config/load.ts';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { DAY } from '../../shared/domain/units.ts';
import { readTrace } from '../load/read-trace.ts';
import { FORTY_TASKS_AT_70_PERCENT, taskCapacityFor } from '../load/task-capacity.ts';
import { loadPerStep, type Trace } from '../load/trace.ts';
import { busiestRow, cutWindow } from '../load/window.ts';
import { type DemoWorld, NOTHING_ELSE } from './world.ts';

/**
 * One service under a recorded load. A task is sized such that 99 % of the trace fits into 40 tasks at 70 % CPU, and 40 is
 * the ceiling of an ordinary day: what comes above it is what the ceiling lever is for.
 */
const POLICY = `
version: 1
tickMinutes: 1
fleets:
  - name: trace
    environment: production
    region: eu-central-1
    account: '111122223333'
    services:
      - name: web
        cluster: trace
        min: 2
        max: ${FORTY_TASKS_AT_70_PERCENT.peakTasks}
        hardLimit: 200
        task: { cpuUnits: 1024, memoryMiB: 2048 }
        startupSeconds: 60
    levers:
      target-tracking: { mode: apply }
      ceiling: { mode: apply }
      known-event: { mode: apply }
`;

/**
 * @param days the busiest so many days are simulated; all of a shorter trace.
 * @throws TraceError when the file is no trace.
 */
export async function traceWorld(path: string, days: number): Promise<DemoWorld> {
  const whole = await readTrace(path);
  const trace = busiestDays(whole, days);
  const loaded = loadPolicy(POLICY, 'the policy of a trace');
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('; '));
  const { policy } = loaded;
  const [fleet] = policy.fleets;
  const [service] = fleet?.services ?? [];
  if (fleet === undefined || service === undefined) throw new Error('the policy of a trace has one service');
  const load = loadPerStep(trace);
  return {
    title: `${whole.name} under Fulcrum`,
    subtitle: 'One service under a recorded load, sized so that 99 % of it fits under the ceiling',
    timeZone: 'UTC',
    traceName: whole.name,
    seed: null,
    notes: [
      `The busiest ${days} days of the trace; the size of a task is taken from the whole of it.`,
      'Target tracking alone has the same policy and the same ceiling.',
    ],
    policy,
    fleet,
    startsAt: load.startsAt,
    services: [
      {
        policy: service,
        load,
        taskCapacity: taskCapacityFor(whole),
        databaseUse: { cpuMillisPerRequest: 0, connectionMillisPerRequest: 0 },
        suspended: NOTHING_SUSPENDED,
      },
    ],
    database: null,
    happenings: [],
    ...NOTHING_ELSE,
  };
}

function busiestDays(trace: Trace, days: number): Trace {
  const length = (trace.amounts.length * trace.intervalSeconds) / DAY;
  return length <= days ? trace : cutWindow(trace, busiestRow(trace, days), days);
}
