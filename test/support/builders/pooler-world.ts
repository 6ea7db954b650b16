import type { ObservedPooler, PoolerReading, PoolerSizes, PoolerSnapshot } from '../../../shared/domain/pooler.ts';
import { seen, unseen } from '../../../shared/domain/reading.ts';
import { type EpochMs, HOUR } from '../../../shared/domain/units.ts';
import { aPool, aPooledDatabase, aPooler } from './pooler-readings.ts';
import { NOW } from './time.ts';

/** One PgBouncer with one pool over the two seconds of a probe; what is not said is calm. */
export interface PoolerWorld {
  readonly id?: string;
  readonly sizes?: Partial<PoolerSizes>;
  /** In each look, oldest first. */
  readonly waiting?: readonly number[];
  readonly active?: number;
  /** `max_db_connections`, in force. */
  readonly maxConnections?: number;
  readonly maxUserConnections?: number;
  readonly isPaused?: boolean;
  /** What ended between the first look and the last. */
  readonly transactions?: number;
  readonly waitSeconds?: number;
  readonly transactionSeconds?: number;
  readonly longestWaitSeconds?: number;
  readonly clients?: number;
  /** A size of its own in the configuration file. */
  readonly ownSize?: number;
  /** Why its console does not answer. */
  readonly silent?: string;
}

export const SIZES: PoolerSizes = { defaultPoolSize: 25, reservePoolSize: 0, maxClientConnections: 1000 };

export function anObservedPooler(world: PoolerWorld = {}, now: EpochMs = NOW): ObservedPooler {
  const { id = 'a', waiting = [0, 0, 0], silent } = world;
  const instance = { id, host: '10.0.1.4', port: 6432, availabilityZone: `eu-central-1${id}` };
  if (silent !== undefined) return { instance, samples: unseen({ code: 'unreadable', detail: silent }) };
  const last = waiting.length - 1;
  const samples = waiting.map((clientsWaiting, look) => ({
    at: now - (last - look) * 1000,
    reading: aReading(world, clientsWaiting, last === 0 ? 0 : look / last),
  }));
  return { instance, samples: seen(samples, now) };
}

function aReading(world: PoolerWorld, clientsWaiting: number, passed: number): PoolerReading {
  const sizes = { ...SIZES, ...world.sizes };
  const {
    active = Math.min(10, sizes.defaultPoolSize),
    transactions = 200,
    waitSeconds = 0,
    transactionSeconds = 20,
  } = world;
  return aPooler({
    sizes,
    maxUserConnections: world.maxUserConnections ?? 0,
    clientConnections: world.clients ?? 100,
    pools: [aPool({ clientsWaiting, serversActive: active, longestWaitSeconds: world.longestWaitSeconds ?? 0 })],
    databases: [
      aPooledDatabase({
        poolSize: world.ownSize ?? sizes.defaultPoolSize,
        sizeFrom: world.ownSize === undefined ? 'default' : 'own',
        maxConnections: world.maxConnections ?? 0,
        currentConnections: active,
        isPaused: world.isPaused ?? false,
        totals: {
          transactions: 1000 + transactions * passed,
          queries: 1000 + transactions * passed,
          transactionSeconds: 100 + transactionSeconds * passed,
          querySeconds: 100 + transactionSeconds * passed,
          waitSeconds: 50 + waitSeconds * passed,
        },
      }),
    ],
  });
}

export function aPoolerSnapshot(
  worlds: readonly PoolerWorld[] = [{ id: 'a' }, { id: 'b' }],
  over: Partial<PoolerSnapshot> = {},
  now: EpochMs = NOW,
): PoolerSnapshot {
  return {
    instances: seen(
      worlds.map((world, index) => anObservedPooler({ id: String.fromCharCode(97 + index), ...world }, now)),
      now,
    ),
    maxConnections: seen(200, now),
    peakActive: peaks([], now),
    durable: null,
    intended: null,
    intendedAt: null,
    effect: null,
    ...over,
  };
}

/** Most connections in use, an hour a point: so many full hours that end now. */
export function peaks(values: readonly number[], now: EpochMs = NOW): PoolerSnapshot['peakActive'] {
  const begin = now - values.length * HOUR * 1000;
  return seen({ periodSeconds: HOUR, points: values.map((value, i) => ({ at: begin + i * HOUR * 1000, value })) }, now);
}
