import type { Tasks } from '../../shared/domain/units.ts';
import type { LoadPerSecond } from '../load/steps.ts';
import type { PlatformStep } from '../platform/simulated-platform.ts';
import type { PooledState } from '../platform/simulated-poolers.ts';

/** One service over a whole run, a value for each step of 20 seconds. */
export interface ServiceRecording {
  readonly load: Float64Array;
  readonly wanted: Float64Array;
  readonly ready: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly cpuPercent: Float64Array;
  readonly missed: Float64Array;
  readonly lost: Float64Array;
}

/** Everything that is plotted of a run. */
export class Recording {
  readonly steps: number;
  readonly services: ReadonlyMap<string, ServiceRecording>;
  readonly databaseCpuPercent: Float64Array;
  readonly databaseConnections: Float64Array;
  readonly poolConnections: Float64Array;
  readonly poolLimit: Float64Array;
  readonly poolStartLimit: Float64Array;
  readonly clientsWaiting: Float64Array;
  #step = 0;

  constructor(services: readonly string[], steps: number) {
    this.steps = steps;
    this.services = new Map(services.map((name) => [name, emptyRecording(steps)]));
    this.databaseCpuPercent = new Float64Array(steps);
    this.databaseConnections = new Float64Array(steps);
    this.poolConnections = new Float64Array(steps);
    this.poolLimit = new Float64Array(steps);
    this.poolStartLimit = new Float64Array(steps);
    this.clientsWaiting = new Float64Array(steps);
  }

  add({ services, database, pooler }: PlatformStep): void {
    const index = this.#step;
    for (const [name, step] of services) {
      const recording = this.services.get(name);
      if (recording === undefined) continue;
      const values: Record<keyof ServiceRecording, LoadPerSecond | Tasks> = {
        load: step.load,
        wanted: step.wanted,
        ready: step.ready,
        min: step.bounds.min,
        max: step.bounds.max,
        cpuPercent: step.cpu * 100,
        missed: step.missed,
        lost: step.lost,
      };
      for (const key of RECORDED) recording[key][index] = values[key];
    }
    this.databaseCpuPercent[index] = database?.cpuPercent ?? 0;
    this.databaseConnections[index] = database?.connections ?? 0;
    this.poolConnections[index] = database?.poolConnections ?? 0;
    if (pooler !== null) this.#addPooler(pooler, index);
    this.#step += 1;
  }

  #addPooler({ poolLimit, startLimit, clientsWaiting }: PooledState, index: number): void {
    this.poolLimit[index] = poolLimit;
    this.poolStartLimit[index] = startLimit;
    this.clientsWaiting[index] = clientsWaiting;
  }
}

const RECORDED = ['load', 'wanted', 'ready', 'min', 'max', 'cpuPercent', 'missed', 'lost'] as const;

function emptyRecording(steps: number): ServiceRecording {
  const empty = (): Float64Array => new Float64Array(steps);
  return {
    load: empty(),
    wanted: empty(),
    ready: empty(),
    min: empty(),
    max: empty(),
    cpuPercent: empty(),
    missed: empty(),
    lost: empty(),
  };
}
