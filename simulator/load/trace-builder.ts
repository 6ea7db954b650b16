import { type EpochMs, later, type Seconds, secondsBetween } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from './steps.ts';
import { parseUtc } from './timestamp.ts';
import { fillGaps, type Trace } from './trace.ts';
import { TraceError, type TraceProblem } from './trace-error.ts';

const HEADER = /^timestamp\s*,\s*value$/i;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const FIRST_ROOM = 4_096;

/** Takes the lines of a file one after the other and gives the trace; the first problem is thrown as a `TraceError`. */
export class TraceBuilder {
  readonly #file: string;
  readonly #name: string;
  #line = 0;
  #headerSeen = false;
  #rows = 0;
  #startsAt: EpochMs = 0;
  #intervalSeconds: Seconds = 0;
  #amounts = new Float64Array(FIRST_ROOM);
  #missing = new Uint8Array(FIRST_ROOM);

  /** @param file for messages. @param name of the trace. */
  constructor(file: string, name: string) {
    this.#file = file;
    this.#name = name;
  }

  /** @param line without its line feed. */
  accept(line: string): void {
    this.#line += 1;
    // A byte order mark is white space to `trim`, as is the carriage return of a Windows file.
    const text = line.trim();
    if (text === '') return;
    if (this.#headerSeen) this.#acceptRow(text);
    else if (HEADER.test(text)) this.#headerSeen = true;
    else this.#fail({ code: 'no-header', found: text });
  }

  build(): Trace {
    if (!this.#headerSeen) this.#failFile({ code: 'empty-file' });
    if (this.#rows < 2) this.#failFile({ code: 'too-few-rows', rows: this.#rows });
    const amounts = this.#amounts.slice(0, this.#rows);
    const missing = this.#missing.slice(0, this.#rows);
    if (!missing.includes(0)) this.#failFile({ code: 'no-values', rows: this.#rows });
    fillGaps(amounts, missing);
    return {
      name: this.#name,
      startsAt: this.#startsAt,
      intervalSeconds: this.#intervalSeconds,
      amounts,
      missing,
    };
  }

  #acceptRow(text: string): void {
    const comma = text.indexOf(',');
    if (comma < 0 || text.includes(',', comma + 1)) this.#fail({ code: 'not-two-columns', found: text });
    this.#acceptTimestamp(text.slice(0, comma).trim());
    this.#acceptValue(text.slice(comma + 1).trim());
    this.#rows += 1;
  }

  #acceptTimestamp(found: string): void {
    const at = parseUtc(found);
    if (typeof at !== 'number') this.#fail(at);
    if (this.#rows === 0) {
      this.#startsAt = at;
      return;
    }
    const previous = later(this.#startsAt, (this.#rows - 1) * this.#intervalSeconds);
    if (at === previous) this.#fail({ code: 'duplicate', found });
    if (at < previous) this.#fail({ code: 'unsorted', found, previous });
    if (this.#rows === 1) this.#intervalSeconds = this.#intervalUpTo(at, found);
    const expected = later(previous, this.#intervalSeconds);
    if (at !== expected) {
      this.#fail({ code: 'irregular', found, expected, intervalSeconds: this.#intervalSeconds });
    }
  }

  #intervalUpTo(second: EpochMs, found: string): Seconds {
    const intervalSeconds = secondsBetween(this.#startsAt, second);
    if (intervalSeconds % STEP_SECONDS !== 0) this.#fail({ code: 'unusable-interval', found, intervalSeconds });
    return intervalSeconds;
  }

  #acceptValue(found: string): void {
    if (this.#rows === this.#amounts.length) this.#makeRoom();
    if (found === '') {
      this.#missing[this.#rows] = 1;
      return;
    }
    const amount = Number(found);
    // `Number` alone would take 0x10 and Infinity.
    if (!DECIMAL.test(found) || !Number.isFinite(amount)) this.#fail({ code: 'not-a-number', found });
    if (amount < 0) this.#fail({ code: 'negative', found });
    this.#amounts[this.#rows] = amount;
  }

  #makeRoom(): void {
    const amounts = new Float64Array(2 * this.#amounts.length);
    const missing = new Uint8Array(2 * this.#missing.length);
    amounts.set(this.#amounts);
    missing.set(this.#missing);
    this.#amounts = amounts;
    this.#missing = missing;
  }

  #fail(problem: TraceProblem): never {
    throw new TraceError(this.#file, this.#line, problem);
  }

  #failFile(problem: TraceProblem): never {
    throw new TraceError(this.#file, null, problem);
  }
}
