import { Command, InvalidArgumentError } from 'commander';
import { TraceError } from '../simulator/load/trace-error.ts';
import { demo } from './demo.ts';
import { validate } from './validate.ts';

function wholeDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 366) throw new InvalidArgumentError('give 1 to 366 whole days.');
  return days;
}

const program = new Command('fulcrum').description(
  'Pulls the right scaling lever at the right time, and can prove why.',
);

program
  .command('demo')
  .description('simulate a week with a filing deadline, or a trace of your own, and write a report')
  .option(
    '--trace <file>',
    'CSV of `timestamp,value`: ISO 8601 in UTC, a regular step, an empty value where one is missing',
  )
  .option('--days <days>', 'how many of the busiest days of the trace', wholeDays, 7)
  .option('--html <file>', 'where the report goes', 'reports/demo.html')
  .action(demo);

program
  .command('validate')
  .description('check a configuration and name everything that is wrong with it')
  .argument('[file]', 'the configuration', 'fulcrum.yml')
  .action(validate);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof TraceError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
