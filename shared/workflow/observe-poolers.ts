import type { ObservedPooler, PoolerFailure, PoolerInstance, PoolerSample, PoolerSnapshot } from '../domain/pooler.ts';
import { type Reading, seen, unseen } from '../domain/reading.ts';
import type { Connections, Seconds } from '../domain/units.ts';
import type { PoolerConsole, PoolerDirectory } from '../pooler-port.ts';
import type { Clock } from '../ports.ts';

export interface ProbeTools {
  readonly console: PoolerConsole;
  readonly directory: PoolerDirectory;
  readonly clock: Clock;
  readonly wait: (seconds: Seconds) => Promise<void>;
  /** `max_connections` of the database as it is now. */
  readonly readMaxConnections: () => Promise<Reading<Connections>>;
}

/** How often a probe looks, and how long it waits in between. */
export interface ProbeRhythm {
  readonly samples: number;
  readonly sampleSeconds: Seconds;
}

/** Looks at every PgBouncer of a fleet several times. One that fails once is unseen as a whole: no half picture counts. */
export async function observePoolers(
  tools: ProbeTools,
  { samples, sampleSeconds }: ProbeRhythm,
): Promise<Pick<PoolerSnapshot, 'instances' | 'maxConnections'>> {
  const { directory, clock, wait, readMaxConnections } = tools;
  const [found, maxConnections] = await Promise.all([directory.find(), readMaxConnections()]);
  if (found.kind === 'unseen') return { instances: found, maxConnections };
  const looks = new Map<PoolerInstance, (PoolerSample | PoolerFailure)[]>(
    found.value.instances.map((instance) => [instance, []]),
  );
  for (let turn = 0; turn < samples; turn += 1) {
    if (turn > 0) await wait(sampleSeconds);
    await Promise.all([...looks].map(async ([instance, taken]) => taken.push(await sampleOf(instance, tools))));
  }
  const observed = [...looks].map(([instance, taken]): ObservedPooler => ({
    instance,
    samples: samplesOf(taken, clock),
  }));
  return { instances: seen(observed, clock.now()), maxConnections };
}

async function sampleOf(
  instance: PoolerInstance,
  { console, clock }: ProbeTools,
): Promise<PoolerSample | PoolerFailure> {
  const look = await console.read(instance);
  return look.kind === 'seen' ? { at: clock.now(), reading: look.value } : look.because;
}

function samplesOf(taken: readonly (PoolerSample | PoolerFailure)[], clock: Clock): ObservedPooler['samples'] {
  const samples: PoolerSample[] = [];
  for (const look of taken) {
    if ('code' in look) return unseen({ code: 'unreadable', detail: describePoolerFailure(look) });
    samples.push(look);
  }
  return seen(samples, clock.now());
}

/** For people. Names no password and no user. */
export function describePoolerFailure(failure: PoolerFailure): string {
  switch (failure.code) {
    case 'wrong-password':
      return 'wrong password or unknown user';
    case 'timed-out':
      return `${failure.during} took longer than ${failure.limitSeconds} s`;
    default:
      return failure.detail;
  }
}
