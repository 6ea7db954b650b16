/**
 * Chance that can be repeated: the same seed gives the same numbers on every machine. The generator is Mulberry32 (32 bits
 * of state), which is plenty for noise on a load and useless for secrets.
 */
export class SeededRandom {
  readonly #seed: number;
  #state: number;

  /** @throws RangeError when the seed is not a whole number from 0 to 2^32 - 1. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
      throw new RangeError(`a seed is a whole number from 0 to 4294967295, not ${seed}`);
    }
    this.#seed = seed;
    this.#state = seed;
  }

  /** Uniform, from 0 up to but not including 1. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Standard normal, by the transform of Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A generator of its own for a part of the work: it depends on the seed and the label, not on what was drawn before. */
  fork(label: string): SeededRandom {
    let hash = 0x811c_9dc5 ^ this.#seed;
    for (const byte of new TextEncoder().encode(label)) hash = Math.imul(hash ^ byte, 0x0100_0193);
    return new SeededRandom(hash >>> 0);
  }
}
