import type { DatabaseCounters } from '../../domain/pooler.ts';
import type { Reading } from '../../domain/reading.ts';
import { askDatabase, type AskedDatabase } from './ask-database.ts';
import type { ConsoleLimits } from './console-session.ts';
import { wholeNumber } from './console-rows.ts';

/** A tuning does not wait for them: who asks through a pool in which clients wait may get no answer. */
const LIMITS: ConsoleLimits = { connectSeconds: 1, commandSeconds: 1 };

/** Everybody may read this view. The counters of sessions are there since PostgreSQL 14, which JSON does not mind. */
const STATEMENT = `
  SELECT coalesce(sum(xact_commit + xact_rollback), 0)::text AS transactions,
         coalesce(sum(xact_rollback + coalesce((to_jsonb(s) ->> 'sessions_fatal')::bigint, 0)
                                    + coalesce((to_jsonb(s) ->> 'sessions_killed')::bigint, 0)), 0)::text AS failed
    FROM pg_stat_database s`;

/** What PostgreSQL has counted of transactions and sessions that went wrong, in all its databases. */
export function readDatabaseCounters(asked: Omit<AskedDatabase, 'limits'>): Promise<Reading<DatabaseCounters>> {
  return askDatabase({ ...asked, limits: LIMITS }, STATEMENT, (row) => ({
    transactions: wholeNumber(row['transactions'], 'transactions'),
    failed: wholeNumber(row['failed'], 'failed'),
  }));
}
