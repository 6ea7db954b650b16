import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { PoolerSizes } from '../../../shared/domain/pooler.ts';
import { NOT_ASKED } from '../../../shared/domain/reading.ts';
import { lookAt } from '../../../shared/workflow/look-at-pooler.ts';
import { tunePoolers } from '../../../shared/workflow/tune-poolers.ts';
import { sampleConnections } from '../servers/connection-sampler.ts';
import { holdFor, startPgbench } from '../servers/pgbench.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { consoleOf } from './consoles.ts';
import { MovedClock, untilWaiting } from './tuning.ts';

const CLIENTS = 30;
const LARGE = 24;
const SMALL = 2;
const TO = 12;

let servers: TestServers;
beforeAll(async () => {
  servers = await startTestServers({
    maxConnections: 60,
    poolers: [LARGE, SMALL].map((size) => ({ settings: { default_pool_size: size } })),
  });
});
afterAll(() => servers.stop());

it('a PgBouncer gets what another gives back, and at no moment have both more than before', async () => {
  const { poolers, postgres } = servers;
  const sampler = await sampleConnections(postgres);
  const runs = poolers.map(({ port }) => startPgbench({ port, clients: CLIENTS, script: holdFor(20) }));
  for (const run of runs) run.finished.catch(() => undefined);
  await untilWaiting(poolers[0]!, CLIENTS - LARGE);
  await untilWaiting(poolers[1]!, CLIENTS - SMALL);

  const tools = {
    console: consoleOf(),
    clock: new MovedClock(),
    wait: (seconds: number) => pause(seconds * 1000),
    watchSeconds: 1,
    directory: { find: () => Promise.resolve(NOT_ASKED) },
    database: {
      readCounters: () => Promise.resolve(NOT_ASKED),
      readCpu: () => Promise.resolve(NOT_ASKED),
      cpuHighPercent: 70,
    },
  };
  const seen = await Promise.all(
    poolers.map(async ({ instance }) => {
      const sample = await lookAt(instance, tools);
      if ('because' in sample) throw new Error(sample.because.code);
      return { instance, sample };
    }),
  );
  const sizes: PoolerSizes = seen[0]!.sample.reading.sizes;
  const from = seen.map(({ instance, sample }) => ({ instance: instance.id, sizes: sample.reading.sizes }));
  const { failure } = await tunePoolers(
    // The one that grows is the first of the fleet.
    seen.toReversed(),
    {
      kind: 'tune-pgbouncer',
      pooler: { cluster: 'production', service: 'pgbouncer' },
      from,
      to: { ...sizes, defaultPoolSize: TO },
    },
    tools,
  );
  expect(failure).toBeNull();
  await untilWaiting(poolers[1]!, CLIENTS - TO);
  for (const run of runs) run.end();
  const results = await Promise.all(runs.map(({ finished }) => finished));
  const failures = results.reduce((sum, one) => sum + one.failures, 0);
  const samples = await sampler.stop();

  const most = Math.max(...samples.map(({ connections }) => connections));
  process.stdout.write(`${LARGE} and ${SMALL} → ${TO} each: at most ${most} connections, ${failures} failures\n`);
  expect(failures).toBe(0);
  expect(samples.length).toBeGreaterThan(5);
  expect(most).toBeLessThanOrEqual(LARGE + SMALL);
});
