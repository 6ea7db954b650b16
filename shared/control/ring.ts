/** The newest numbers of a sequence that is counted from 0. Asking for one that was let go is a mistake of the caller. */
export class Ring {
  readonly #values: Float64Array;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  set(index: number, value: number): void {
    this.#values[index % this.#values.length] = value;
  }

  at(index: number): number {
    return this.#values[index % this.#values.length] ?? 0;
  }
}
