import { TransientError } from '../../shared/domain/errors.ts';

/**
 * What goes wrong at one call of a port:
 * - `refused`: the call fails before it has an effect, and the invocation can react.
 * - `answer-lost`: the call has its effect, but fails for the caller.
 * - `killed-before`, `killed-after`: the invocation dies, so that no later call of it happens either, not even in `finally`.
 */
export type FaultMode = (typeof FAULT_MODES)[number];
export const FAULT_MODES = ['refused', 'answer-lost', 'killed-before', 'killed-after'] as const;

export interface Fault {
  /** Which call of the invocation, from 0; or the call of that name, and which of them. */
  readonly position: number | readonly [call: string, nth: number];
  readonly mode: FaultMode;
}

/** Lets others go first before a call happens, for tests of races. */
export type Turn = (call: string) => Promise<void>;

/** One run of a Lambda, with a list of every call that it made and perhaps a fault at one of them. */
export class Invocation {
  readonly calls: string[] = [];
  readonly #fault: Fault | null;
  readonly #turn: Turn | null;
  #isDead = false;

  constructor(fault: Fault | null = null, turn: Turn | null = null) {
    this.#fault = fault;
    this.#turn = turn;
  }

  /** The port as this invocation sees it. */
  watch<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, key): unknown => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return (...args: readonly unknown[]) =>
          this.#call(`${name}.${String(key)}`, () => Reflect.apply(member, target, args) as unknown);
      },
    });
  }

  async #call(call: string, effect: () => unknown): Promise<unknown> {
    if (this.#isDead) throw new Killed(call);
    const position = this.calls.push(call) - 1;
    if (this.#turn !== null) await this.#turn(call);
    if (this.#fault === null || !this.#isAt(this.#fault, position, call)) return effect();
    const { mode } = this.#fault;
    if (mode === 'killed-before' || mode === 'killed-after') this.#isDead = true;
    if (mode === 'answer-lost' || mode === 'killed-after') await effect();
    throw this.#isDead ? new Killed(call) : new TransientError(`${call} failed`);
  }

  #isAt({ position }: Fault, index: number, call: string): boolean {
    if (typeof position === 'number') return position === index;
    const [name, nth] = position;
    return call === name && this.calls.filter((each) => each === name).length === nth + 1;
  }
}

/** The process is gone: nobody sees this error, the queue in front finds out by itself. */
class Killed extends Error {
  override readonly name = 'Killed';
}
