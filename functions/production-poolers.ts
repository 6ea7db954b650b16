import { cloudWatchClient, ecsClient, secretsManagerClient, ssmClient } from '../shared/adapters/aws/clients.ts';
import { AwsMetricReader } from '../shared/adapters/aws/metric-reader.ts';
import { EcsPoolers } from '../shared/adapters/aws/pooler-instances.ts';
import { Secrets } from '../shared/adapters/aws/secrets.ts';
import type { AskedDatabase } from '../shared/adapters/pgbouncer/ask-database.ts';
import { ConfiguredPoolers } from '../shared/adapters/pgbouncer/configured-poolers.ts';
import type { ConsoleLogin, ConsoleTls } from '../shared/adapters/pgbouncer/console-session.ts';
import { readDatabaseCounters } from '../shared/adapters/pgbouncer/database-counters.ts';
import { readMaxConnections } from '../shared/adapters/pgbouncer/database-limit.ts';
import { PgBouncerConsole } from '../shared/adapters/pgbouncer/pooler-console.ts';
import { readingInTime } from '../shared/adapters/reading-in-time.ts';
import { systemClock as clock } from '../shared/adapters/system-clock.ts';
import { systemWait } from '../shared/adapters/system-wait.ts';
import type { Seconds } from '../shared/domain/units.ts';
import { fleetOfPooler, type FleetPoolers, poolerObserver } from '../shared/workflow/fleet-poolers.ts';
import type { ProbeTools } from '../shared/workflow/observe-poolers.ts';
import type { PoolerToolsOf } from '../shared/workflow/pooler-craft.ts';
import type { ProbeDependencies } from '../shared/workflow/probe.ts';
import type { ProbedPolicy } from '../shared/workflow/probed-fleets.ts';
import { databaseCpuIn, type DatabaseWatch } from '../shared/workflow/watch-database.ts';
import { lookDependencies, type Packaged } from './production.ts';
import { durableSizesIn } from './production-durable.ts';

const NEVER = new AbortController().signal;
const wait = (seconds: Seconds): Promise<void> => systemWait(seconds, NEVER);

/** So long throughput is measured on every PgBouncer, before and after: a hundred of them still fit into one run. */
const WATCH: Seconds = 1;
/** As long as a console may take. */
const CPU_LIMIT: Seconds = 2;

/** What the probe needs of AWS and of the network of the fleets. */
export function probeDependencies(stack: Packaged): ProbeDependencies {
  const { policy, environment } = stack;
  const reach = (fleet: ProbedPolicy): FleetPoolers => ({
    tools: toolsFor(fleet, environment.region),
    durable: durableSizesIn(fleet, environment.region),
  });
  return { ...lookDependencies(stack), poolers: poolerObserver(policy, reach) };
}

/** How the action reaches the PgBouncers of its order. */
export function poolerToolsOf({ policy, environment }: Packaged): PoolerToolsOf {
  return (pooler) => {
    const fleet = fleetOfPooler(policy, pooler);
    if (fleet === null) return null;
    const { region } = environment;
    const { directory, login, ...tools } = toolsFor(fleet, region);
    const metrics = new AwsMetricReader(cloudWatchClient(region));
    const readCpu = databaseCpuIn(metrics, fleet.database, clock);
    const database: DatabaseWatch = {
      readCounters: () => readDatabaseCounters({ directory, login, clock, database: fleet.pooler.console.database }),
      // A tuning does not wait for it.
      readCpu: () => readingInTime(readCpu(), CPU_LIMIT, 'CloudWatch'),
      cpuHighPercent: fleet.database?.cpuHighPercent ?? 100,
    };
    return { ...tools, directory, watchSeconds: WATCH, database };
  };
}

/** Made anew for every probe and every order: a rotated password is known at once. */
function toolsFor({ pooler }: ProbedPolicy, region: string): ProbeTools & Pick<AskedDatabase, 'login'> {
  const { console } = pooler;
  const secrets = new Secrets({ secretsManager: secretsManagerClient(region), ssm: ssmClient(region) });
  const login = async (): Promise<ConsoleLogin> => ({
    user: console.user,
    password: await secrets.read(console.passwordFrom),
    tls: tlsOf(console),
  });
  const directory =
    console.hosts === undefined
      ? new EcsPoolers({ ecs: ecsClient(region), clock, service: pooler, port: console.port })
      : new ConfiguredPoolers(console.hosts, console.port, clock);
  return {
    console: new PgBouncerConsole({ login }),
    directory,
    login,
    clock,
    wait,
    readMaxConnections: () => readMaxConnections({ directory, login, clock, database: console.database }),
  };
}

function tlsOf({ tls, tlsServerName, tlsAuthorities }: ProbedPolicy['pooler']['console']): ConsoleTls {
  return tls === 'verify-full' ? { mode: tls, serverName: tlsServerName, authorities: tlsAuthorities } : { mode: tls };
}
