import { connectionMath, type ConnectionMath, type ConnectionPlan, type PoolerPlan } from '../capacity/connections.ts';
import { databaseClass } from '../capacity/database-classes.ts';
import type { FleetPolicy } from '../config/policy.ts';
import type { ProposableChange } from '../domain/change.ts';
import { planAt } from '../guards/connection-plan.ts';
import type { ConnectionRow } from '../pull-requests/describe.ts';
import { connectionsOfClass } from './connections-of-class.ts';

/**
 * The connection math before and after a change, at the ceilings of policy. Empty where the change opens no connection and
 * moves no limit, and where nothing connects.
 */
export function connectionsOfChange(change: ProposableChange, policy: FleetPolicy): readonly ConnectionRow[] {
  const plans = plansOf(change, policy);
  if (plans === null) return [];
  const [before, after] = [connectionMath(plans.before), connectionMath(plans.after)];
  return [
    ...row(`clients of the pooler: ${clientSum(plans.after)}`, before.client, after.client),
    ...row(`server connections: ${serverSum(plans.after)}`, before.server, after.server),
  ];
}

interface Plans {
  readonly before: ConnectionPlan;
  readonly after: ConnectionPlan;
}

function plansOf(change: ProposableChange, policy: FleetPolicy): Plans | null {
  switch (change.kind) {
    case 'set-capacity-bounds': {
      const at = (max: number): ConnectionPlan =>
        planAt(policy, (name, configuredMax) => (name === serviceName(change.target, policy) ? max : configuredMax));
      return { before: at(change.from.max), after: at(change.to.max) };
    }
    case 'tune-pgbouncer': {
      const at = planAt(policy, (_, configuredMax) => configuredMax, change.from[0]?.sizes ?? null);
      return { before: at, after: planAt(policy, (_, configuredMax) => configuredMax, change.to) };
    }
    case 'set-own-pool-size': {
      const { pooler, ...plan } = planAt(policy, (_, configuredMax) => configuredMax);
      if (pooler === null) return null;
      const at = (ownPoolSize: number): ConnectionPlan => ({ ...plan, pooler: { ...pooler, ownPoolSize } });
      return { before: at(change.from.poolSize), after: at(change.to.poolSize) };
    }
    case 'change-database-class': {
      const before = planAt(policy, (_, configuredMax) => configuredMax);
      if (before.database === null || databaseClass(change.to.instanceClass) === null) return null;
      const { maxConnections } = connectionsOfClass(change, before.database.maxConnections);
      return { before, after: { ...before, database: { ...before.database, maxConnections } } };
    }
    default:
      return null;
  }
}

function serviceName(target: { readonly cluster: string; readonly service: string }, { services }: FleetPolicy) {
  return services.find(({ cluster, service }) => cluster === target.cluster && service === target.service)?.name;
}

function row(sum: string, before: Side, after: Side): readonly ConnectionRow[] {
  if (before === null || after === null || after.needed === 0) return [];
  return [{ sum, before: before.needed, after: after.needed, limit: after.limit }];
}

type Side = ConnectionMath['client'];

function clientSum({ services, pooler }: ConnectionPlan): string {
  const terms = services
    .filter(({ connectsTo }) => connectsTo === 'pooler')
    .map(({ name, tasks, connectionsPerTask }) => `${name} ${tasks} × ${connectionsPerTask}`);
  return `${joined(terms)} ≤ ${pooler?.tasks ?? 0} × ${pooler?.maxClientConnections ?? 0}`;
}

function serverSum({ services, pooler, database }: ConnectionPlan): string {
  const direct = services
    .filter(({ connectsTo }) => connectsTo === 'database')
    .map(({ name, tasks, connectionsPerTask }) => `${name} ${tasks} × ${connectionsPerTask}`);
  const pooled = pooler === null ? [] : [`PgBouncer ${pooler.tasks} × ${poolSum(pooler)}`];
  const others = database === null || database.directConnections === 0 ? [] : [`direct ${database.directConnections}`];
  const limit = database === null ? '' : ` ≤ ${database.usableShare} % of ${database.maxConnections}`;
  return `${joined([...pooled, ...direct, ...others])}${limit}`;
}

function poolSum({ databaseUserPairs, poolSize, reservePoolSize, ownPoolSize }: PoolerPlan): string {
  const ofEach = poolSize + reservePoolSize;
  if (ownPoolSize === undefined) return `${databaseUserPairs} × ${ofEach}`;
  const own = ownPoolSize + reservePoolSize;
  return databaseUserPairs > 1 ? `(${databaseUserPairs - 1} × ${ofEach} + ${own})` : String(own);
}

const TERMS_AT_MOST = 6;

function joined(terms: readonly string[]): string {
  const rest = terms.length - TERMS_AT_MOST;
  return [...terms.slice(0, TERMS_AT_MOST), ...(rest > 0 ? [`${rest} more`] : [])].join(' + ');
}
