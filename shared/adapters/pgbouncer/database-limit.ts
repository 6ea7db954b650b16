import type { PoolerDirectory } from '../../pooler-port.ts';
import type { Connections } from '../../domain/units.ts';
import { NOT_ASKED, type Reading, seen, unseen } from '../../domain/reading.ts';
import type { Clock } from '../../ports.ts';
import { describePoolerFailure } from '../../workflow/observe-poolers.ts';
import { wholeNumber } from './console-rows.ts';
import { ConsoleError, type ConsoleLimits, type ConsoleLogin, withDatabase } from './console-session.ts';

const LIMITS: ConsoleLimits = { connectSeconds: 2, commandSeconds: 2 };

export interface DatabaseLimitOptions {
  readonly directory: PoolerDirectory;
  readonly login: () => Promise<ConsoleLogin>;
  readonly clock: Clock;
  /** Name of a database of PgBouncer; without one nobody is asked. */
  readonly database: string | undefined;
  readonly limits?: ConsoleLimits;
}

/** `max_connections` as PostgreSQL says it now, asked through the first PgBouncer. */
export async function readMaxConnections(options: DatabaseLimitOptions): Promise<Reading<Connections>> {
  const { directory, login, clock, database, limits = LIMITS } = options;
  if (database === undefined) return NOT_ASKED;
  const found = await directory.find();
  if (found.kind === 'unseen') return found;
  const [first] = found.value.instances;
  if (first === undefined) return unseen({ code: 'no-data' });
  try {
    return await withDatabase(first, database, await login(), limits, async ({ command }) => {
      const [row] = await command('SHOW max_connections');
      return seen(wholeNumber(row?.['max_connections'], 'max_connections'), clock.now());
    });
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error;
    return unseen({ code: 'unreadable', detail: describePoolerFailure(error.because) });
  }
}
