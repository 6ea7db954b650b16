import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resourceIdOf } from '../../shared/domain/capacity.ts';
import { MalformedEventError, ResourceBusyError, TransientError } from '../../shared/domain/errors.ts';
import { eventIdOf } from '../../shared/domain/known-event.ts';
import { metricKey, type MetricQuery } from '../../shared/domain/metric-query.ts';
import { ORDER_TYPES } from '../../shared/domain/order.ts';
import { isInFlight } from '../../shared/domain/snapshot.ts';
import { earlier, epochMs, instant, isoInstant, later, secondsBetween, utcDay } from '../../shared/domain/units.ts';
import { NOW } from '../support/builders/time.ts';
import { aChange } from '../support/builders/world.ts';

describe('instants', () => {
  it.each(['2026-12-01T12:30:00Z', '2026-12-01T13:30:00+01:00', '2026-12-01T12:30Z', '2026-12-01T07:00:00-0530'])(
    '%s is one',
    (text) => {
      expect(instant(text)).toBe(NOW);
    },
  );

  it.each(['2026-12-01T12:30:00', '2026-12-01', 'noon', '', 'noonZ', '2026-13-01T00:00:00Z'])(
    '“%s” is none',
    (text) => {
      expect(() => instant(text)).toThrow(RangeError);
    },
  );

  it.each([NaN, Infinity, -Infinity])('%s is none', (value) => {
    expect(() => epochMs(value)).toThrow(RangeError);
  });

  it('are counted in milliseconds and compared in seconds', () => {
    expect(epochMs(0)).toBe(0);
    expect(later(NOW, 90)).toBe(NOW + 90_000);
    expect(earlier(NOW, 90)).toBe(NOW - 90_000);
    expect(secondsBetween(NOW, later(NOW, 90))).toBe(90);
    expect(isoInstant(NOW)).toBe('2026-12-01T12:30:00.000Z');
    expect(utcDay(instant('2026-12-02T00:30:00+01:00'))).toBe('2026-12-01');
  });
});

describe('the id of an event', () => {
  // prettier-ignore
  it.each([
    { name: 'Tax deadline 2026',   id: 'tax-deadline-2026' },
    { name: '  Tax — deadline!  ', id: 'tax-deadline' },
    { name: '選挙',                 id: '' },
    { name: 'x'.repeat(70),        id: 'x'.repeat(64) },
  ])('$name: $id', ({ name, id }) => {
    expect(eventIdOf(name)).toBe(id);
  });
});

describe('the key of a metric', () => {
  const anyQuery = fc.record<MetricQuery>({
    namespace: fc.constantFrom('AWS/ECS', 'AWS/RDS'),
    metric: fc.constantFrom('CPUUtilization', 'DatabaseConnections'),
    dimensions: fc.dictionary(fc.constantFrom('ClusterName', 'ServiceName', 'Role'), fc.constantFrom('a', 'b', 'a,b')),
    statistic: fc.constantFrom('Average', 'SampleCount'),
    periodSeconds: fc.constantFrom(60, 300),
    windowSeconds: fc.constantFrom(600, 900),
  });

  const reordered = (query: MetricQuery): MetricQuery => ({
    ...query,
    dimensions: Object.fromEntries(Object.entries(query.dimensions).reverse()),
  });

  it('law: it is the same for the same query, whatever the order of its dimensions', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(metricKey(reordered(query))).toBe(metricKey(query));
      }),
    );
  });

  it('law: it differs where queries differ', () => {
    fc.assert(
      fc.property(anyQuery, anyQuery, (a, b) => {
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(metricKey(a) === metricKey(b)).toBe(isSame);
      }),
    );
  });

  function sorted({ dimensions, ...query }: MetricQuery): object {
    const of = Object.entries(dimensions).sort(([a], [b]) => a.localeCompare(b));
    return { ...Object.fromEntries(Object.entries(query).sort(([a], [b]) => a.localeCompare(b))), of };
  }
});

it('a resource is named as Application Auto Scaling names it', () => {
  expect(resourceIdOf({ cluster: 'production', service: 'core-api' })).toBe('service/production/core-api');
});

it('every kind of change has its own type of order', () => {
  const types = Object.values(ORDER_TYPES);
  expect(new Set(types).size).toBe(types.length);
});

it.each([
  { status: 'ordered', then: true },
  { status: 'attempting', then: true },
  { status: 'applied', then: false },
  { status: 'verified', then: false },
  { status: 'skipped', then: false },
  { status: 'failed', then: false },
] as const)('a change that is $status is in flight: $then', ({ status, then }) => {
  expect(isInFlight(aChange({ status }))).toBe(then);
});

it.each([TransientError, ResourceBusyError, MalformedEventError])('%p has its own name and keeps its cause', (Kind) => {
  const cause = new Error('network');
  const error = new Kind('what happened', { cause });
  expect(error.name).toBe(Kind.name);
  expect(error.cause).toBe(cause);
});
