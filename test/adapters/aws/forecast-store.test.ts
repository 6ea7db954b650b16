import { BatchGetItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { brotliCompressSync } from 'node:zlib';
import { decodeForecast } from '../../../shared/adapters/aws/decode-forecast.ts';
import { encodeForecast } from '../../../shared/adapters/aws/encode-forecast.ts';
import { DynamoDbForecastStore } from '../../../shared/adapters/aws/forecast-store.ts';
import type { Item } from '../../../shared/adapters/aws/items.ts';
import { pack, significant, unitFor, unpack } from '../../../shared/adapters/aws/packed-numbers.ts';
import { lookAhead } from '../../../shared/control/decide-floor.ts';
import { DEFAULT_SETTINGS, FAST_SIGNAL, MINUTE_SIGNAL } from '../../../shared/control/settings.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import type { ServiceForecast } from '../../../shared/domain/service-forecast.ts';
import { later, MINUTE } from '../../../shared/domain/units.ts';
import { NOON } from '../../contracts/samples.ts';
import { aPastForecast, aServiceForecast, rippledDay } from '../../support/builders/learned-forecasts.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new DynamoDBClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const store = new DynamoDbForecastStore(client, 'state');
const PLAIN = aServiceForecast({ learned: null, day: null, computedAt: NOON });

beforeEach(() => {
  aws.reset();
  aws.onAnyCommand().resolves({});
});

const written = (): Item => aws.commandCalls(PutItemCommand)[0]?.args[0].input.Item ?? {};

describe('a forecast is stored', () => {
  it('apart from the state that every look reads whole, and leaves by itself after eight days', async () => {
    await store.save('production', 'core-api', PLAIN);
    expect(written()).toMatchObject({
      fleet: { S: 'forecast#production' },
      item: { S: 'core-api' },
      schema: { N: '1' },
      expiresAt: { N: String(NOON / 1000 + 8 * 86_400) },
    });
    aws.resetHistory();
    await store.savePast('production', 'core-api', aPastForecast({ madeAt: NOON }));
    expect(written()).toMatchObject({ fleet: { S: 'past-forecast#production' }, item: { S: 'core-api' } });
  });

  it.each(TRANSIENT)('or tried again when DynamoDB says %s', async (_, fault) => {
    aws.on(PutItemCommand).rejects(fault);
    await expect(store.save('production', 'core-api', PLAIN)).rejects.toThrow(TransientError);
    await expect(store.savePast('production', 'core-api', aPastForecast())).rejects.toThrow(
      'saving the forecast of core-api',
    );
  });

  it.each([
    { signal: MINUTE_SIGNAL, startupSeconds: 60, most: 9_000 },
    { signal: MINUTE_SIGNAL, startupSeconds: 180, most: 9_000 },
    { signal: MINUTE_SIGNAL, startupSeconds: 600, most: 9_000 },
    { signal: MINUTE_SIGNAL, startupSeconds: 3_000, most: 10_000 },
    { signal: FAST_SIGNAL, startupSeconds: 60, most: 13_000 },
    { signal: FAST_SIGNAL, startupSeconds: 3_000, most: 14_000 },
  ])(
    'in fewer than $most bytes at a start-up of $startupSeconds s: $signal.periodSeconds s',
    ({ signal, startupSeconds, most }) => {
      const { length } = encodeForecast(aServiceForecast({}, { signal, startupSeconds }));
      expect(length).toBeGreaterThan(3_000);
      expect(length).toBeLessThan(most);
    },
  );

  it('far below what an item may have, where it reaches a day ahead', () => {
    const longest = aServiceForecast({}, { signal: FAST_SIGNAL, startupSeconds: 3_000, reachHours: 25 });
    expect(encodeForecast(longest).length).toBeLessThan(80_000);
  });
});

describe('a forecast that was stored', () => {
  const learned = aServiceForecast({}, { startupSeconds: 600, gaps: [4_312, 4_315] });

  it('leads to the same expectations as the one that was learned, to a thousandth', () => {
    const again = decodeForecast(encodeForecast(learned));
    const from = learned.learned!.continuesAt;
    const perSecond = Array.from({ length: 150 }, (_, minute) =>
      minute % 31 === 7 ? null : rippledDay(minute) * 1.07,
    );
    const foresight = (forecast: ServiceForecast, minutes: number) =>
      lookAhead(
        {
          now: later(from, (minutes + 1) * MINUTE),
          signal: MINUTE_SIGNAL,
          facts: { taskCapacity: 100, startupSeconds: 600 },
          observed: { startsAt: from, perSecond },
          stored: forecast.learned,
        },
        DEFAULT_SETTINGS,
      );
    for (const minutes of [0, 1, 10, 60, 149]) {
      const before = numbersIn(foresight(learned, minutes));
      const after = numbersIn(foresight(again, minutes));
      expect(before.length).toBeGreaterThan(5);
      expect(after).toHaveLength(before.length);
      for (const [index, value] of before.entries()) {
        expect(Math.abs((after[index] ?? 0) - value)).toBeLessThan(1e-3 * Math.max(1, Math.abs(value)));
      }
    }
  });

  it('keeps the day to a ten-thousandth of its peak, and its gaps', () => {
    const again = decodeForecast(encodeForecast(learned));
    const loads = learned.day!.perSecond.flat();
    const peak = Math.max(...loads);
    for (const [index, load] of again.day!.perSecond.flat().entries()) {
      expect(Math.abs(load - (loads[index] ?? 0))).toBeLessThan(1e-4 * peak);
    }
    const gapsOf = ({ learned: of }: ServiceForecast) => of?.profile.state.recent.map(({ kind }) => kind);
    expect(gapsOf(again)).toEqual(gapsOf(learned));
    expect(gapsOf(again)).toContain('gap');
  });

  it('is the same when it is stored once more', () => {
    const once = decodeForecast(encodeForecast(learned));
    expect(decodeForecast(encodeForecast(once))).toEqual(once);
  });

  it('law: packed numbers come back to within half a unit, and nothing stays nothing', () => {
    const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null }));
    fc.assert(
      fc.property(values, fc.constantFrom(1e-5, 1e-4, 0.1, 1, 10, 1_000), (given, unit) => {
        const back = unpack(JSON.parse(JSON.stringify(pack(given, unit))) as ReturnType<typeof pack>);
        expect(back).toHaveLength(given.length);
        const isKept = given.map((value, index) => {
          const unpacked = back[index] ?? null;
          if (value === null || unpacked === null) return value === unpacked;
          return Math.abs(unpacked - value) <= 0.5001 * unit + 1e-9;
        });
        expect(isKept).not.toContain(false);
      }),
    );
    expect([unitFor([0, 0], 5), unitFor([12_345.6], 5), unitFor([3, 0.5], 5)]).toEqual([1, 1, 1e-4]);
    expect(significant(0.000123456, 3)).toBe(0.000123);
  });
});

describe('forecasts are read', () => {
  const itemOf = (service: string, over: Item = {}): Item => ({
    fleet: { S: 'forecast#production' },
    item: { S: service },
    schema: { N: '1' },
    body: { B: encodeForecast(PLAIN) },
    ...over,
  });
  const answering = (items: readonly Item[]) =>
    aws.on(BatchGetItemCommand).resolves({ Responses: { state: [...items] } });
  const load = async (...services: readonly string[]) =>
    (await store.load('production', services)).map((reading) =>
      reading.kind === 'seen' ? 'seen' : 'detail' in reading.because ? reading.because.detail : reading.because.code,
    );

  it('in one call for a hundred services, eventually consistent', async () => {
    await store.load(
      'production',
      Array.from({ length: 100 }, (_, index) => `s${index}`),
    );
    expect(aws.commandCalls(BatchGetItemCommand)).toHaveLength(1);
    const [call] = aws.commandCalls(BatchGetItemCommand);
    expect(call?.args[0].input.RequestItems?.['state']).toEqual({ Keys: expect.any(Array) });
  });

  it('in whatever order DynamoDB gives them', async () => {
    answering([itemOf('b'), itemOf('a')]);
    expect(await load('a', 'b', 'c')).toEqual(['seen', 'seen', 'no-data']);
  });

  it('again where DynamoDB has given back keys, and not for ever', async () => {
    const left = { state: { Keys: [{ fleet: { S: 'forecast#production' }, item: { S: 'b' } }] } };
    aws
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { state: [itemOf('a')] }, UnprocessedKeys: left })
      .resolves({ Responses: { state: [itemOf('b')] } });
    expect(await load('a', 'b')).toEqual(['seen', 'seen']);
    expect(aws.commandCalls(BatchGetItemCommand)[1]?.args[0].input.RequestItems).toEqual(left);

    aws.reset();
    aws.on(BatchGetItemCommand).resolves({ Responses: { state: [itemOf('a')] }, UnprocessedKeys: left });
    expect(await load('a', 'b')).toEqual(['seen', 'DynamoDB is busy']);
    expect(aws.commandCalls(BatchGetItemCommand)).toHaveLength(4);
  });

  it.each([
    { when: 'older code wrote it', over: { schema: { N: '0' } }, told: 'the forecast has schema 0, not 1' },
    { when: 'newer code wrote it', over: { schema: { N: '2' } }, told: 'the forecast has schema 2, not 1' },
    { when: 'it has no bytes', over: { body: { S: 'text' } }, told: 'the forecast cannot be decoded' },
    {
      when: 'its bytes are cut',
      over: { body: { B: encodeForecast(PLAIN).slice(0, 40) } },
      told: 'the forecast cannot be decoded',
    },
    {
      when: 'its bytes are something else',
      over: { body: { B: brotliCompressSync('{}') } },
      told: 'the forecast cannot be decoded',
    },
    {
      when: 'its bytes are no JSON',
      over: { body: { B: brotliCompressSync('{') } },
      told: 'the forecast cannot be decoded',
    },
    {
      when: 'it would fill the memory',
      over: { body: { B: brotliCompressSync(Buffer.alloc(17 * 1024 * 1024, ' ')) } },
      told: 'the forecast cannot be decoded',
    },
  ])('as unseen where $when', async ({ over, told }) => {
    answering([itemOf('a', over)]);
    expect(await load('a')).toEqual([told]);
  });

  it.each([...TRANSIENT, ...PERMANENT])('as unseen where DynamoDB says %s', async (_, fault) => {
    aws.on(BatchGetItemCommand).rejects(fault);
    const [reading] = await store.load('production', ['a']);
    expect(reading).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
    expect((await store.loadPast('production', ['a']))[0]?.kind).toBe('unseen');
  });

  it('but hides no bug of ours', async () => {
    aws.on(BatchGetItemCommand).rejects(BUG);
    await expect(store.load('production', ['a'])).rejects.toBe(BUG);
  });
});

/** Every number in a value, in the order of its keys. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}
