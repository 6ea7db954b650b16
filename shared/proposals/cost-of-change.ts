import { auroraCost, cacheCost, databaseCost, type PricedStorage, storageCost } from '../capacity/capacity-costs.ts';
import { STRIPED_FROM_GIB } from '../capacity/database-storage.ts';
import { taskCost } from '../capacity/fargate-prices.ts';
import { AURORA_PRICES } from '../capacity/price-list/aurora.ts';
import { CACHE_PRICES } from '../capacity/price-list/cache.ts';
import { DATABASE_PRICES } from '../capacity/price-list/database.ts';
import { FARGATE_PRICES } from '../capacity/price-list/fargate.ts';
import { STORAGE_PRICES } from '../capacity/price-list/storage.ts';
import { monthlyCost, type MonthlyCost, perHour, priceOf, type RegionPrices, tablesOf } from '../capacity/prices.ts';
import type { FleetPolicy } from '../config/policy.ts';
import type { ScalableTargetId } from '../domain/capacity.ts';
import type { ChangeOf, ProposableChange } from '../domain/change.ts';
import type { CacheFacts, DatabaseFacts, StorageProvision, TaskSize } from '../domain/infrastructure.ts';
import type { CostDelta } from '../pull-requests/describe.ts';
import type { SeenFacts } from './seen-facts.ts';

interface Bill {
  readonly before: MonthlyCost;
  readonly after: MonthlyCost;
  readonly tables: readonly RegionPrices<unknown>[];
  /** What was looked up in them. */
  readonly keys: readonly string[];
  /** What is counted, where that is not all of it. */
  readonly counted: string;
}

/**
 * What a change adds to the monthly bill at its most: every task of the ceiling running, every ACU of the maximum in use.
 * `null` where a price, or what it depends on, is not known: unknown is not free.
 */
export function costOfChange(change: ProposableChange, policy: FleetPolicy, facts: SeenFacts): CostDelta | null {
  const bill = billOf(change, policy, facts);
  if (bill?.before.kind !== 'known' || bill.after.kind !== 'known') return null;
  const tables = tablesOf(bill.tables, policy.region, bill.keys);
  const sources = tables.map(({ asOf, source }) => `${asOf} (${source})`).join(' and ');
  return {
    beforeUsdPerMonth: bill.before.usdPerMonth,
    afterUsdPerMonth: bill.after.usdPerMonth,
    source: `${bill.counted}; AWS list prices of ${policy.region}, ${sources}`,
  };
}

function billOf(change: ProposableChange, policy: FleetPolicy, facts: SeenFacts): Bill | null {
  switch (change.kind) {
    case 'set-capacity-bounds':
      return taskBill(policy, change.target, [
        { tasks: change.from.max, size: null },
        { tasks: change.to.max, size: null },
      ]);
    case 'resize-task':
      return taskBill(policy, change.service, [{ size: change.from }, { size: change.to }]);
    case 'change-database-class':
    case 'set-read-replicas':
      return instanceBill(change, policy, facts);
    case 'provision-storage':
      return storageBill(change, policy, facts);
    case 'set-storage-ceiling':
      return ceilingBill(change, policy, facts);
    case 'set-aurora-capacity':
      return acuBill(change, policy, facts);
    case 'set-cache-shape':
      return cacheBill(change, policy, facts);
    case 'change-cache-node-type':
      return nodeTypeBill(change, policy, facts);
    default:
      return null;
  }
}

interface Tasks {
  /** The ceiling of policy where it is not said. */
  readonly tasks?: number;
  readonly size: TaskSize | null;
}

function taskBill(
  { services, region }: FleetPolicy,
  target: ScalableTargetId,
  [from, to]: readonly [Tasks, Tasks],
): Bill | null {
  const found = services.find(({ cluster, service }) => cluster === target.cluster && service === target.service);
  if (found === undefined) return null;
  const cost = ({ tasks = found.max, size }: Tasks): MonthlyCost =>
    taskCost({ task: { ...found.task, ...size }, tasks, capacity: 'on-demand' }, region);
  return {
    before: cost(from),
    after: cost(to),
    tables: FARGATE_PRICES,
    keys: [`on-demand/${found.task.architecture}`],
    // AWS moves the price of Spot: on demand is its upper bound.
    counted:
      found.task.capacityProvider === 'fargate-spot'
        ? 'all tasks of the ceiling, all month, at most: Spot costs less than the on-demand price counted here'
        : 'all tasks of the ceiling, all month',
  };
}

function instanceBill(
  change: ChangeOf<'change-database-class' | 'set-read-replicas'>,
  { region }: FleetPolicy,
  { database }: SeenFacts,
): Bill | null {
  if (database === null || isIoOptimized(database)) return null;
  const isAurora = change.database.kind === 'aurora-cluster';
  const cost = (className: string, replicas: number): MonthlyCost => {
    if (isAurora) return auroraCost({ className, instances: 1 + replicas }, region);
    const primary = databaseCost({ className, deployment: database.deployment, instances: 1 }, region);
    const others = databaseCost({ className, deployment: 'single-az', instances: replicas }, region);
    return sum(primary, others);
  };
  const tables = isAurora ? AURORA_PRICES : DATABASE_PRICES;
  if (change.kind === 'set-read-replicas') {
    const { instanceClass } = database;
    const [before, after] = [cost(instanceClass, change.from.replicas), cost(instanceClass, change.to.replicas)];
    return { before, after, tables, keys: [instanceClass], counted: 'instances, without their storage' };
  }
  // Replicas have classes of their own, which this change leaves alone; those of an Aurora cluster move along.
  const replicas = isAurora ? database.replicas.length : 0;
  const [before, after] = [cost(change.from.instanceClass, replicas), cost(change.to.instanceClass, replicas)];
  const keys = [change.from.instanceClass, change.to.instanceClass];
  return { before, after, tables, keys, counted: 'instances, without their storage' };
}

/** Instances and ACU of Aurora I/O-Optimized have prices of their own, which are not in the tables. */
function isIoOptimized({ auroraStorage }: DatabaseFacts): boolean {
  return auroraStorage === 'io-optimized';
}

function sum(a: MonthlyCost, b: MonthlyCost): MonthlyCost {
  if (a.kind === 'known' && b.kind === 'known') return { kind: 'known', usdPerMonth: a.usdPerMonth + b.usdPerMonth };
  return { kind: 'unknown', missing: [a, b].flatMap((cost) => (cost.kind === 'unknown' ? cost.missing : [])) };
}

function storageBill(
  { from, to }: ChangeOf<'provision-storage'>,
  { region }: FleetPolicy,
  { database }: SeenFacts,
): Bill | null {
  if (!database?.storage) return null;
  const { type } = database.storage;
  const { deployment } = database;
  const priced = ({ allocatedGiB, iops, throughputMibps }: StorageProvision): PricedStorage => ({
    storage: { type, allocatedGiB, provisionedIops: iops, provisionedMiBps: throughputMibps },
    deployment,
  });
  return {
    before: storageCost(priced(from), region),
    after: storageCost(priced(to), region),
    tables: STORAGE_PRICES,
    keys: ['GiB', 'IOPS', 'MiB/s'].map((unit) => `${type} ${unit}`),
    counted: 'storage of the primary',
  };
}

/** What stands between the ceilings is paid for when it has grown there. Without a ceiling storage stays as it is. */
function ceilingBill(
  { database: id, from, to }: ChangeOf<'set-storage-ceiling'>,
  policy: FleetPolicy,
  facts: SeenFacts,
): Bill | null {
  const { storage } = facts.database ?? {};
  if (!storage || to.maxAllocatedGiB === null) return null;
  // At its baseline gp3 brings IOPS and throughput with the size; what is provisioned above stays.
  const at = (allocatedGiB: number): StorageProvision =>
    storage.type === 'gp3' && storage.allocatedGiB < STRIPED_FROM_GIB
      ? { allocatedGiB, iops: null, throughputMibps: null }
      : { allocatedGiB, iops: storage.iops, throughputMibps: storage.throughputMibps };
  const provision = {
    kind: 'provision-storage',
    database: id,
    from: at(from.maxAllocatedGiB ?? storage.allocatedGiB),
    to: at(to.maxAllocatedGiB),
  } as const;
  const bill = storageBill(provision, policy, facts);
  return bill === null ? null : { ...bill, counted: 'storage of the primary when it has grown to the ceiling' };
}

function acuBill(
  { from, to }: ChangeOf<'set-aurora-capacity'>,
  { region }: FleetPolicy,
  { database }: SeenFacts,
): Bill | null {
  if (database === null || isIoOptimized(database)) return null;
  const cost = (acu: number): MonthlyCost =>
    monthlyCost([
      {
        what: `Aurora Serverless v2 ACU in ${region}`,
        quantity: acu * (1 + database.replicas.length),
        usdPerMonthEach: perHour(priceOf(AURORA_PRICES, region, 'ACU')),
      },
    ]);
  return {
    before: cost(from.maxAcu),
    after: cost(to.maxAcu),
    tables: AURORA_PRICES,
    keys: ['ACU'],
    counted: 'at the maximum all month',
  };
}

function cacheBill(
  { from, to }: ChangeOf<'set-cache-shape'>,
  { region }: FleetPolicy,
  { cache }: SeenFacts,
): Bill | null {
  if (cache === null) return null;
  const { engine, nodeType } = cache;
  const cost = (shards: number, replicas: number): MonthlyCost =>
    cacheCost({ engine, nodeType, nodes: shards * (1 + replicas) }, region);
  return {
    before: cost(from.shards, from.replicasPerShard),
    after: cost(to.shards, to.replicasPerShard),
    tables: CACHE_PRICES,
    keys: cacheKeys(engine, nodeType),
    counted: countedNodes(engine),
  };
}

function nodeTypeBill(
  { from, to }: ChangeOf<'change-cache-node-type'>,
  { region }: FleetPolicy,
  { cache }: SeenFacts,
): Bill | null {
  if (cache === null) return null;
  const nodes = cache.shards * (1 + cache.replicasPerShard);
  const cost = (nodeType: string): MonthlyCost => cacheCost({ engine: cache.engine, nodeType, nodes }, region);
  const keys = [from, to].flatMap(({ nodeType }) => cacheKeys(cache.engine, nodeType));
  const counted = countedNodes(cache.engine);
  return { before: cost(from.nodeType), after: cost(to.nodeType), tables: CACHE_PRICES, keys, counted };
}

function countedNodes(engine: CacheFacts['engine']): string {
  return engine === 'valkey'
    ? 'all nodes, a node of Valkey without a list price at a fifth less than Redis OSS'
    : 'all nodes';
}

/** Where a node of Valkey has no price of its own it is told from that of Redis OSS. */
function cacheKeys(engine: CacheFacts['engine'], nodeType: string): readonly string[] {
  return [`${engine} ${nodeType}`, `redis ${nodeType}`];
}
