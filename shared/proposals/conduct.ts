import { databaseClass } from '../capacity/database-classes.ts';
import type { FleetPolicy } from '../config/policy.ts';
import type { ChangeOf, ProposableChange } from '../domain/change.ts';
import type { DatabaseFacts } from '../domain/infrastructure.ts';
import type { Description } from '../pull-requests/describe.ts';
import { connectionsOfClass } from './connections-of-class.ts';
import { RECONNECTED_PERCENT, snapshotName } from './migration.ts';
import type { SeenFacts } from './seen-facts.ts';
import { copyByGrowth, copyBySize } from './storage-copy.ts';

/** What a reviewer has to know of a kind of change before it is merged, and what is to be done. */
export type Conduct = Pick<Description, 'risk' | 'downtime' | 'rollback'> & {
  /** Steps of the task list, in order, by a key that the code that can do a step ticks it by. */
  readonly steps: readonly { readonly key: string; readonly step: string }[];
};

const REVERT = 'Revert this commit and apply again.';

/**
 * @param day of the proposal, `20261201`: the name of the snapshot has it.
 * @param policy the numbers by which its levers will judge what comes of it
 * @param facts  what is seen of the platform: how long it is down depends on them
 */
export function conductOf(
  change: ProposableChange,
  day: string,
  policy: FleetPolicy,
  { database }: Pick<SeenFacts, 'database'>,
): Conduct {
  switch (change.kind) {
    case 'change-database-class':
      return databaseClassConduct(change, snapshotName(change.database.identifier, day), policy, database);
    case 'resize-task':
      return taskConduct(change, policy);
    case 'tune-pgbouncer':
      return poolConduct(policy.pooler?.durable?.kind);
    case 'set-read-replicas':
      return replicaConduct(change, policy.levers['read-replica'], database);
    case 'provision-storage':
      return storageConduct(change, policy.levers.iops);
    case 'set-storage-ceiling': {
      const { risk, ...conduct } = CONDUCT[change.kind];
      return { ...conduct, risk: { ...risk, sentences: [...risk.sentences, ...copyByGrowth(change, database)] } };
    }
    case 'change-cache-node-type':
      return cacheNodeConduct(policy.levers.cache);
    case 'set-cache-shape':
      return cacheShapeConduct(policy.levers.cache);
    default:
      return CONDUCT[change.kind];
  }
}

type Levers = FleetPolicy['levers'];

/** What a lever would call no trouble: the same count by which it calls it some. */
function fewerThan({ datapoints, of }: { readonly datapoints: number; readonly of: number }): string {
  return datapoints === 1
    ? `None of the next ${of} hours has`
    : `Fewer than ${datapoints} of the next ${of} hours have`;
}

const NOTHING_TO_REVIEW: Conduct = { risk: { level: 'low', sentences: [] }, downtime: [], rollback: [], steps: [] };

type WithNumbers =
  | 'change-database-class'
  | 'resize-task'
  | 'tune-pgbouncer'
  | 'set-read-replicas'
  | 'provision-storage'
  | 'change-cache-node-type'
  | 'set-cache-shape';

const CONDUCT: Readonly<Record<Exclude<ProposableChange['kind'], WithNumbers>, Conduct>> = {
  'set-capacity-bounds': {
    risk: {
      level: 'low',
      sentences: ['The bounds are live in Application Auto Scaling already, or move there without a restart.'],
    },
    downtime: ['None.'],
    rollback: [REVERT, 'The target-tracking policy scales in by itself.'],
    steps: [
      { key: 'plan', step: 'terraform plan shows nothing but the bounds of the scalable target.' },
      { key: 'applied', step: 'terraform apply, then the bounds are seen in Application Auto Scaling.' },
    ],
  },
  'set-storage-ceiling': {
    risk: { level: 'low', sentences: ['Storage grows only as data does, and cannot be made smaller again.'] },
    downtime: ['None.'],
    rollback: [REVERT, 'What has grown meanwhile stays.'],
    steps: [{ key: 'applied', step: 'The new ceiling is seen on the instance.' }],
  },
  'set-aurora-capacity': {
    risk: {
      level: 'low',
      sentences: ['max_connections of Aurora Serverless follows the maximum capacity after a restart of the instance.'],
    },
    downtime: ['None.'],
    rollback: [REVERT],
    steps: [{ key: 'applied', step: 'The new range is seen on the cluster.' }],
  },
  'set-pod-ceiling': {
    risk: { level: 'low', sentences: ['More pods need nodes: the cluster autoscaler has to have room for them.'] },
    downtime: ['None.'],
    rollback: [REVERT],
    steps: [
      { key: 'nodes', step: 'The nodes have room for the pods, or the cluster autoscaler may add some.' },
      { key: 'applied', step: 'The autoscaler shows the new maxReplicas.' },
    ],
  },
  'set-own-pool-size': {
    risk: {
      level: 'low',
      sentences: ['The size is that of every pool of this entry, on each PgBouncer that reads the file.'],
    },
    downtime: ['None: PgBouncer takes a RELOAD while it runs.'],
    rollback: [REVERT, 'RELOAD; connections above the smaller size close by RECONNECT.'],
    steps: [
      { key: 'reloaded', step: 'Every PgBouncer has the file, and has read it again (RELOAD, or a rolling restart).' },
      { key: 'applied', step: 'SHOW DATABASES or SHOW USERS tells the new pool_size on every PgBouncer.' },
      { key: 'helped', step: 'Nobody waits in these pools any more (SHOW POOLS, cl_waiting).' },
    ],
  },
  'ensure-target-tracking': NOTHING_TO_REVIEW,
  'schedule-capacity': NOTHING_TO_REVIEW,
  'keep-pool-sizes': NOTHING_TO_REVIEW,
};

function taskConduct(
  { service: { cluster, service } }: ChangeOf<'resize-task'>,
  { services, levers }: FleetPolicy,
): Conduct {
  const { sustained, slowRequestMillis, memoryHighPercent } = levers['task-size'];
  const cpuPercent = services.find((each) => each.cluster === cluster && each.service === service)?.targetTracking
    .cpuPercent;
  const cpu = cpuPercent === undefined ? 'CPU above its target' : `CPU above its target of ${cpuPercent} %`;
  const limits = `${cpu}, memory above ${memoryHighPercent} % or a p99 response time above ${slowRequestMillis} ms`;
  return {
    risk: {
      level: 'medium',
      sentences: [
        'All tasks are replaced by a rolling deployment. Larger tasks cost more each: the ceiling in tasks may come down.',
      ],
    },
    downtime: ['None while the deployment circuit breaker and the minimum healthy percent are in place.'],
    rollback: ['Deploy the revision before this one.', REVERT],
    steps: [
      { key: 'plan', step: 'terraform plan shows a new task definition revision and nothing else.' },
      { key: 'applied', step: 'The new revision runs on every task.' },
      { key: 'helped', step: `${fewerThan(sustained)} ${limits}.` },
    ],
  };
}

/** @param place where the sizes stand that a PgBouncer starts with; `undefined`: in its file */
function poolConduct(place: 'task-definition' | 'ssm-parameter' | undefined): Conduct {
  const replaces = place === 'task-definition';
  return {
    risk: {
      level: 'low',
      sentences: ['The connection math holds at the new sizes, over all PgBouncer tasks and pools.'],
    },
    downtime: replaces
      ? [
          'None for the sizes, which are live. An apply that makes another revision replaces the PgBouncer tasks one after the other, and cuts the connections of their clients once.',
        ]
      : ['None: PgBouncer takes the sizes while it runs; this keeps them over restarts.'],
    rollback: [REVERT, 'SET the old value on the admin console of each PgBouncer.'],
    steps: [
      ...(replaces
        ? [{ key: 'plan', step: 'terraform plan shows the task definition of PgBouncer and nothing else.' }]
        : []),
      { key: 'applied', step: 'The sizes are seen in SHOW CONFIG of every PgBouncer after a restart.' },
    ],
  };
}

function replicaConduct(
  change: ChangeOf<'set-read-replicas'>,
  { lagMillis }: Levers['read-replica'],
  facts: DatabaseFacts | null,
): Conduct {
  return {
    risk: {
      level: 'medium',
      sentences: ['Reads from a replica lag behind the primary. The application decides which reads may.'],
    },
    downtime: replicaDowntime(change, facts),
    rollback: ['Point the reads back at the primary.', REVERT],
    steps: [
      { key: 'plan', step: 'terraform plan shows new instances and no change of the primary.' },
      { key: 'applied', step: 'The replica is available.' },
      { key: 'routed', step: 'The application reads from it: connections on the replica are seen.' },
      { key: 'lag', step: `The replica lag is under ${lagMillis} ms.` },
    ],
  };
}

/** Amazon RDS User Guide, “Working with DB instance read replicas”: a snapshot of a Multi-AZ instance is taken of the standby. */
function replicaDowntime(
  { database: { kind } }: ChangeOf<'set-read-replicas'>,
  facts: DatabaseFacts | null,
): readonly string[] {
  if (kind === 'aurora-cluster') return ['None: a reader joins the storage of the cluster in about 10 minutes.'];
  const made = 'A replica is created from a snapshot in 10 to 20 minutes.';
  if (facts?.deployment === 'multi-az') return [`None. ${made}`];
  const paused = 'I/O of the primary pauses for about a minute while the snapshot is taken';
  return facts === null
    ? [`None where the primary is Multi-AZ; of Single-AZ, ${paused}.`, made]
    : [`${paused}: it is Single-AZ.`, made];
}

function storageConduct(
  change: ChangeOf<'provision-storage'>,
  { highPercent, queueDepth, sustainedHours }: Levers['iops'],
): Conduct {
  const copy = copyBySize(change);
  return {
    risk: {
      level: copy.length > 0 ? 'high' : 'medium',
      sentences: [
        'The storage is optimised for hours after the change, during which it is slower and cannot be modified freely.',
        ...copy,
      ],
    },
    downtime: ['None.'],
    rollback: ['IOPS and throughput can be reduced again; the size cannot.'],
    steps: [
      { key: 'plan', step: 'terraform plan shows the storage of the instance and nothing else.' },
      { key: 'applied', step: 'The modification has ended and the storage is optimised.' },
      {
        key: 'helped',
        step: `${fewerThan(sustainedHours)} more than ${highPercent} % of the provisioned IOPS in use, or a queue above ${queueDepth}.`,
      },
    ],
  };
}

function cacheNodeConduct({ sustained, memoryHighPercent, evictionsPerHour }: Levers['cache']): Conduct {
  return {
    risk: {
      level: 'medium',
      sentences: [
        'The nodes are replaced one after the other while the cache serves: it is slower until that has ended.',
        'A value that fills the present type may not fit a smaller one again.',
      ],
    },
    downtime: ['A few seconds for writes when the primary fails over; none for reads where there is a replica.'],
    rollback: [REVERT],
    steps: [
      { key: 'plan', step: 'terraform plan shows an update in place of the replication group, and no replacement.' },
      { key: 'applied', step: 'The replication group is available with its new node type.' },
      {
        key: 'helped',
        step: `${fewerThan(sustained)} memory above ${memoryHighPercent} % or more than ${evictionsPerHour} keys evicted.`,
      },
    ],
  };
}

function cacheShapeConduct({ sustained, memoryHighPercent, engineCpuHighPercent }: Levers['cache']): Conduct {
  return {
    risk: {
      level: 'medium',
      sentences: ['Resharding moves keys while it runs: the engine is busier until it has ended.'],
    },
    downtime: ['None in cluster mode.'],
    rollback: [REVERT],
    steps: [
      { key: 'applied', step: 'The replication group is available with its new shape.' },
      {
        key: 'helped',
        step: `${fewerThan(sustained)} memory above ${memoryHighPercent} % or engine CPU above ${engineCpuHighPercent} %.`,
      },
    ],
  };
}

/** The migration checklist of a class change, from the trigger to what has to be seen afterwards. */
function databaseClassConduct(
  change: ChangeOf<'change-database-class'>,
  snapshot: string,
  { levers, database }: FleetPolicy,
  facts: DatabaseFacts | null,
): Conduct {
  const { sustained, calmDays } = levers['database-class'];
  const [trigger, bounds] = isSmallerClass(change)
    ? [
        `The database has been calm for ${calmDays} days.`,
        'Pool sizes and ceilings fit into what the new max_connections allows.',
      ]
    : [
        `The trigger has been sustained: on at least ${sustained.days} of ${sustained.of} days.`,
        'Pool sizes and ceilings are raised to what the new max_connections allows.',
      ];
  return {
    risk: {
      level: 'high',
      sentences: [
        'The instance restarts on the new class. Connections are cut and have to be made anew.',
        'The buffer cache is empty afterwards: reads are slower until it is warm.',
        ...connectionsThatStay(change, database),
        ...replicasThatStay(change, facts),
      ],
    },
    downtime: classDowntime(change, facts),
    rollback: [
      'Change the class back in the same way, in a low-traffic window; it takes the same downtime again.',
      `If data is in doubt: restore the snapshot ${snapshot}, or the newer one that has taken its place.`,
    ],
    steps: [
      { key: 'sustained', step: trigger },
      {
        key: 'snapshot',
        step: `Manual snapshot ${snapshot} is taken and available. If it is more than a day old when this is merged, another is taken, named by its day: wait for that one.`,
      },
      { key: 'runbook', step: 'The runbook carries what the dry run in staging has shown.' },
      ...replicasFirst(change, facts),
      { key: 'plan', step: 'terraform plan shows the class of the instance and nothing else.' },
      {
        key: 'window',
        step: 'The change is scheduled for a low-traffic window: the one named above, where one is known.',
      },
      { key: 'applied', step: 'terraform apply.' },
      { key: 'failover', step: 'The event of the failover or restart was seen.' },
      { key: 'class', step: 'The instance shows the new class.' },
      {
        key: 'reconnects',
        step: `At least ${RECONNECTED_PERCENT} % as many clients are connected as before, counted on the instance.`,
      },
      // Of a database that is known to have none there is nothing to see.
      ...(facts?.replicas.length === 0
        ? []
        : [
            { key: 'lag', step: `Every replica lags less than ${levers['read-replica'].lagMillis} ms.` },
            { key: 'traffic', step: 'Every replica takes traffic: connections on it are seen.' },
          ]),
      { key: 'bounds', step: bounds },
      { key: 'load-test', step: 'The result of a synthetic load test is attached.' },
    ],
  };
}

const DOWNTIME = {
  'multi-az': 'Multi-AZ: about 30 seconds, by a failover to the standby, which is changed first.',
  'single-az': 'Single-AZ: some minutes, for as long as the instance restarts.',
} as const;

function classDowntime(
  { database: { kind } }: ChangeOf<'change-database-class'>,
  facts: DatabaseFacts | null,
): readonly string[] {
  if (kind === 'aurora-cluster') {
    return [
      'Aurora with a reader: about 30 seconds, by a failover to it. Without one: some minutes, for as long as the writer restarts.',
    ];
  }
  return facts === null ? Object.values(DOWNTIME) : [DOWNTIME[facts.deployment]];
}

/** What a class brings is of no use where a parameter group says otherwise. */
function connectionsThatStay(
  change: ChangeOf<'change-database-class'>,
  database: FleetPolicy['database'],
): readonly string[] {
  if (database === undefined) return [];
  const { maxConnections, setBy } = connectionsOfClass(change, database.maxConnections);
  if (setBy === 'class') return [];
  return [
    `max_connections stays at ${maxConnections}: a parameter group sets it, for it is not the default of ${change.from.instanceClass}. If more is wanted, raise it there as well.`,
  ];
}

/** Whether there are, or may be, replicas that have a class of their own: those of Aurora share its storage, and its class moves with them. */
function mayHaveReplicas(
  { database: { kind } }: ChangeOf<'change-database-class'>,
  facts: DatabaseFacts | null,
): boolean {
  return kind === 'rds-instance' && facts?.replicas.length !== 0;
}

/** PostgreSQL documentation, “Hot Standby”: a standby has to allow as many connections as its primary, or stops replaying. */
function replicasThatStay(change: ChangeOf<'change-database-class'>, facts: DatabaseFacts | null): readonly string[] {
  if (!mayHaveReplicas(change, facts)) return [];
  const when = isSmallerClass(change) ? 'after' : 'before';
  return [
    `Replicas keep their own class. PostgreSQL stops replaying on one that allows fewer connections than its primary, and a smaller one falls behind: change theirs ${when} that of the primary.`,
  ];
}

function replicasFirst(change: ChangeOf<'change-database-class'>, facts: DatabaseFacts | null): Conduct['steps'] {
  if (!mayHaveReplicas(change, facts) || isSmallerClass(change)) return [];
  return [{ key: 'replicas', step: `Every replica has ${change.to.instanceClass}, or a larger class, already.` }];
}

/** Whether less comes with the class than before: then what stands has to fit, and nothing can be raised. */
export function isSmallerClass({ from, to }: ChangeOf<'change-database-class'>): boolean {
  const [before, after] = [databaseClass(from.instanceClass), databaseClass(to.instanceClass)];
  return before !== null && after !== null && after.maxConnections < before.maxConnections;
}
