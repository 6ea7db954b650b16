import { assertNever } from './assert-never.ts';
import type { DatabaseState, FailureCount, Worsening } from './pooler.ts';
import type { Percent } from './units.ts';

/** What a change of pool sizes made worse, with its numbers. */
export function explainWorsening(worse: Worsening): string {
  switch (worse.what) {
    case 'database-cpu':
      return `CPU of the database ${percent(worse.before)} → ${percent(worse.after)}${forWork(worse.work)}, the limit is ${percent(worse.limit)}`;
    case 'failed-transactions':
      return `${failures(worse.before)} → ${failures(worse.after)} transactions failed`;
    case 'server-errors':
      return `${failures(worse.before)} → ${failures(worse.after)} requests to ${worse.service} were answered with 5xx`;
    case 'connections-refused':
      return `the database lets no further connection of ${worse.pool} in: ${worse.open} of ${worse.poolSize} are open, ${worse.clientsWaiting} clients wait`;
    default:
      return assertNever(worse);
  }
}

/** How the database fared before a change and after it, unseen where it was not seen. */
export function explainDatabase(before: DatabaseState, after: DatabaseState): string {
  return [
    before.failures === null || after.failures === null
      ? 'failed transactions unseen'
      : `${failures(before.failures)} → ${failures(after.failures)} transactions failed`,
    before.cpuPercent === null && after.cpuPercent === null
      ? 'CPU unseen'
      : `CPU ${percentOrUnseen(before.cpuPercent)} → ${percentOrUnseen(after.cpuPercent)}`,
  ].join(', ');
}

function forWork(work: { readonly before: number; readonly after: number } | undefined): string {
  return work === undefined ? '' : ` for ${Math.round(work.before)} → ${Math.round(work.after)} transactions a second`;
}

function failures({ failed, of }: FailureCount): string {
  return `${failed} of ${of}`;
}

function percent(value: Percent): string {
  return `${Number(value.toFixed(1))} %`;
}

function percentOrUnseen(value: Percent | null): string {
  return value === null ? 'not seen yet' : percent(value);
}
