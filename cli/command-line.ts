import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { TraceError } from '../simulator/load/trace-error.ts';
import { registerAudit } from './audit.ts';
import { registerBacktest } from './backtest.ts';
import { demo } from './demo.ts';
import { validate } from './validate.ts';

/**
 * Does what a command line asks for. What a person can mend is told on stderr and sets the exit status; it never ends the
 * process by itself.
 *
 * @param args what stands behind `fulcrum`
 * @throws whatever is a defect of ours
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await commands().parseAsync(args, { from: 'user' });
  } catch (error) {
    // The parser has told it by now, be it a mistake or the help that was asked for.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    const mistake = mistakeOf(error);
    if (mistake === null) throw error;
    console.error(mistake);
    process.exitCode = 1;
  }
}

function commands(): Command {
  const program = new Command('fulcrum')
    .description('Pulls the right scaling lever at the right time, and can prove why.')
    .exitOverride();

  program
    .command('demo')
    .description('simulate a week with a filing deadline, or a trace of your own, and write a report')
    .option(
      '--trace <file>',
      'CSV of `timestamp,value`: ISO 8601 in UTC, a regular step, an empty value where one is missing',
    )
    .option('--days <days>', 'how many of the busiest days of the trace', wholeDays, 7)
    .option('--outage', 'instead: a day on which Fulcrum is killed at noon, and what its plan in AWS is worth then')
    .option('--html <file>', 'where the report goes', 'reports/demo.html')
    .action(demo);

  program
    .command('validate')
    .description('check a configuration and name everything that is wrong with it')
    .argument('[file]', 'the configuration', 'fulcrum.yml')
    .action(validate);

  registerAudit(program);
  registerBacktest(program);
  return program;
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 366) throw new InvalidArgumentError('give 1 to 366 whole days.');
  return days;
}

/** What a person can mend, in one line; `null` for a defect of ours, which keeps its stack. */
function mistakeOf(error: unknown): string | null {
  if (error instanceof TraceError || error instanceof RangeError) return error.message;
  if (!(error instanceof Error) || !('code' in error)) return null;
  // Of a folder that is read as a file Node tells no path.
  if (error.code === 'EISDIR') return 'that is a folder: name the file';
  if (!('path' in error)) return null;
  const why =
    error.code === 'ENOENT' ? 'there is no such file or folder' : `it cannot be opened (${String(error.code)})`;
  return `${String(error.path)}: ${why}`;
}
