import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from './postgres-server.ts';

const EVERY_MS = 100;

/** Server connections of every client but ourselves. */
const COUNT = `
  SELECT count(*)::int AS connections, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;

export interface ConnectionSample {
  /** Milliseconds since 1970, by the clock of the database. */
  readonly at: number;
  readonly connections: number;
}

export interface ConnectionSampler {
  /** Waits for so many samples from now on; what goes wrong, `stop` tells. */
  takes(count: number): Promise<void>;
  /**
   * The last sample is taken after this was called.
   *
   * @throws what went wrong while it sampled: a gap in the samples would prove nothing
   */
  stop(): Promise<readonly ConnectionSample[]>;
}

/** Counts the connections of PostgreSQL ten times a second, or as often as the machine lets it. */
export async function sampleConnections(postgres: PostgresServer): Promise<ConnectionSampler> {
  const client = postgres.client();
  await client.connect();
  const stopping = new AbortController();
  const samples: ConnectionSample[] = [];
  const sampling = (async () => {
    try {
      for (let isLast = false; !isLast;) {
        isLast = stopping.signal.aborted;
        const { rows } = await client.query<ConnectionSample>(COUNT);
        samples.push(...rows);
        await pause(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    } finally {
      await client.end();
    }
  })();
  // Reported by `stop`; until then it must not end the process as unhandled.
  const over = sampling.catch(() => undefined).then(() => true);
  return {
    takes: async (count) => {
      const enough = samples.length + count;
      while (samples.length < enough && !(await Promise.race([over, pause(EVERY_MS, false)])));
    },
    stop: async () => {
      stopping.abort();
      await sampling;
      return samples;
    },
  };
}
