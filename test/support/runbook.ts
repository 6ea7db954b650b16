import type { LeverName } from '../../shared/config/policy.ts';
import type { ReasonCode } from '../../shared/domain/reason.ts';
import type { Symptom } from './runbook-world.ts';

/** Which lever is right when these rise: docs/which-lever.md has the same rows. */
export interface Scenario {
  /** As a person says it. */
  readonly when: string;
  readonly rises: readonly Symptom[];
  readonly pulled: readonly LeverName[];
  /** Levers that would act and are held, and by which reason. */
  readonly held: Readonly<Partial<Record<LeverName, ReasonCode>>>;
  /** Levers that say why they are not the remedy. */
  readonly says: Readonly<Partial<Record<LeverName, ReasonCode>>>;
  readonly why: string;
}

const row = (
  when: string,
  rises: readonly Symptom[],
  pulled: readonly LeverName[],
  why: string,
  rest: Partial<Pick<Scenario, 'held' | 'says'>> = {},
): Scenario => ({ when, rises, pulled, why, held: {}, says: {}, ...rest });

const ELSEWHERE = 'bottleneck-elsewhere';
const OTHER = 'other-remedy';

export const ALONE: readonly Scenario[] = [
  row('nothing', [], [], 'nobody wants anything'),
  row('CPU of the API, at its ceiling', ['api-cpu'], ['ceiling'], 'more tasks are what it is short of'),
  row(
    'CPU of the API, and each request costs much',
    ['api-cpu', 'costly-requests'],
    ['ceiling', 'task-size'],
    'room now, larger tasks after it: it is the request that costs',
  ),
  row('clients that wait for a connection', ['pool-wait'], ['pool-size'], 'the database has room for more'),
  row(
    'CPU of the database, with as many writes as reads',
    ['database-cpu'],
    ['database-class'],
    'a replica takes no writes',
    {
      says: { 'read-replica': 'writes-dominate' },
    },
  ),
  row(
    'CPU of the database, four fifths of it reads',
    ['database-cpu', 'reads'],
    ['read-replica'],
    'reads can leave the writer, without a restart',
    {
      held: { 'database-class': OTHER },
    },
  ),
  row('memory of the database', ['memory'], ['database-class'], 'nothing else has memory to give'),
  row('connections, with pools that are in use', ['connections'], ['database-class'], 'max_connections follows memory'),
  row(
    'connections, with pools that nobody fills',
    ['connections', 'idle-pools'],
    ['pool-size'],
    'smaller pools give them back at no cost',
    {
      says: { 'database-class': 'pools-too-large' },
    },
  ),
  row(
    'active sessions, which wait for locks',
    ['sessions'],
    [],
    'a lock is released by whoever holds it, and no lever pulls a query',
    { says: { 'database-class': 'sessions-wait' } },
  ),
  row('IOPS', ['iops'], ['iops'], 'at 400 GiB gp3 has four times as many'),
  row('growth of storage', ['storage'], ['storage'], 'a full disk stops the database'),
  row(
    'what the disk is filled with, up to where its growth ends',
    ['full-disk'],
    ['storage'],
    'RDS adds more by itself as soon as it may',
  ),
  row('cache misses, with keys pushed out', ['cache-misses'], ['cache'], 'what is pushed out is asked for again'),
];

export const TOGETHER: readonly Scenario[] = [
  row(
    'CPU of the API and of the database',
    ['api-cpu', 'database-cpu'],
    ['database-class'],
    'more tasks would only wait for the database',
    {
      held: { ceiling: ELSEWHERE },
      says: { 'read-replica': 'writes-dominate' },
    },
  ),
  row(
    'costly requests and CPU of the database',
    ['api-cpu', 'costly-requests', 'database-cpu'],
    ['database-class'],
    'larger tasks would only wait for it, too',
    { held: { ceiling: ELSEWHERE, 'task-size': ELSEWHERE } },
  ),
  row(
    'CPU of the API and clients that wait',
    ['api-cpu', 'pool-wait'],
    ['ceiling', 'pool-size'],
    'the database has room for both',
  ),
  row(
    'clients that wait and CPU of the database',
    ['pool-wait', 'database-cpu'],
    ['database-class'],
    'more connections to a busy database make it slower',
    {
      held: { 'pool-size': ELSEWHERE },
    },
  ),
  row(
    'clients that wait, CPU of the database, mostly reads',
    ['pool-wait', 'database-cpu', 'reads'],
    ['read-replica'],
    'the same, and reads can leave',
    {
      held: { 'pool-size': ELSEWHERE, 'database-class': OTHER },
    },
  ),
  row(
    'clients that wait and connections near the limit',
    ['pool-wait', 'connections'],
    ['database-class'],
    'there are no connections left to give',
    {
      held: { 'pool-size': ELSEWHERE },
    },
  ),
  row(
    'CPU of the API and connections near the limit',
    ['api-cpu', 'connections'],
    ['database-class'],
    'each task would open more of them',
    {
      held: { ceiling: ELSEWHERE },
    },
  ),
  row(
    'CPU of the API and connections, with pools that nobody fills',
    ['api-cpu', 'connections', 'idle-pools'],
    ['pool-size'],
    'smaller pools give back what more tasks need',
    { held: { ceiling: ELSEWHERE }, says: { 'database-class': 'pools-too-large' } },
  ),
  row(
    'CPU of the API and memory of the database',
    ['api-cpu', 'memory'],
    ['database-class'],
    'each session of more tasks takes memory that is not there',
    { held: { ceiling: ELSEWHERE } },
  ),
  row('CPU of the API and IOPS', ['api-cpu', 'iops'], ['iops'], 'queries of more tasks would only queue for the disk', {
    held: { ceiling: ELSEWHERE },
  }),
  row(
    'CPU of the API and sessions that wait for locks',
    ['api-cpu', 'sessions'],
    [],
    'more tasks would only wait for the same locks',
    { held: { ceiling: ELSEWHERE }, says: { 'database-class': 'sessions-wait' } },
  ),
  row(
    'CPU of the API and a disk that is nearly full',
    ['api-cpu', 'full-disk'],
    ['storage'],
    'more tasks write more, and a full disk stops them all',
    { held: { ceiling: ELSEWHERE } },
  ),
  row(
    'CPU of the API and growth of storage',
    ['api-cpu', 'storage'],
    ['ceiling', 'storage'],
    'the disk has room for weeks',
  ),
  row(
    'CPU of the API and cache misses',
    ['api-cpu', 'cache-misses'],
    ['cache', 'ceiling'],
    'the database still answers what the cache cannot',
  ),
  row(
    'clients that wait and memory of the database',
    ['pool-wait', 'memory'],
    ['database-class'],
    'each connection takes memory that is not there',
    { held: { 'pool-size': ELSEWHERE } },
  ),
  row('clients that wait and IOPS', ['pool-wait', 'iops'], ['iops'], 'they wait for queries that wait for the disk', {
    held: { 'pool-size': ELSEWHERE },
  }),
  row('clients that wait and IOPS of writes', ['pool-wait', 'iops', 'writes'], ['iops'], 'the same', {
    held: { 'pool-size': ELSEWHERE },
  }),
  row(
    'clients that wait and sessions that wait for locks',
    ['pool-wait', 'sessions'],
    [],
    'they wait for sessions that wait for each other',
    { held: { 'pool-size': ELSEWHERE }, says: { 'database-class': 'sessions-wait' } },
  ),
  row(
    'clients that wait and a disk that is nearly full',
    ['pool-wait', 'full-disk'],
    ['storage'],
    'more connections write more',
    { held: { 'pool-size': ELSEWHERE } },
  ),
  row(
    'clients that wait and growth of storage',
    ['pool-wait', 'storage'],
    ['pool-size', 'storage'],
    'the disk has room for weeks',
  ),
  row(
    'clients that wait and cache misses',
    ['pool-wait', 'cache-misses'],
    ['cache', 'pool-size'],
    'the database has room for what they ask until the cache holds it',
  ),
  row(
    'CPU of the API, clients that wait and memory',
    ['api-cpu', 'pool-wait', 'memory'],
    ['database-class'],
    'neither more tasks nor more connections make it faster',
    { held: { ceiling: ELSEWHERE, 'pool-size': ELSEWHERE } },
  ),
  row('CPU of the API, clients that wait and IOPS', ['api-cpu', 'pool-wait', 'iops'], ['iops'], 'the same', {
    held: { ceiling: ELSEWHERE, 'pool-size': ELSEWHERE },
  }),
  row(
    'CPU of the API, clients that wait and locks',
    ['api-cpu', 'pool-wait', 'sessions'],
    [],
    'the same, and no lever pulls a query',
    { held: { ceiling: ELSEWHERE, 'pool-size': ELSEWHERE }, says: { 'database-class': 'sessions-wait' } },
  ),
  row(
    'CPU of the API, clients that wait, a disk nearly full',
    ['api-cpu', 'pool-wait', 'full-disk'],
    ['storage'],
    'the same',
    { held: { ceiling: ELSEWHERE, 'pool-size': ELSEWHERE } },
  ),
  row(
    'costly requests and memory of the database',
    ['api-cpu', 'costly-requests', 'memory'],
    ['database-class'],
    'larger tasks would bring it more work, too',
    { held: { ceiling: ELSEWHERE, 'task-size': ELSEWHERE } },
  ),
  row('costly requests and IOPS', ['api-cpu', 'costly-requests', 'iops'], ['iops'], 'the same', {
    held: { ceiling: ELSEWHERE, 'task-size': ELSEWHERE },
  }),
  row('costly requests and sessions that wait for locks', ['api-cpu', 'costly-requests', 'sessions'], [], 'the same', {
    held: { ceiling: ELSEWHERE, 'task-size': ELSEWHERE },
    says: { 'database-class': 'sessions-wait' },
  }),
  row(
    'costly requests and a disk that is nearly full',
    ['api-cpu', 'costly-requests', 'full-disk'],
    ['storage'],
    'the same',
    { held: { ceiling: ELSEWHERE, 'task-size': ELSEWHERE } },
  ),
  row(
    'CPU of the database and sessions that wait for locks',
    ['database-cpu', 'sessions'],
    ['database-class'],
    'what holds the locks is done sooner on more CPU',
    { says: { 'read-replica': 'writes-dominate' } },
  ),
  row('IOPS and sessions that wait', ['iops', 'sessions'], ['iops'], 'it is the disk that they wait for', {
    says: { 'database-class': 'sessions-wait' },
  }),
  row(
    'CPU and memory of the database, mostly reads',
    ['database-cpu', 'reads', 'memory'],
    ['database-class'],
    'the larger class brings both; a replica only one',
    {
      held: { 'read-replica': OTHER },
    },
  ),
  row(
    'IOPS and memory of the database',
    ['iops', 'memory'],
    ['database-class'],
    'what memory cannot hold is read from the disk',
    {
      held: { iops: OTHER },
    },
  ),
  row(
    'IOPS of writes, and memory',
    ['iops', 'writes', 'memory'],
    ['database-class', 'iops'],
    'memory spares no writes',
  ),
  row(
    'IOPS and CPU of the database',
    ['iops', 'database-cpu'],
    ['database-class', 'iops'],
    'two ailments, each with its own remedy',
  ),
  row('IOPS and growth of storage', ['iops', 'storage'], ['iops', 'storage'], 'the ceiling is not what is allocated'),
  row(
    'IOPS and connections near the limit',
    ['iops', 'connections'],
    ['database-class', 'iops'],
    'two ailments, each with its own remedy',
  ),
  row(
    'IOPS and a disk that is nearly full',
    ['iops', 'full-disk'],
    ['storage'],
    'both want more of one disk, and the full one stops',
    { held: { iops: OTHER } },
  ),
  row(
    'memory of the database and a disk that is nearly full',
    ['memory', 'full-disk'],
    ['database-class', 'storage'],
    'the one is live, the other is proposed',
  ),
  row(
    'memory and connections of the database',
    ['memory', 'connections'],
    ['database-class'],
    'one larger class has both',
  ),
  row(
    'cache misses and CPU of the database',
    ['cache-misses', 'database-cpu'],
    ['cache'],
    'what the cache cannot hold is asked of the database',
    {
      held: { 'database-class': OTHER },
    },
  ),
  row(
    'cache misses and CPU of the database, mostly reads',
    ['cache-misses', 'database-cpu', 'reads'],
    ['cache'],
    'the cache costs least and restarts nothing',
    {
      held: { 'database-class': OTHER, 'read-replica': OTHER },
    },
  ),
  row('cache misses and IOPS', ['cache-misses', 'iops'], ['cache'], 'what it cannot hold is read from the disk', {
    held: { iops: OTHER },
  }),
  row(
    'cache misses and memory of the database',
    ['cache-misses', 'memory'],
    ['cache', 'database-class'],
    'a cache gives the database no memory',
  ),
  row(
    'growth of storage and memory',
    ['storage', 'memory'],
    ['database-class', 'storage'],
    'the one is live, the other is proposed',
  ),
  row(
    'cache misses, CPU of the API and IOPS',
    ['cache-misses', 'api-cpu', 'iops'],
    ['cache'],
    'the cache first, and until then no more tasks',
    { held: { ceiling: ELSEWHERE, iops: OTHER } },
  ),
  row(
    'cache misses, CPU of the API and clients that wait',
    ['cache-misses', 'api-cpu', 'pool-wait'],
    ['cache', 'ceiling', 'pool-size'],
    'the database has room for all of it',
  ),
  row(
    'all of it',
    ['api-cpu', 'pool-wait', 'database-cpu', 'sessions', 'memory', 'connections', 'iops', 'full-disk', 'cache-misses'],
    ['cache', 'database-class', 'storage'],
    'first what the rest waits for',
    { held: { ceiling: ELSEWHERE, 'pool-size': ELSEWHERE, iops: OTHER }, says: { 'read-replica': 'writes-dominate' } },
  ),
];
