import { type ConnectionMath, connectionMath, exceededSides } from '../../capacity/connections.ts';
import { planAt } from '../../guards/connection-plan.ts';
import type { Finding } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';

/** A fleet that opens more connections at its own ceilings than pooler and database have room for cannot be meant. */
export function checkConnectionMath({
  path,
  services,
  pooler,
  database,
  serviceNames,
}: SoundFleet): readonly Finding[] {
  // A service that cannot be read would be missing from the sum.
  if (serviceNames === undefined || services.length < serviceNames.length) return [];
  const plan = planAt(
    {
      services: services.map(({ value }) => ({ ...value, service: value.service ?? value.name })),
      ...(pooler === undefined ? {} : { pooler: pooler.value }),
      ...(database === undefined ? {} : { database: database.value }),
    },
    (_name, configuredMax) => configuredMax,
  );
  const math: ConnectionMath = connectionMath(plan);
  return exceededSides(math).map(({ side, needed, limit }): Finding => {
    const where = side === 'client' ? 'pooler' : 'database';
    return {
      path: [...path, where],
      at: 'key',
      message:
        side === 'client'
          ? `at their max the services open ${needed} client connections, the pooler takes ${limit}`
          : `at their max the services open ${needed} database connections, ${limit} of max_connections may be used`,
      expected:
        side === 'client'
          ? 'a lower max, smaller pools, or more maxClientConnections or pooler tasks'
          : 'a lower max, smaller pools, a smaller defaultPoolSize, or more maxConnections',
    };
  });
}
