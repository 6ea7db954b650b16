import type { LoadPerSecond } from '../load/steps.ts';

/** Mean loads of blocks of equally many steps, counted from the first step; a block counts when it is complete. */
export class BlockMeans {
  readonly stepsPerBlock: number;
  readonly #means: LoadPerSecond[] = [];
  #sum = 0;
  #steps = 0;

  constructor(stepsPerBlock: number) {
    this.stepsPerBlock = stepsPerBlock;
  }

  add(load: LoadPerSecond): void {
    this.#sum += load;
    this.#steps += 1;
    if (this.#steps < this.stepsPerBlock) return;
    this.#means.push(this.#sum / this.stepsPerBlock);
    this.#sum = 0;
    this.#steps = 0;
  }

  /** `undefined` before the first block and for what is not complete. */
  at(block: number): LoadPerSecond | undefined {
    return this.#means[block];
  }
}
