import { type EpochMs, isoInstant, type Seconds } from '../../shared/domain/units.ts';
import { STEP_SECONDS } from './steps.ts';

/** What may be wrong with a file of load. */
export type TraceProblem =
  | { readonly code: 'empty-file' }
  | { readonly code: 'no-header'; readonly found: string }
  | { readonly code: 'not-two-columns'; readonly found: string }
  | { readonly code: 'not-a-timestamp'; readonly found: string }
  | { readonly code: 'no-offset'; readonly found: string }
  | { readonly code: 'not-utc'; readonly found: string; readonly inUtc: EpochMs }
  | { readonly code: 'duplicate'; readonly found: string }
  | { readonly code: 'unsorted'; readonly found: string; readonly previous: EpochMs }
  | { readonly code: 'unusable-interval'; readonly found: string; readonly intervalSeconds: Seconds }
  | {
      readonly code: 'irregular';
      readonly found: string;
      readonly expected: EpochMs;
      readonly intervalSeconds: Seconds;
    }
  | { readonly code: 'not-a-number'; readonly found: string }
  | { readonly code: 'negative'; readonly found: string }
  | { readonly code: 'too-few-rows'; readonly rows: number }
  | { readonly code: 'no-values'; readonly rows: number };

/** Thrown when a file of load cannot be read as one; the message names the file, the line, the value and the remedy. */
export class TraceError extends Error {
  readonly file: string;
  /** `null` where the file as a whole is meant. */
  readonly line: number | null;
  readonly problem: TraceProblem;

  constructor(file: string, line: number | null, problem: TraceProblem) {
    super(`${line === null ? file : `${file}:${line}`}: ${explainProblem(problem)}`);
    this.name = 'TraceError';
    this.file = file;
    this.line = line;
    this.problem = problem;
  }
}

/** A problem as one sentence with its remedy. */
function explainProblem(problem: TraceProblem): string {
  switch (problem.code) {
    case 'empty-file':
      return 'the file is empty; it needs the line "timestamp,value" and at least two rows';
    case 'no-header':
      return `the first line is ${quoted(problem.found)}; it must be "timestamp,value"`;
    case 'not-two-columns':
      return `${quoted(problem.found)} is not a timestamp, a comma and a value; write one sample a line`;
    case 'not-a-number':
      return `the value ${quoted(problem.found)} is not a number; leave it empty where the sample is missing`;
    case 'negative':
      return `the value ${quoted(problem.found)} is negative, which no load can be; leave it empty where the sample is missing`;
    case 'too-few-rows':
      return `${problem.rows === 0 ? 'no row' : 'a single row'} of load; at least two are needed to tell the interval`;
    case 'no-values':
      return `all ${problem.rows} values are empty; at least one sample is needed`;
    default:
      return explainTimestamp(problem);
  }
}

type TimestampProblem = Extract<
  TraceProblem,
  { code: 'not-a-timestamp' | 'no-offset' | 'not-utc' | 'duplicate' | 'unsorted' | 'unusable-interval' | 'irregular' }
>;

function explainTimestamp(problem: TimestampProblem): string {
  const value = `the timestamp ${quoted(problem.found)}`;
  switch (problem.code) {
    case 'not-a-timestamp':
      return `${value} is not an instant; write it like "2026-12-01T08:00:00Z"`;
    case 'no-offset':
      return `${value} does not say that it is UTC; convert it to UTC and end it with "Z"`;
    case 'not-utc':
      return `${value} is not in UTC; write "${shortIso(problem.inUtc)}"`;
    case 'duplicate':
      return `${value} is there twice; keep one row for each instant`;
    case 'unsorted':
      return `${value} comes after "${shortIso(problem.previous)}"; sort the rows by time, the oldest first`;
    case 'unusable-interval':
      return `${value} comes ${problem.intervalSeconds} s after the first; the interval must be a multiple of ${STEP_SECONDS} s, so sum or average the rows`;
    case 'irregular':
      return `${value} breaks the interval of ${problem.intervalSeconds} s; "${shortIso(problem.expected)}" was expected, and a missing sample is a row with an empty value`;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function shortIso(at: EpochMs): string {
  return isoInstant(at).replace('.000Z', 'Z');
}
