import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler } from '../functions/triggers/tick.ts';
import { AwsMetricReader } from '../shared/adapters/aws/metric-reader.ts';
import { MemoryAuditLog } from '../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../shared/adapters/memory/capacity-reader.ts';
import { MemoryEventBus } from '../shared/adapters/memory/event-bus.ts';
import { MemoryForecastStore } from '../shared/adapters/memory/forecast-store.ts';
import { ManualClock } from '../shared/adapters/memory/manual-clock.ts';
import { MemoryStateStore } from '../shared/adapters/memory/state-store.ts';
import { MemoryWorld } from '../shared/adapters/memory/world.ts';
import { loadPolicy } from '../shared/config/load.ts';
import type { FleetPolicy, Policy } from '../shared/config/policy.ts';
import { NOTHING_SUSPENDED } from '../shared/domain/capacity.ts';
import { TARGET_TRACKING_POLICY } from '../shared/domain/change.ts';
import { instant } from '../shared/domain/units.ts';
import { targetOf } from '../shared/levers/resources.ts';

/**
 * One tick over so many services, as `node bench/tick.ts SERVICES pinned|quiet`; prints JSON. In a process of its own, so
 * that the memory is its own. `pinned`: every service stands at its ceiling and needs its CPU metric; nothing is raised,
 * because the CPU is below target. `quiet`: none needs a metric.
 */
const [servicesText = '1000', load = 'pinned'] = process.argv.slice(2);
const services = Number(servicesText);
const NOW = instant('2026-12-01T10:00:30Z');

const TEMPLATE = `
version: 1
fleets:
  - name: bench
    environment: production
    region: eu-central-1
    account: '111122223333'
    services:
      - { name: template, cluster: bench, min: 2, max: 10, hardLimit: 20, task: { cpuUnits: 1024, memoryMiB: 2048 } }
    levers: { target-tracking: { mode: apply }, ceiling: { mode: apply }, known-event: { mode: apply } }
`;

function policyOf(count: number): Policy {
  const loaded = loadPolicy(TEMPLATE, 'the bench');
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('; '));
  const [fleet] = loaded.policy.fleets;
  const [template] = fleet?.services ?? [];
  if (fleet === undefined || template === undefined) throw new Error('the template has one service');
  const many = Array.from({ length: count }, (_, index) => ({
    ...template,
    name: `service-${index}`,
    service: `service-${index}`,
  }));
  const large: FleetPolicy = { ...fleet, services: many };
  return { ...loaded.policy, fleets: [large] };
}

function worldOf(policy: Policy): MemoryWorld {
  const world = new MemoryWorld();
  for (const service of policy.fleets[0]?.services ?? []) {
    const target = targetOf(service);
    world.addService(target, load === 'pinned' ? service.max : service.min);
    world.put(target, {
      scaling: {
        bounds: { min: service.min, max: service.max },
        suspended: NOTHING_SUSPENDED,
        targetTracking: [{ name: TARGET_TRACKING_POLICY, ...service.targetTracking }],
        otherPolicies: [],
      },
    });
  }
  return world;
}

/** A CloudWatch that answers every query with 15 minutes at 50 %. */
function cloudWatch(): {
  readonly client: CloudWatchClient;
  readonly calls: () => number;
  readonly metrics: () => number;
} {
  const client = new CloudWatchClient({ region: 'eu-central-1' });
  const mock = mockClient(client);
  let metrics = 0;
  mock.on(GetMetricDataCommand).callsFake((input: GetMetricDataCommandInput) => {
    metrics += input.MetricDataQueries?.length ?? 0;
    const minutes = Array.from(
      { length: 15 },
      (_, back) => new Date(Math.floor(NOW / 60_000) * 60_000 - (15 - back) * 60_000),
    );
    return {
      MetricDataResults: input.MetricDataQueries?.map(({ Id }) => ({
        Id,
        StatusCode: 'Complete' as const,
        Timestamps: minutes,
        Values: minutes.map(() => 50),
      })),
    };
  });
  return { client, calls: () => mock.commandCalls(GetMetricDataCommand).length, metrics: () => metrics };
}

const policy = policyOf(services);
const clock = new ManualClock(NOW);
const watched = cloudWatch();
const handler = createHandler(
  policy,
  {
    clock,
    capacity: new MemoryCapacityReader(worldOf(policy), clock),
    metrics: new AwsMetricReader(watched.client),
    forecasts: new MemoryForecastStore(),
    audit: new MemoryAuditLog(),
    state: new MemoryStateStore(),
    bus: new MemoryEventBus(),
    codeVersion: 'bench',
  },
  { tell: () => undefined, warn: () => undefined, count: () => undefined },
);
const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'bench' };
const event = { id: 'bench', 'detail-type': 'Scheduled Event' };

// The first tick tells everything once; the second is what a tick costs day by day.
await handler(event, context);
const [callsBefore, metricsBefore] = [watched.calls(), watched.metrics()];
clock.advance(60);
const started = performance.now();
await handler(event, context);
const millis = performance.now() - started;
console.log(
  JSON.stringify({
    services,
    load,
    millis,
    metricCalls: watched.calls() - callsBefore,
    metrics: watched.metrics() - metricsBefore,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
