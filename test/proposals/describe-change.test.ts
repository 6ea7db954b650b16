import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import type { ProposableChange } from '../../shared/domain/change.ts';
import { seen } from '../../shared/domain/reading.ts';
import type { Reason } from '../../shared/domain/reason.ts';
import { HOUR, MINUTE } from '../../shared/domain/units.ts';
import { connectionsOfChange } from '../../shared/proposals/connections-of-change.ts';
import { type Circumstances, describeChange } from '../../shared/proposals/describe-change.ts';
import { plotOfRecord } from '../../shared/proposals/plot-of-record.ts';
import { NOTHING_SEEN } from '../../shared/proposals/seen-facts.ts';
import { describeProposal } from '../../shared/pull-requests/describe.ts';
import { readMarker } from '../../shared/pull-requests/marker.ts';
import { elementsOf, render } from '../pull-requests/render.ts';
import { aMarker } from '../pull-requests/samples.ts';
import { CORE_API_RESOURCE } from '../support/builders/decisions.ts';
import { A_DATABASE, A_POOLER, aFleetPolicy, aServiceInput, TWO_POOLS } from '../support/builders/policy.ts';
import { aSeries } from '../support/builders/world.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import { CHANGES, EVERY_CHANGE } from './samples.ts';

const policy = aFleetPolicy({
  services: [aServiceInput({ connectsTo: 'pooler', pools: TWO_POOLS })],
  pooler: A_POOLER,
  database: A_DATABASE,
});
const PINNED: Reason = {
  code: 'pinned-at-max',
  max: 10,
  cpuPercent: 84.25,
  targetPercent: 70,
  minutes: 10,
  needed: 14,
};

function aRecord(input: unknown, reasons: readonly Reason[] = [PINNED]): AuditRecord {
  return {
    schema: 1,
    sequence: 1,
    previousHash: '',
    hash: '',
    at: '2026-12-01T12:30:00.000Z',
    fleet: 'production',
    resource: `proposal/ceiling/${CORE_API_RESOURCE}`,
    transition: 'decided',
    lever: 'ceiling',
    decisionId: 'ceiling/production/core-api/1',
    trigger: { kind: 'tick', id: 'tick-1' },
    reasons,
    sentence: '',
    decision: null,
    replay: { input, settings: {}, wanted: { kind: 'hold', because: [{ code: 'as-it-should-be' }] } },
    before: undefined,
    after: undefined,
    monthlyCostDeltaUsd: null,
    codeVersion: 'test',
    policyVersion: 'test',
  };
}

const circumstances = (over: Partial<Circumstances> = {}): Circumstances => ({
  subject: { fleet: 'production', lever: 'ceiling', resource: CORE_API_RESOURCE },
  policy,
  record: aRecord({ cpuPercents: seen([82, 84, 86], NOW) }),
  decisionId: 'ceiling/production/core-api/1',
  proposedAt: NOW,
  facts: NOTHING_SEEN,
  drift: [],
  done: new Set(),
  proofs: new Map(),
  cause: null,
  auditTable: null,
  ...over,
});

describe('the description of a change', () => {
  it('holds all that a reviewer asks, from what was recorded', () => {
    const drift = [
      { code: 'code-would-undo', name: 'x.max_capacity', at: 'main.tf:7', inCode: '10', live: '14' },
    ] as const;
    const done = new Set(['applied']);
    expect(describeChange(CHANGES['set-capacity-bounds'], circumstances({ drift, done }))).toEqual({
      subject: { fleet: 'production', lever: 'ceiling', resource: CORE_API_RESOURCE },
      changes: [{ what: 'max capacity', from: '10 tasks', to: '14 tasks' }],
      evidence: [
        'At the ceiling of 10 tasks with 84.3 % CPU against a target of 70 % for 10 minutes, needs 14.',
        'The next apply would set x.max_capacity back from 14 to 10 (main.tf:7).',
      ],
      plot: {
        title: 'CPU of core-api',
        unit: '%',
        points: [82, 84, 86].map((value, index) => ({ at: minutesAgo(2 - index), value })),
        threshold: { label: 'target', value: 70 },
      },
      connections: [
        { sum: 'clients of the pooler: core-api 14 × 50 ≤ 2 × 1000', before: 500, after: 700, limit: 2000 },
        {
          sum: 'server connections: PgBouncer 2 × 1 × 25 + direct 12 ≤ 80 % of 200',
          before: 62,
          after: 62,
          limit: 160,
        },
      ],
      cost: expect.objectContaining({ beforeUsdPerMonth: expect.closeTo(414.49, 2) as unknown }) as unknown,
      risk: expect.objectContaining({ level: 'low' }) as unknown,
      downtime: ['None.'],
      rollback: expect.arrayContaining([expect.stringContaining('Revert')]) as unknown,
      checklist: [
        { step: expect.stringContaining('terraform plan') as unknown, isDone: false },
        { step: expect.stringContaining('terraform apply') as unknown, isDone: true },
      ],
      audit: { decisionId: 'ceiling/production/core-api/1', address: null },
    });
  });

  it('begins its sentences with a capital, but leaves names as they are', () => {
    const reasons: readonly Reason[] = [
      { code: 'code-out-of-step', live: 'default_pool_size 29', inCode: 'default_pool_size 13' },
      { code: 'code-out-of-step', live: 'maxReplicas 8', inCode: 'maxReplicas 4' },
      { code: 'class-offers', instanceClass: 'db.r6g.large', vcpus: 2, memoryGiB: 16, maxConnections: 1742 },
      { code: 'cache-memory-short', hours: 6, of: 24, memoryPercent: 88, limitPercent: 80 },
      { code: 'code-out-of-step', live: 'max 14', inCode: 'max 10' },
    ];
    const { evidence } = describeChange(
      CHANGES['set-capacity-bounds'],
      circumstances({ record: aRecord({ cpuPercents: [] }, reasons) }),
    );
    expect(evidence.map((sentence) => sentence.split(' ')[0])).toEqual([
      'default_pool_size',
      'maxReplicas',
      'db.r6g.large',
      'Memory',
      'Max',
    ]);
  });

  it('of a decision that cannot be found any more says what is left to say', () => {
    const { evidence, plot, withoutPlot } = describeChange(CHANGES['resize-task'], circumstances({ record: null }));
    expect([evidence, plot, withoutPlot]).toEqual([[], null, 'The decision is not in the audit table any more.']);
  });

  describe('of drift', () => {
    const drift = aRecord(null, [{ code: 'code-out-of-step', live: 'max 14', inCode: 'max 10' }]);
    const cause = {
      ...aRecord({ cpuPercents: seen([82, 84, 86], NOW) }),
      sentence: 'set capacity bounds 2–10 → 2–14: pinned at the ceiling',
    };
    const described = (over: Partial<Circumstances>) =>
      describeChange(CHANGES['set-capacity-bounds'], circumstances({ record: drift, ...over }));

    it('has the plot and the words of what led to the live change', () => {
      const { plot, evidence } = described({ cause });
      expect(plot).toMatchObject({ title: 'CPU of core-api', threshold: { value: 70 } });
      expect(evidence).toEqual([
        'Max 14 is live, infrastructure code was last known to say max 10.',
        'It was changed live at 2026-12-01 12:30 UTC: set capacity bounds 2–10 → 2–14: pinned at the ceiling.',
      ]);
    });

    it.each([
      [null, /^The decision that changed this live is not among the last 500 records of it/],
      [aRecord({ cpuPercents: [] }), /^The decision rests on no metric over time that could be drawn\.$/],
    ])('without one says why', (none, why) => {
      const description = described({ cause: none });
      expect(description).toMatchObject({ plot: null, withoutPlot: expect.stringMatching(why) as unknown });
      expect(render(describeProposal(description, aMarker(), 'in-text').body)).toMatch(
        /<h3>The metric<\/h3>\s*<p>The dec/,
      );
    });
  });

  it('law: whatever names and reasons hold, none of it is markup', () => {
    const hostile = fc
      .array(
        fc.constantFrom('@admin', '#1', '<b>', '-->', '`', '|', '\\|', '\n\n# x', '[a](http://e)', '- [x] ', '$', 'x'),
      )
      .map((parts) => `x${parts.join('')}`);
    const bodyOf = (change: ProposableChange, name: string): string => {
      const because: Reason = { code: 'not-found', detail: name };
      const description = describeChange(
        change,
        circumstances({
          subject: { fleet: 'production', lever: 'ceiling', resource: `service/${name}` },
          record: aRecord({ [name]: seen(aSeries([1, 2, 3]), NOW) }, [because]),
          drift: [{ code: 'code-would-undo', name, at: name, inCode: name, live: name }],
        }),
      );
      return describeProposal(description, aMarker(), 'beside').body;
    };
    fc.assert(
      fc.property(fc.constantFrom(...EVERY_CHANGE), hostile, (change, name) => {
        const body = bodyOf(change, name);
        expect(elementsOf(render(body))).toEqual(elementsOf(render(bodyOf(change, 'x'))));
        expect(readMarker(body)).toEqual(aMarker());
      }),
      { numRuns: 80 },
    );
  });
});

describe('the plot of a record', () => {
  const cpu = seen(aSeries([60, 70, 80]), NOW);
  const memory = seen(aSeries([1, 2, 3, 4].map((gib) => gib * 1024 ** 3)), NOW);

  it('is of the metric that the first reason is about', () => {
    const input = { metrics: { 'database/freeable-memory': memory, 'database/cpu': cpu } };
    expect(plotOfRecord(aRecord(input), 'core-db')).toMatchObject({ title: 'CPU of core-db', unit: '%' });
  });

  it('does not say of the pooler what is of the database behind it', () => {
    const input = { databaseCpuPercents: seen([70, 80], NOW) };
    expect(plotOfRecord(aRecord(input), 'pgbouncer')).toMatchObject({ title: 'database CPU' });
  });

  it('is of the longest where no name fits, in a unit that people read', () => {
    const about: Reason = { code: 'not-found', detail: '' };
    const plot = plotOfRecord(aRecord({ 'database/freeable-memory': memory }, [about]), 'core-db');
    expect(plot).toMatchObject({ title: 'freeable memory of core-db', unit: 'GiB', threshold: null });
    expect(plot?.points.map(({ value }) => value)).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, unknown]>([
    ['nothing was seen', { cpu: { kind: 'unseen', because: { code: 'no-data' } } }],
    ['a single point', { cpu: seen([80], NOW) }],
    ['numbers that are none', { cpu: seen(['80', '81'], NOW) }],
    ['nothing', null],
  ])('there is none of %s', (_, input) => {
    expect(plotOfRecord(aRecord(input), 'x')).toBeNull();
  });

  // prettier-ignore
  it.each<{ because: Reason; input: unknown; then: object }>([
    {
      because: { code: 'database-pressed', what: 'cpu', is: 82, limit: 70, days: 2, of: 2 },
      input: { days: { cpuPercent: seen([81, 83], NOW), freeMemoryGiB: seen([1, 2], NOW) } },
      then: { title: 'CPU of core-db', unit: '%', hours: 24, values: [81, 83], threshold: { label: 'limit', value: 70 } },
    },
    {
      because: { code: 'database-pressed', what: 'memory', is: 0.3, limit: 0.4, days: 2, of: 2 },
      input: { days: { cpuPercent: seen([81, 83], NOW), freeMemoryGiB: seen([0.2, 0.4], NOW) } },
      then: { title: 'free memory of core-db', unit: 'GiB', hours: 24, values: [0.2, 0.4], threshold: { label: 'limit', value: 0.4 } },
    },
    {
      because: { code: 'database-pressed', what: 'sessions-on-cpu', is: 3, limit: 2, days: 2, of: 2 },
      input: { days: { cpuPercent: seen([81, 83], NOW), sessionsOnCpu: seen([3, 4], NOW) } },
      then: { title: 'sessions on CPU of core-db', unit: 'sessions', hours: 24, values: [3, 4], threshold: { label: 'limit', value: 2 } },
    },
    {
      because: { code: 'storage-pressed', what: 'iops', is: 2700, provisioned: 3000, limitPercent: 80, hours: 6, of: 72, readPercent: null },
      input: { freeStorage: memory, hours: { iops: seen([2600, 2700], NOW), mibps: seen([1, 2], NOW) } },
      then: { title: 'IOPS of core-db', unit: 'IOPS', hours: 1, values: [2600, 2700], threshold: { label: 'limit', value: 2400 } },
    },
    {
      because: { code: 'storage-pressed', what: 'mibps', is: 110, provisioned: 125, limitPercent: 80, hours: 6, of: 72, readPercent: null },
      input: { freeStorage: memory, hours: { iops: seen([2600, 2700], NOW), mibps: seen([108, 112], NOW) } },
      then: { title: 'throughput of core-db', unit: 'MiB/s', hours: 1, values: [108, 112], threshold: { label: 'limit', value: 100 } },
    },
    {
      because: { code: 'acu-near-max', acu: 14.2, maxAcu: 16, limitPercent: 85, hours: 4, of: 72 },
      input: { hours: { acu: seen([14, 14.4], NOW), peakAcu: seen([15, 15], NOW) } },
      then: { title: 'ACU of core-db', unit: 'ACU', hours: 1, values: [14, 14.4], threshold: { label: 'limit', value: 13.6 } },
    },
    {
      because: { code: 'acu-ramps', fromAcu: 0.5, toAcu: 8, factor: 4, days: 5, of: 7 },
      input: { hours: { peakAcu: seen([15, 16], NOW) } },
      then: { title: 'peak ACU of core-db', unit: 'ACU', hours: 24, values: [15, 16], threshold: null },
    },
    {
      because: { code: 'cache-engine-busy', role: 'replica', hours: 6, of: 24, cpuPercent: 90, limitPercent: 80, readPercent: null },
      input: { hours: { memoryPercents: cpu, primaryCpuPercents: cpu, replicaCpuPercents: seen([90, 91], NOW) } },
      then: { title: 'replica CPU of core-db', unit: '%', hours: 1, values: [90, 91], threshold: { label: 'limit', value: 80 } },
    },
    {
      because: { code: 'cache-evicts', hours: 6, of: 24, evictionsPerHour: 900, hitPercent: 60, limitPercent: 80 },
      input: { hours: { memoryPercents: cpu, evictions: seen([800, 1000], NOW) } },
      then: { title: 'evictions of core-db', unit: 'keys an hour', hours: 1, values: [800, 1000], threshold: null },
    },
    {
      because: { code: 'reads-dominate', readPercent: 80, cpuPercent: 88, days: 12, of: 14 },
      input: { days: { writerCpuPercent: seen([87, 89], NOW), lagMillis: seen([1, 2], NOW) } },
      then: { title: 'writer CPU of core-db', unit: '%', hours: 24, values: [87, 89], threshold: null },
    },
  ])('shows what $because.code is about, in its own unit and over its own time', ({ because, input, then }) => {
    const plot = plotOfRecord(aRecord(input, [because]), 'core-db');
    const [first, second] = plot?.points ?? [];
    expect({
      title: plot?.title,
      unit: plot?.unit,
      hours: ((second?.at ?? 0) - (first?.at ?? 0)) / (HOUR * 1000),
      values: plot?.points.map(({ value }) => value),
      threshold: plot?.threshold,
    }).toEqual(then);
  });

  it('there is none without arguments', () => {
    expect(plotOfRecord({ ...aRecord({}), replay: null }, 'x')).toBeNull();
  });

  it('has the minutes that the lever judged, the last of them as recorded', () => {
    const plot = plotOfRecord(aRecord({ cpuPercents: seen([1, 2], NOW) }), 'x');
    expect(plot?.points.map(({ at }) => (NOW - at) / 1000)).toEqual([MINUTE, 0]);
  });
});

describe('the cost of a change', () => {
  it.each([
    ['tune-pgbouncer', 'None: it uses connections that the database has.'],
    ['set-own-pool-size', 'None: it uses connections that the database has.'],
    ['set-pod-ceiling', 'Not known: pods cost what the nodes under them cost.'],
    ['change-database-class', 'Not known: it cannot be priced from here.'],
  ] as const)('of %s says why it is not told', (kind, then) => {
    const { cost, withoutCost } = describeChange(CHANGES[kind], circumstances());
    expect([cost, withoutCost]).toEqual([null, then]);
    const { body } = describeProposal(describeChange(CHANGES[kind], circumstances()), aMarker(), 'beside');
    expect(body).toContain(`### Cost\n\n${then}`);
  });
});

describe('the connections of a change', () => {
  it('of a larger class stand under a higher limit', () => {
    const rows = connectionsOfChange(
      CHANGES['change-database-class'],
      aFleetPolicy({ pooler: A_POOLER, database: { ...A_DATABASE, maxConnections: 1742 } }),
    );
    expect(rows.at(-1)).toMatchObject({ before: 62, after: 62, limit: 2806 });
    expect(rows.at(-1)?.sum).toContain('≤ 80 % of 3508');
  });

  it('stay under the one that a parameter group sets', () => {
    expect(connectionsOfChange(CHANGES['change-database-class'], policy).at(-1)).toMatchObject({
      sum: expect.stringContaining('≤ 80 % of 200') as unknown,
      limit: 160,
    });
  });

  it('of larger pools are more on the side of the server', () => {
    expect(connectionsOfChange(CHANGES['tune-pgbouncer'], policy).at(-1)).toMatchObject({ before: 72, after: 142 });
  });

  it('of a pool with a size of its own stand beside those of the others', () => {
    // One of two pairs has 5, the other the default of 25 and its reserve of 5; 12 go past the pooler.
    const pairs = { ...policy, pooler: { ...policy.pooler!, databaseUserPairs: 2, reservePoolSize: 5 } };
    expect(connectionsOfChange(CHANGES['set-own-pool-size'], pairs).at(-1)).toEqual({
      sum: 'server connections: PgBouncer 2 × (1 × 30 + 17) + direct 12 ≤ 80 % of 200',
      before: 2 * (30 + 5 + 5) + 12,
      after: 2 * (30 + 12 + 5) + 12,
      limit: 160,
    });
    expect(connectionsOfChange(CHANGES['set-own-pool-size'], policy).at(-1)?.sum).toContain('PgBouncer 2 × 12 +');
    expect(connectionsOfChange(CHANGES['set-own-pool-size'], aFleetPolicy())).toEqual([]);
  });

  it('are left out where none are opened', () => {
    expect(connectionsOfChange(CHANGES['set-cache-shape'], policy)).toEqual([]);
    expect(connectionsOfChange(CHANGES['set-capacity-bounds'], aFleetPolicy())).toEqual([]);
  });
});
