/** One setting and the values that it may have, ascending. */
export interface Axis {
  readonly name: string;
  readonly values: readonly number[];
  /** Those of the grid that the search begins with; empty where it begins with the value of the start alone. */
  readonly coarse: readonly number[];
}

/** One value for each axis. */
export type Point = readonly number[];

export interface Trial<Outcome> {
  readonly point: Point;
  readonly outcome: Outcome;
}

export interface SearchQuestion<Outcome> {
  readonly axes: readonly Axis[];
  /** Is tried first. Its values need not be among those of the axes. */
  readonly start: Point;
  /** Points that may be tried, the start included. */
  readonly budget: number;
  readonly evaluate: (point: Point) => Outcome;
  readonly isBetter: (one: Outcome, other: Outcome) => boolean;
}

export interface SearchResult<Outcome> {
  /** In the order in which they were tried; the first is the start. */
  readonly trials: readonly Trial<Outcome>[];
  readonly best: Trial<Outcome>;
  /** `settled` when no neighbour of the best is better, `budget` when the search had to end before it knew. */
  readonly ended: 'settled' | 'budget';
}

/**
 * Tries a coarse grid, then goes from the best of each of its columns, the most promising first, to better neighbours until
 * there is none. A column are the points that differ on the first axis alone. Neighbours are one value up or down on one axis,
 * or on one axis and the first together: where a limit has to be kept, the optimum lies on its edge, and along the edge two
 * settings have to move at once. So the first axis shall be the one that trades best against all others.
 *
 * The same question always has the same answer: order and budget count trials, never time.
 */
export function search<Outcome>(question: SearchQuestion<Outcome>): SearchResult<Outcome> {
  const axes = question.axes.map((axis, index) => withValue(axis, question.start[index] ?? Number.NaN));
  const book = new TrialBook(question);
  const first = book.start();
  const grid = coarseGrid(axes, question.start).flatMap((point) => book.attempt(point) ?? []);
  const columns = Map.groupBy([first, ...grid], ({ point }) => point.slice(1).join(' '));
  const starts = [...columns.values()]
    .map((column) => book.bestOf(column))
    .toSorted(
      (one, other) =>
        Number(question.isBetter(other.outcome, one.outcome)) - Number(question.isBetter(one.outcome, other.outcome)),
    );
  const ends = starts.map((start) => descend(start, axes, book, question));
  return {
    trials: book.trials,
    best: book.bestOf(book.trials),
    ended: ends.includes('budget') ? 'budget' : 'settled',
  };
}

function descend<Outcome>(
  start: Trial<Outcome>,
  axes: readonly Axis[],
  book: TrialBook<Outcome>,
  { isBetter }: SearchQuestion<Outcome>,
): SearchResult<Outcome>['ended'] {
  let here = start;
  for (;;) {
    const step = betterNeighbour(here);
    if (step === 'budget' || step === 'settled') return step;
    here = step;
  }

  function betterNeighbour(from: Trial<Outcome>): Trial<Outcome> | SearchResult<Outcome>['ended'] {
    for (const point of neighbours(axes, from.point)) {
      const trial = book.attempt(point);
      if (trial === null) return 'budget';
      if (isBetter(trial.outcome, from.outcome)) return trial;
    }
    return 'settled';
  }
}

/** What has been tried: nothing is tried twice, and nothing beyond the budget. */
class TrialBook<Outcome> {
  readonly #question: SearchQuestion<Outcome>;
  readonly #tried = new Map<string, Trial<Outcome>>();

  constructor(question: SearchQuestion<Outcome>) {
    this.#question = question;
  }

  get trials(): readonly Trial<Outcome>[] {
    return [...this.#tried.values()];
  }

  start(): Trial<Outcome> {
    return this.#record(this.#question.start);
  }

  /** `null` when it is new and the budget is spent. */
  attempt(point: Point): Trial<Outcome> | null {
    const known = this.#tried.get(point.join(' '));
    if (known !== undefined) return known;
    return this.#tried.size < this.#question.budget ? this.#record(point) : null;
  }

  /** Of equals the first. @throws RangeError for none. */
  bestOf(trials: readonly Trial<Outcome>[]): Trial<Outcome> {
    const [first, ...others] = trials;
    if (first === undefined) throw new RangeError('of no trials none is the best');
    return others.reduce((best, trial) => (this.#question.isBetter(trial.outcome, best.outcome) ? trial : best), first);
  }

  #record(point: Point): Trial<Outcome> {
    const trial = { point, outcome: this.#question.evaluate(point) };
    this.#tried.set(point.join(' '), trial);
    return trial;
  }
}

function withValue(axis: Axis, value: number): Axis {
  const values = [...new Set([...axis.values, value])].toSorted((left, right) => left - right);
  return { ...axis, values, coarse: axis.coarse.length === 0 ? [value] : axis.coarse };
}

function coarseGrid(axes: readonly Axis[], start: Point): readonly Point[] {
  return axes.reduce<readonly Point[]>(
    (points, { coarse }, index) => points.flatMap((point) => coarse.map((value) => point.with(index, value))),
    [start],
  );
}

type Direction = -1 | 1;
const DIRECTIONS: readonly Direction[] = [-1, 1];

function neighbours(axes: readonly Axis[], point: Point): readonly Point[] {
  const single = axes.flatMap((_, index) => DIRECTIONS.map((direction) => moved(axes, point, index, direction)));
  const paired = axes.slice(1).flatMap((_, index) =>
    DIRECTIONS.map((direction) => {
      const one = moved(axes, point, index + 1, direction);
      return one && moved(axes, one, 0, direction === 1 ? -1 : 1);
    }),
  );
  const alongside = axes.slice(1).flatMap((_, index) =>
    DIRECTIONS.map((direction) => {
      const one = moved(axes, point, index + 1, direction);
      return one && moved(axes, one, 0, direction);
    }),
  );
  return [...single, ...paired, ...alongside].filter((neighbour) => neighbour !== null);
}

/** `null` beyond the end of the axis. */
function moved(axes: readonly Axis[], point: Point, index: number, direction: Direction): Point | null {
  const values: readonly number[] = axes[index]?.values ?? [];
  const value = values[values.indexOf(point[index] ?? Number.NaN) + direction];
  return value === undefined ? null : point.with(index, value);
}
