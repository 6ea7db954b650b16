import type { PoolerFailure, PoolerInstance, PoolerSample } from '../domain/pooler.ts';
import type { Seconds } from '../domain/units.ts';
import type { PoolerConsole } from '../pooler-port.ts';
import type { Clock } from '../ports.ts';

export interface PoolerLooks {
  readonly console: PoolerConsole;
  readonly clock: Clock;
  /** Lets so much time pass: what a change has brought shows after a while. */
  readonly wait: (seconds: Seconds) => Promise<void>;
}

/** A PgBouncer that is replaced or busy answers a moment later, or not at all. */
const LOOKS = 3;
export const BETWEEN_LOOKS: Seconds = 0.5;

export async function lookAt(
  instance: PoolerInstance,
  { console, clock, wait }: PoolerLooks,
): Promise<PoolerSample | { readonly because: PoolerFailure }> {
  for (let turn = 1; ; turn += 1) {
    const look = await console.read(instance);
    if (look.kind === 'seen') return { at: clock.now(), reading: look.value };
    if (turn === LOOKS || !mayPass(look.because)) return { because: look.because };
    await wait(BETWEEN_LOOKS);
  }
}

function mayPass({ code }: PoolerFailure): boolean {
  return code === 'unreachable' || code === 'timed-out' || code === 'connection-lost';
}
