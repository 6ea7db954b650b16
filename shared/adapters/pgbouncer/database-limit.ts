import type { Reading } from '../../domain/reading.ts';
import type { Connections } from '../../domain/units.ts';
import { askDatabase, type AskedDatabase } from './ask-database.ts';
import { wholeNumber } from './console-rows.ts';

/** `max_connections` as PostgreSQL says it now. */
export function readMaxConnections(asked: AskedDatabase): Promise<Reading<Connections>> {
  return askDatabase(asked, 'SHOW max_connections', (row) => wholeNumber(row['max_connections'], 'max_connections'));
}
