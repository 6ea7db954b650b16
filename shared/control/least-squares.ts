/** The sums of a weighted linear regression, which can be added to and forgotten; old evidence fades, none is stored. */
export class NormalEquations {
  readonly size: number;
  readonly #matrix: Float64Array;
  readonly #right: Float64Array;
  #weight = 0;

  constructor(size: number) {
    this.size = size;
    this.#matrix = new Float64Array(size * size);
    this.#right = new Float64Array(size);
  }

  /** Sum of the weights of what has not been forgotten. */
  get weight(): number {
    return this.#weight;
  }

  /** @param inputs array in which `size` inputs begin at `offset`. */
  add(inputs: Float64Array, offset: number, target: number, weight: number): void {
    const { size } = this;
    this.#weight += weight;
    for (let row = 0; row < size; row += 1) {
      const scaled = weight * (inputs[offset + row] ?? 0);
      if (scaled === 0) continue;
      this.#right[row] = (this.#right[row] ?? 0) + scaled * target;
      for (let column = 0; column <= row; column += 1) {
        const cell = row * size + column;
        this.#matrix[cell] = (this.#matrix[cell] ?? 0) + scaled * (inputs[offset + column] ?? 0);
      }
    }
  }

  /** @param share of all evidence so far that is kept. */
  fade(share: number): void {
    this.#weight *= share;
    for (let cell = 0; cell < this.#matrix.length; cell += 1) this.#matrix[cell] = (this.#matrix[cell] ?? 0) * share;
    for (let row = 0; row < this.size; row += 1) this.#right[row] = (this.#right[row] ?? 0) * share;
  }

  /** Ridge regression towards zero: `penalty` is in the units of squared inputs at the weight of one observation. */
  solve(penalty: number): Float64Array {
    const { size } = this;
    const rows = Array.from({ length: size }, (_, row) => {
      const line = Float64Array.from({ length: size + 1 }, (_cell, column) =>
        column === size ? (this.#right[row] ?? 0) : this.#at(row, column),
      );
      line[row] = (line[row] ?? 0) + penalty * this.#weight + 1e-9;
      return line;
    });
    eliminate(rows);
    return substituteBack(rows);
  }

  /**
   * The same with no coefficient below zero, by coordinate descent from where the last fit ended. Every input is shrunk by
   * `shrinkage` of its own power, so that of two inputs that say the same neither takes all.
   */
  solveNonNegative(start: Float64Array, shrinkage: number): Float64Array {
    const { size } = this;
    const solution = Float64Array.from(start);
    for (let round = 0; round < COORDINATE_ROUNDS; round += 1) {
      for (let row = 0; row < size; row += 1) {
        let rest = this.#right[row] ?? 0;
        for (let column = 0; column < size; column += 1) {
          if (column !== row) rest -= this.#at(row, column) * (solution[column] ?? 0);
        }
        solution[row] = Math.max(0, rest / (this.#at(row, row) * (1 + shrinkage) + 1e-9));
      }
    }
    return solution;
  }

  #at(row: number, column: number): number {
    return this.#matrix[column <= row ? row * this.size + column : column * this.size + row] ?? 0;
  }
}

const COORDINATE_ROUNDS = 60;

/** Gauss elimination of a symmetric positive definite system, which needs no pivots. */
function eliminate(rows: readonly Float64Array[]): void {
  rows.forEach((pivotRow, pivot) => {
    const divisor = pivotRow[pivot] ?? 1;
    for (const row of rows.slice(pivot + 1)) {
      const factor = (row[pivot] ?? 0) / divisor;
      if (factor === 0) continue;
      for (let column = pivot; column < row.length; column += 1) {
        row[column] = (row[column] ?? 0) - factor * (pivotRow[column] ?? 0);
      }
    }
  });
}

function substituteBack(rows: readonly Float64Array[]): Float64Array {
  const size = rows.length;
  const solution = new Float64Array(size);
  for (let row = size - 1; row >= 0; row -= 1) {
    const line = rows[row];
    let sum = line?.[size] ?? 0;
    for (let column = row + 1; column < size; column += 1) sum -= (line?.[column] ?? 0) * (solution[column] ?? 0);
    solution[row] = sum / (line?.[row] ?? 1);
  }
  return solution;
}
