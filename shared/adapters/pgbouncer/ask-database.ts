import { NOT_ASKED, type Reading, seen, unseen } from '../../domain/reading.ts';
import type { PoolerDirectory } from '../../pooler-port.ts';
import type { Clock } from '../../ports.ts';
import { describePoolerFailure } from '../../workflow/observe-poolers.ts';
import {
  ConsoleError,
  type ConsoleLimits,
  type ConsoleLogin,
  type ConsoleRow,
  withDatabase,
} from './console-session.ts';

const LIMITS: ConsoleLimits = { connectSeconds: 2, commandSeconds: 2 };

export interface AskedDatabase {
  readonly directory: PoolerDirectory;
  readonly login: () => Promise<ConsoleLogin>;
  readonly clock: Clock;
  /** Name of a database of PgBouncer; without one nobody is asked. */
  readonly database: string | undefined;
  readonly limits?: ConsoleLimits;
}

/**
 * What PostgreSQL answers to one statement through the first PgBouncer.
 *
 * @param understand throws ConsoleError when that is no answer.
 */
export async function askDatabase<T>(
  { directory, login, clock, database, limits = LIMITS }: AskedDatabase,
  statement: string,
  understand: (row: ConsoleRow) => T,
): Promise<Reading<T>> {
  if (database === undefined) return NOT_ASKED;
  const found = await directory.find();
  if (found.kind === 'unseen') return found;
  const [first] = found.value.instances;
  if (first === undefined) return unseen({ code: 'no-data' });
  try {
    return await withDatabase(first, database, await login(), limits, async ({ command }) => {
      const [row = {}] = await command(statement);
      return seen(understand(row), clock.now());
    });
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    return unseen({ code: 'unreadable', detail: describePoolerFailure(error.because) });
  }
}
