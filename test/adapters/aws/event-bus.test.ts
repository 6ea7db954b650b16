import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { EventBridgeBus } from '../../../shared/adapters/aws/event-bus.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { anOrder, NOON } from '../../contracts/samples.ts';
import { BUG, PERMANENT, TRANSIENT } from './faults.ts';

const client = new EventBridgeClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const bus = new EventBridgeBus(client, 'fulcrum');

function orders(count: number, over: Partial<Order> = {}): readonly Order[] {
  return Array.from({ length: count }, (_, index) => anOrder({ decisionId: `order-${index}`, ...over }));
}

/** Takes everything but the orders whose id is named, as often as said. */
function refusing(refusals: Readonly<Record<string, number>>): void {
  const left = { ...refusals };
  aws.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
    const answers = Entries.map(({ Detail = '{}' }) => {
      const { decisionId } = JSON.parse(Detail) as Order;
      if ((left[decisionId] ?? 0) === 0) return { EventId: 'taken' };
      left[decisionId] = (left[decisionId] ?? 0) - 1;
      return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    });
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  });
}

const sent = (): readonly (readonly string[])[] =>
  aws
    .commandCalls(PutEventsCommand)
    .map(({ args: [{ input }] }) =>
      (input.Entries ?? []).map(({ Detail = '{}' }) => (JSON.parse(Detail) as Order).decisionId),
    );

const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  );

beforeEach(() => {
  aws.reset();
  refusing({});
});

describe('what is sent', () => {
  it('is the order under its type, from us, at its time', async () => {
    await bus.sendOrders([anOrder()]);
    expect(aws.commandCalls(PutEventsCommand)[0]?.args[0].input).toEqual({
      Entries: [
        {
          EventBusName: 'fulcrum',
          Source: 'fulcrum',
          DetailType: 'Set Capacity Bounds',
          Detail: JSON.stringify(anOrder()),
          Time: new Date(NOON),
        },
      ],
    });
  });

  it('is a hand-over without a time of its own', async () => {
    await bus.handOver(['production'], 'no time left');
    expect(aws.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      {
        EventBusName: 'fulcrum',
        Source: 'fulcrum',
        DetailType: 'Fleets To Evaluate',
        Detail: '{"fleets":["production"],"reason":"no time left"}',
      },
    ]);
  });

  it.each([
    [0, []],
    [10, [10]],
    [11, [10, 1]],
    [25, [10, 10, 5]],
  ])('are ten a call: %d in calls of %j', async (count, calls) => {
    await bus.sendOrders(orders(count));
    expect(sent().map(({ length }) => length)).toEqual(calls);
  });

  it('is at most 256 KB a call', async () => {
    const large = orders(5, { policyVersion: 'ü'.repeat(50_000) });
    await bus.sendOrders(large);
    expect(sent().map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it('is nothing when one alone is too large: half of a look would be worse', async () => {
    const call = bus.sendOrders([anOrder(), anOrder({ decisionId: 'huge', policyVersion: 'x'.repeat(256 * 1024) })]);
    await expect(call).rejects.toThrow(/^huge has \d+ bytes/);
    expect(sent()).toEqual([]);
  });
});

describe('what is not taken', () => {
  it('is sent once more, and only that', async () => {
    refusing({ 'order-1': 1, 'order-3': 1 });
    await bus.sendOrders(orders(4));
    expect(sent()).toEqual([
      ['order-0', 'order-1', 'order-2', 'order-3'],
      ['order-1', 'order-3'],
    ]);
  });

  it('twice is thrown by name, and the other batches have gone', async () => {
    refusing({ 'order-1': 2, 'order-12': 2 });
    const thrown = await thrownBy(bus.sendOrders(orders(13)));
    expect(thrown).toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({
      message:
        'not sent to the bus fulcrum: order-1 (ThrottlingException: Rate exceeded); order-12 (ThrottlingException: Rate exceeded)',
    });
    expect(sent().map(({ length }) => length)).toEqual([10, 1, 3, 1]);
  });

  it('includes what is not answered at all', async () => {
    aws.on(PutEventsCommand).resolves({});
    const thrown = await thrownBy(bus.sendOrders(orders(1)));
    expect(thrown).toMatchObject({ message: 'not sent to the bus fulcrum: order-0 (no answer)' });
  });
});

describe('faults', () => {
  it.each(TRANSIENT)('%s: tried once more, then thrown with the names', async (_name, error) => {
    aws.on(PutEventsCommand).rejects(error);
    const thrown = await thrownBy(bus.sendOrders(orders(2)));
    expect(thrown).toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({ message: expect.stringMatching(/order-0 .*order-1 /) });
    expect(sent()).toHaveLength(2);
  });

  it.each(TRANSIENT)('%s of one batch holds up no other', async (_name, error) => {
    aws
      .on(PutEventsCommand)
      .rejectsOnce(error)
      .resolves({ Entries: Array(10).fill({ EventId: 'taken' }) });
    await bus.sendOrders(orders(12));
    expect(sent().map(({ length }) => length)).toEqual([10, 10, 2]);
  });

  it.each(PERMANENT)('%s is thrown at once', async (_name, error) => {
    aws.on(PutEventsCommand).rejects(error);
    for (const call of [() => bus.sendOrders(orders(12)), () => bus.handOver(['production'], 'late')]) {
      aws.resetHistory();
      const thrown = await thrownBy(call());
      expect(thrown).not.toBeInstanceOf(TransientError);
      expect(thrown).toMatchObject({ cause: error, message: expect.stringContaining('sending to the bus fulcrum') });
      expect(sent()).toHaveLength(1);
    }
  });

  it('a bug stays a bug', async () => {
    aws.on(PutEventsCommand).rejects(BUG);
    await expect(bus.sendOrders(orders(1))).rejects.toBe(BUG);
  });
});
