import { describe, expect, it } from '@jest/globals';
import type { Change, ChangeKind } from '../../shared/domain/change.ts';
import { MalformedEventError } from '../../shared/domain/errors.ts';
import { parseAlarm } from '../../shared/events/alarm.ts';
import { parseKnownEventRequest } from '../../shared/events/known-event-request.ts';
import { parseOrder } from '../../shared/events/order.ts';
import { quoted } from '../../shared/events/parse.ts';
import { parseScaledToMax } from '../../shared/events/scaled-to-max.ts';
import { parseTick } from '../../shared/events/tick.ts';
import { planOf, raiseTo, repair } from '../support/builders/acts.ts';
import { anOrder } from '../support/builders/orders.ts';

const RUBBISH: readonly unknown[] = [null, undefined, 7, 'alarm', [], {}, { detail: null }, { id: 'x', detail: {} }];

describe('a CloudWatch alarm', () => {
  const timestamp = '2026-12-01T12:30:04.123+0000';
  const fromEventBridge = {
    version: '0',
    id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '111122223333',
    time: '2026-12-01T12:30:04Z',
    region: 'eu-central-1',
    resources: ['arn:aws:cloudwatch:eu-central-1:111122223333:alarm:fulcrum-live-production/database/cpu'],
    detail: {
      alarmName: 'fulcrum-live-production/database/cpu',
      configuration: { metrics: [] },
      previousState: { value: 'OK', timestamp: '2026-12-01T11:30:04.123+0000' },
      state: { value: 'ALARM', reason: 'Threshold Crossed', reasonData: '{"version":"1.0"}', timestamp },
    },
  };
  const fromAlarm = {
    source: 'aws.cloudwatch',
    alarmArn: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:fulcrum-live-production/database/cpu',
    accountId: '111122223333',
    time: '2026-12-01T12:30:04.123+0000',
    region: 'eu-central-1',
    alarmData: {
      alarmName: 'fulcrum-live-production/database/cpu',
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp },
      previousState: { value: 'OK', reasonData: '{}' },
      configuration: { metrics: [] },
    },
  };

  it.each([fromEventBridge, fromAlarm])('says the same in both shapes, with the same id', (event) => {
    expect(parseAlarm(event)).toEqual({
      alarmName: 'fulcrum-live-production/database/cpu',
      state: 'ALARM',
      id: `fulcrum-live-production/database/cpu/ALARM/${timestamp}`,
    });
  });

  it('may come without the time of its change', () => {
    const { detail } = fromEventBridge;
    expect(parseAlarm({ ...fromEventBridge, detail: { ...detail, state: { value: 'OK' } } }).id).toBe(
      'fulcrum-live-production/database/cpu/OK/',
    );
  });

  it.each([...RUBBISH, { ...fromEventBridge, source: 'aws.rds' }, { ...fromAlarm, alarmData: { state: {} } }])(
    'is not %j',
    (event) => {
      expect(() => parseAlarm(event)).toThrow(MalformedEventError);
      expect(() => parseAlarm(event)).toThrow(/^not a CloudWatch alarm state change: /);
    },
  );
});

describe('the event that a service is scaled to its maximum', () => {
  const event = {
    version: '0',
    id: '11112222-3333-4444-5555-666677778888',
    'detail-type': 'Application Auto Scaling Scaling Activity State Change',
    source: 'aws.application-autoscaling',
    region: 'eu-central-1',
    detail: {
      startTime: '2026-12-01T12:28:00.000Z',
      endTime: '2026-12-01T12:29:00.000Z',
      newDesiredCapacity: 10,
      oldDesiredCapacity: 8,
      minCapacity: 2,
      maxCapacity: 10,
      resourceId: 'service/production/core-api',
      scalableDimension: 'ecs:service:DesiredCount',
      serviceNamespace: 'ecs',
      statusCode: 'Successful',
      scaledToMax: true,
      direction: 'scale-out',
    },
  };

  it('names the service', () => {
    expect(parseScaledToMax(event)).toEqual({
      id: '11112222-3333-4444-5555-666677778888',
      target: { cluster: 'production', service: 'core-api' },
    });
  });

  it.each([
    ...RUBBISH,
    { ...event, detail: { ...event.detail, scaledToMax: false } },
    { ...event, detail: { ...event.detail, resourceId: 'table/orders' } },
    { ...event, detail: { ...event.detail, resourceId: 'service/production' } },
    { ...event, detail: { ...event.detail, resourceId: 'service/production/core-api/more' } },
    { ...event, source: 'aws.ecs' },
  ])('is not %j', (malformed) => {
    expect(() => parseScaledToMax(malformed)).toThrow(/^not a scaled-to-max event of an ECS service: /);
  });
});

describe('a tick', () => {
  const schedule = { version: '0', id: 'tick-1', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
  const handOver = { id: 'more-1', 'detail-type': 'Fleets To Evaluate', detail: { fleets: ['staging'], reason: 'r' } };

  it('of the schedule looks at all fleets', () => {
    expect(parseTick(schedule)).toEqual({ id: 'tick-1', fleets: 'all' });
  });

  it('of an earlier invocation looks at what that had no time for', () => {
    expect(parseTick(handOver)).toEqual({ id: 'more-1', fleets: ['staging'] });
    expect(parseTick({ ...handOver, detail: { fleets: [] } })).toEqual({ id: 'more-1', fleets: [] });
  });

  it.each([...RUBBISH, { ...handOver, detail: {} }, { ...handOver, detail: { fleets: 'all' } }])(
    'is not %j',
    (event) => {
      expect(() => parseTick(event)).toThrow(/^not a scheduled event or a hand-over of fleets: /);
    },
  );
});

describe('an order', () => {
  const changes: readonly Change[] = [
    raiseTo(12).change,
    planOf(8, 12).change,
    repair(null, { min: 2, max: 10 }).change,
    repair({ min: 1, max: 9 }, { min: 2, max: 10 }).change,
  ];
  const delivered = (change: Change): unknown => JSON.parse(JSON.stringify({ id: 'e-1', detail: anOrder(change) }));

  it.each(changes)('to $kind comes back as it was sent', (change) => {
    expect(parseOrder(change.kind, delivered(change))).toEqual(anOrder(change));
  });

  it('without a price, too', () => {
    const order = anOrder(raiseTo(12).change, { monthlyCostDeltaUsd: null });
    expect(parseOrder('set-capacity-bounds', { detail: order })).toEqual(order);
  });

  it.each(RUBBISH)('is not %j', (event) => {
    expect(() => parseOrder('set-capacity-bounds', event)).toThrow(/^not an order: /);
  });

  it.each<{ kind: ChangeKind; change: unknown }>([
    { kind: 'schedule-capacity', change: raiseTo(12).change },
    { kind: 'set-capacity-bounds', change: planOf(8).change },
    { kind: 'set-capacity-bounds', change: { ...raiseTo(12).change, to: { min: 2, max: 12.5 } } },
    { kind: 'set-capacity-bounds', change: { ...raiseTo(12).change, to: { min: 2, max: '12' } } },
    { kind: 'set-capacity-bounds', change: { ...raiseTo(12).change, from: undefined } },
    { kind: 'ensure-target-tracking', change: null },
  ])('to $kind is not %j', ({ kind, change }) => {
    const event = { detail: { ...anOrder(), change } };
    expect(() => parseOrder(kind, event)).toThrow(new RegExp(`^not an order to ${kind}: `));
  });
});

describe('a known event by hand', () => {
  const announcement = {
    fleet: 'production',
    event: 'Tax deadline',
    from: '2026-12-01T08:00',
    to: '2026-12-01T20:00',
    timeZone: 'Europe/Berlin',
    floors: { 'core-api': 8 },
  };

  it('is announced or withdrawn, for real or as a rehearsal', () => {
    expect(parseKnownEventRequest(announcement)).toEqual({ kind: 'announce', ...announcement });
    expect(parseKnownEventRequest({ ...announcement, dryRun: true })).toMatchObject({ kind: 'announce', dryRun: true });
    const withdrawal = { fleet: 'production', event: 'Tax deadline', withdraw: true };
    expect(parseKnownEventRequest(withdrawal)).toEqual({ kind: 'withdraw', ...withdrawal });
  });

  // prettier-ignore
  it.each<{ request: unknown; names: string }>([
    { request: { ...announcement, floors: {} },                     names: 'floors' },
    { request: { ...announcement, floors: { 'core-api': 0 } },      names: 'floors.core-api' },
    { request: { ...announcement, floors: { 'core-api': 1.5 } },    names: 'floors.core-api' },
    { request: { ...announcement, floors: { 'core-api': 5001 } },   names: 'floors.core-api' },
    { request: { ...announcement, floors: ['core-api'] },           names: 'floors' },
    { request: { ...announcement, floor: 8 },                       names: 'floor' },
    { request: { ...announcement, timeZone: undefined },            names: 'timeZone' },
    { request: { ...announcement, event: '' },                      names: 'event' },
    { request: { ...announcement, event: 'x'.repeat(101) },         names: 'event' },
    { request: { ...announcement, fleet: 7 },                       names: 'fleet' },
    { request: { ...announcement, dryRun: 'yes' },                  names: 'dryRun' },
    { request: { ...announcement, withdraw: true },                 names: 'from' },
    { request: { fleet: 'production', event: 'x', withdraw: false }, names: 'withdraw' },
    { request: null,                                                names: 'the event' },
    { request: 'tax deadline',                                      names: 'the event' },
  ])('is answered with what is wrong: $names', ({ request, names }) => {
    const answer = parseKnownEventRequest(request);
    expect(answer).toMatchObject({ kind: 'malformed' });
    expect(JSON.stringify(answer)).toContain(names);
    expect(JSON.stringify(answer)).toContain('Expected {');
  });
});

describe('what is wrong with an event is told briefly and in full', () => {
  const base = { fleet: 'production', event: 'x', from: 'a', to: 'b', timeZone: 'c', floors: { api: 8 } };
  const complaint = (request: unknown): string => {
    const answer = parseKnownEventRequest(request);
    return answer.kind === 'malformed'
      ? answer.message.replace(/^the request is not understood: /, '').split('. Expected')[0]!
      : '';
  };

  // prettier-ignore
  it.each<{ request: unknown; then: string }>([
    { request: { ...base, floors: { api: 0 } },           then: 'floors.api: expected at least 1, is 0' },
    { request: { ...base, floors: { api: 5001 } },        then: 'floors.api: expected at most 5000, is 5001' },
    { request: { ...base, floors: { api: 'eight' } },     then: 'floors.api: expected number, is "eight"' },
    { request: { ...base, event: '' },                    then: 'event: expected at least 1 characters, is ""' },
    { request: { ...base, from: undefined },              then: 'from: is missing' },
    { request: { ...base, floor: 8, lead: 9 },            then: 'the event: unknown keys "floor", "lead"' },
    { request: { ...base, floors: {} },                   then: 'floors: names no service' },
    { request: { fleet: 'a', event: 'b', withdraw: 1 },   then: 'withdraw: expected true, is 1' },
  ])('$then', ({ request, then }) => {
    expect(complaint(request)).toBe(then);
  });

  it('however long the event is', () => {
    const floors = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`service-${index}`, 0]));
    expect(complaint({ ...base, floors })).toMatch(
      /^(floors\.service-\d: expected at least 1, is 0; ){5}and 995 more$/,
    );
    expect(complaint({ ...base, event: 7, ['x'.repeat(1e6)]: 1 }).length).toBeLessThan(500);
  });
});

describe('text from outside in a message', () => {
  // prettier-ignore
  it.each<{ value: unknown; then: string }>([
    { value: 'line\nbreak',    then: '"line\\nbreak"' },
    { value: 'x'.repeat(300),  then: `"${'x'.repeat(200)}"` },
    { value: { a: 1 },         then: '"{\\"a\\":1}"' },
    { value: undefined,        then: '"null"' },
  ])('is quoted, cut and on one line', ({ value, then }) => {
    expect(quoted(value)).toBe(then);
  });
});
