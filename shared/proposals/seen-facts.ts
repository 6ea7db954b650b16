import type { CacheFacts, DatabaseFacts, TaskFacts } from '../domain/infrastructure.ts';

/** What is seen of the things that a proposal is about, for its prices and limits. `null` where it cannot be seen. */
export interface SeenFacts {
  readonly database: DatabaseFacts | null;
  readonly cache: CacheFacts | null;
  readonly task: TaskFacts | null;
}

export const NOTHING_SEEN: SeenFacts = { database: null, cache: null, task: null };
