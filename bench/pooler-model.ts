import { startTestServers, type TestServers } from '../test/real/servers/test-servers.ts';
import { fitTransactions, type MeasuredPools, ratiosOf } from '../simulator/platform/fit-transactions.ts';
import { MAX_CONNECTIONS, measureSizes, WORKLOADS } from './pgbouncer.ts';
import { median, table } from './table.ts';

const POOLERS = 2;
const VCPUS = 2;
const PASSES = 3;
/** Clients of each PgBouncer, and sizes of its pool. */
const LOADS = [
  { clients: 30, sizes: [3, 6, 10, 15, 20, 28, 34] },
  { clients: 12, sizes: [3, 6, 10, 15] },
] as const;
/** The model is fitted to these sizes under the larger load; all else judges it. */
const FITTED: ReadonlySet<number> = new Set([3, 10, 20, 34]);

/**
 * The simulator's model of connections against real servers, held out: fitted to four rows, judged on rows that it has not
 * seen, of other sizes and under another number of clients.
 *
 * @throws Error that names the command which installs the servers
 */
export async function benchPoolerModel(): Promise<string> {
  const servers = await startTestServers({
    maxConnections: MAX_CONNECTIONS,
    poolers: Array.from({ length: POOLERS }, () => ({ settings: { default_pool_size: 3 } })),
  });
  try {
    const sections: string[] = [];
    for (const { name, script } of WORKLOADS) sections.push(judged(name, await measured(servers, script)));
    return sections.join('\n\n');
  } finally {
    await servers.stop();
  }
}

/** The median of passes upwards and downwards: what else the machine does meanwhile then counts less. */
async function measured(servers: TestServers, script: string): Promise<readonly MeasuredPools[]> {
  const passes: MeasuredPools[] = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const isUpwards = pass % 2 === 0;
    for (const { clients, sizes } of isUpwards ? LOADS : LOADS.toReversed()) {
      const order = isUpwards ? sizes : sizes.toReversed();
      const found = await measureSizes(servers, script, order, clients);
      for (const [poolSize, { perSecond }] of found) passes.push({ poolSize, clients: POOLERS * clients, perSecond });
    }
  }
  return LOADS.flatMap(({ clients, sizes }) =>
    sizes.map((poolSize) => {
      const same = passes.filter((one) => one.poolSize === poolSize && one.clients === POOLERS * clients);
      return { poolSize, clients: POOLERS * clients, perSecond: median(same.map(({ perSecond }) => perSecond)) };
    }),
  );
}

function judged(name: string, rows: readonly MeasuredPools[]): string {
  const most = Math.max(...rows.map(({ clients }) => clients));
  const isFitted = ({ poolSize, clients }: MeasuredPools): boolean => clients === most && FITTED.has(poolSize);
  const model = fitTransactions(rows.filter(isFitted), VCPUS, POOLERS);
  const ratios = ratiosOf(model, rows, POOLERS);
  const lines = rows.map((row, index) => [
    String(row.clients),
    String(row.poolSize),
    row.perSecond.toFixed(0),
    `${(100 * ((ratios[index] ?? 0) - 1)).toFixed(1)} %`,
    isFitted(row) ? 'fitted' : 'held out',
  ]);
  const heldOut = ratios.filter((_, index) => rows[index] !== undefined && !isFitted(rows[index]));
  const mean = heldOut.reduce((sum, ratio) => sum + Math.abs(ratio - 1), 0) / heldOut.length;
  return [
    `### ${name}`,
    table(['clients', 'default_pool_size', 'a second', 'the model says', ''], lines),
    `${model.cpuMillis.toFixed(2)} ms of processor and ${model.otherMillis.toFixed(2)} ms besides. ` +
      `Held-out rows: off by ${(100 * mean).toFixed(1)} % in the mean, by ${(100 * Math.max(...heldOut.map((ratio) => Math.abs(ratio - 1)))).toFixed(1)} % at most.`,
  ].join('\n\n');
}
