import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { type EpochMs, instant } from '../../../shared/domain/units.ts';
import type { ServiceStep } from '../../../simulator/plant/simulated-service.ts';
import { TIME_ZONE } from './deadline-day.ts';
import type { Invoked } from './deliveries.ts';
import type { Call } from './wire.ts';

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, hour: '2-digit', minute: '2-digit' });

/** `06:00`, local time. */
export function clockTime(at: EpochMs): string {
  return CLOCK.format(at);
}

/** `06:00 target-tracking decided scaling-suspended`. */
export function line({ at, lever, transition, reasons }: AuditRecord): string {
  return [clockTime(instant(at)), lever ?? '-', transition, ...reasons.map(({ code }) => code)].join(' ');
}

/** `06:00 2–8`, whenever the bounds change. */
export function boundsOverTheDay(steps: readonly ServiceStep[]): readonly string[] {
  return steps.flatMap(({ at, bounds }, index) => {
    const before = steps[index - 1]?.bounds;
    const isNew = before?.min !== bounds.min || before.max !== bounds.max;
    return isNew ? [`${clockTime(at)} ${bounds.min}–${bounds.max}`] : [];
  });
}

/** How often each thing occurs, in alphabetical order. */
export function counts(names: readonly string[]): Readonly<Record<string, number>> {
  const groups = Object.entries(Object.groupBy(names, (name) => name));
  return Object.fromEntries(
    groups.map(([name, all = []]) => [name, all.length] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** As IAM names the call, with the table: `dynamodb:Query fulcrum-state`. */
export function nameOf({ service, operation, table }: Call): string {
  const prefix = service === 'monitoring' ? 'cloudwatch' : service;
  return `${prefix}:${operation}${table === null ? '' : ` ${table}`}`;
}

/** What the day has cost in calls: a line for each operation, a column for each function. */
export function callTable(invoked: readonly Invoked[], calls: readonly Call[]): string {
  const names = [...new Set(invoked.map(({ name }) => name))];
  const row = (title: string, numberOf: (name: string) => number): readonly string[] => {
    const numbers = names.map(numberOf);
    return [
      title,
      ...[...numbers, numbers.reduce((sum, number) => sum + number, 0)].map((number) => String(number || '·')),
    ];
  };
  const table = [
    ['', ...names, 'all'],
    row('invocations', (name) => invoked.filter((one) => one.name === name).length),
    ...[...new Set(calls.map(nameOf))]
      .sort()
      .map((call) => row(call, (name) => calls.filter((one) => one.caller === name && nameOf(one) === call).length)),
    row('metrics asked for', (name) =>
      calls.reduce((sum, { caller, metrics }) => sum + (caller === name ? metrics : 0), 0),
    ),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const aligned = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return table.map(aligned).join('\n');
}
