import { describe, expect, it } from '@jest/globals';
import { MalformedEventError } from '../../shared/domain/errors.ts';
import { aPolicy } from '../support/policies.ts';
import { type How, Scene, STAGE } from '../support/scene.ts';

const ALARM_DETAIL = { alarmName: 'x', state: { value: 'ALARM' } };

/** Events that nobody of us can have sent, and what is said of each. */
const EVENTS: readonly {
  readonly lambda: 'tick' | 'alarm' | 'scaled-to-max' | 'order';
  readonly event: unknown;
  readonly says: string;
}[] = [
  { lambda: 'tick', event: null, says: 'not a scheduled event or a hand-over of fleets: the event: expected object' },
  { lambda: 'tick', event: {}, says: 'id: is missing; detail-type: is missing' },
  { lambda: 'tick', event: { id: 7, 'detail-type': 'Scheduled Event' }, says: 'id: expected string, is 7' },
  {
    lambda: 'tick',
    event: { id: 'x', 'detail-type': 'Fleets To Evaluate', detail: { fleets: [1] } },
    says: 'a hand-over of fleets',
  },
  { lambda: 'alarm', event: [], says: 'not a CloudWatch alarm state change' },
  { lambda: 'alarm', event: { source: 'aws.ec2', detail: ALARM_DETAIL }, says: 'source: expected "aws.cloudwatch"' },
  {
    lambda: 'alarm',
    event: {
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: null, state: { value: 'ALARM' } },
    },
    says: 'detail.alarmName: expected string, is null',
  },
  {
    lambda: 'alarm',
    event: { source: 'aws.cloudwatch', alarmArn: 'arn', alarmData: { alarmName: 'x' } },
    says: 'alarmData.state: is missing',
  },
  { lambda: 'scaled-to-max', event: 'scaled', says: 'not a scaled-to-max event of an ECS service' },
  {
    lambda: 'scaled-to-max',
    event: {
      id: 'x',
      source: 'aws.application-autoscaling',
      'detail-type': 'Application Auto Scaling Scaling Activity State Change',
      detail: { serviceNamespace: 'dynamodb', resourceId: 'table/orders', scaledToMax: true },
    },
    says: 'detail.resourceId: not of the expected form, is "table/orders"',
  },
  { lambda: 'order', event: {}, says: 'not an order: detail: is missing' },
  { lambda: 'order', event: { detail: { decisionId: 'x' } }, says: 'detail.fleet: is missing' },
  { lambda: 'order', event: undefined, says: 'not an order: the event: is missing' },
];

function send(scene: Scene, { lambda, event }: (typeof EVENTS)[number], how: How): Promise<unknown> {
  switch (lambda) {
    case 'tick':
      return scene.rawTick(event, how);
    case 'alarm':
      return scene.rawAlarm(event, how);
    case 'scaled-to-max':
      return scene.rawScaledToMax(event, how);
    case 'order':
      return scene.rawAct('set-capacity-bounds', event, how);
  }
}

describe('an event that nobody of us can have sent', () => {
  it.each(EVENTS)('as $lambda ($says) is told and thrown on, once for all tries of the queue', async (sent) => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    for (let tries = 0; tries < 3; tries += 1) {
      const refused = send(scene, sent, { requestId: 'the same request' });
      await expect(refused).rejects.toThrow(MalformedEventError);
      await expect(refused).rejects.toThrow(sent.says);
      scene.clock.advance(60);
    }
    const told = await scene.records('fleet/none');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ transition: 'refused', trigger: { kind: sent.lambda, id: 'the same request' } });
    expect(told[0]?.sentence).toContain(sent.says);
    expect(told[0]?.sentence).not.toMatch(/[\n\r]/);
    // Nothing else was done.
    expect(await scene.audit.byDay('2026-12-01')).toHaveLength(1);
    expect(await scene.state.load('production')).toMatchObject({ changes: [], memory: { version: 0 } });

    await expect(send(scene, sent, { requestId: 'another request' })).rejects.toThrow(MalformedEventError);
    expect(await scene.records('fleet/none')).toHaveLength(2);
  });

  it('goes back to the queue while the audit table is unreachable, so that it gets its record', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    const fault = { position: 0, mode: 'refused' } as const;
    await expect(scene.rawTick({}, { fault })).rejects.toThrow('audit.byResource failed');
    await expect(scene.rawTick({})).rejects.toThrow(MalformedEventError);
    expect(await scene.records('fleet/none')).toHaveLength(1);
  });
});

describe('an event that is sound and not for us', () => {
  it('is an alarm of a deleted service: written down once for each change of its state, and no error', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    const name = `fulcrum-${STAGE}-production/service/gone/cpu`;
    const timestamp = '2026-12-01T08:59:30.000Z';
    for (let delivery = 0; delivery < 3; delivery += 1) {
      expect(await scene.alarm(name, 'ALARM', {}, timestamp)).toEqual({
        ignored: expect.stringContaining('belongs to no service of this policy'),
      });
      scene.clock.advance(30);
    }
    expect(await scene.records(`alarm/${name}`)).toHaveLength(1);
    await scene.alarm(name, 'OK');
    await scene.alarm(name, 'ALARM');
    expect(await scene.records(`alarm/${name}`)).toHaveLength(2);
    expect(scene.errors).toEqual([]);
  });

  it('is an alarm with a name that is more than a name: data', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    const name = `<b>\n${'x'.repeat(240)}`;
    await scene.alarm(name);
    const [record] = await scene.records(`alarm/${name}`);
    expect(record?.sentence).not.toContain('\n');
    expect(record?.transition).toBe('refused');
  });

  it('is an alarm that is over, or has too little data: ignored without a look', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    for (const state of ['OK', 'INSUFFICIENT_DATA']) {
      expect(await scene.alarm('anything', state)).toEqual({ ignored: `state ${state} asks for nothing` });
      expect(scene.calls).toEqual([]);
    }
  });

  it('comes from an alarm itself, in its other shape: understood all the same', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    const alarmData = {
      alarmName: `fulcrum-${STAGE}-production/service/api/cpu`,
      state: { value: 'ALARM', timestamp: '2026-12-01T08:59:30.000+0000', reason: 'Threshold Crossed' },
    };
    const event = { source: 'aws.cloudwatch', alarmArn: 'arn:aws:cloudwatch:…', accountId: '111122223333', alarmData };
    expect(await scene.rawAlarm(event)).toEqual({ looked: 'production' });
  });

  it('is another ECS service that is scaled to its maximum: ignored, and not written down', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    const event = {
      id: 'x',
      source: 'aws.application-autoscaling',
      'detail-type': 'Application Auto Scaling Scaling Activity State Change',
      detail: { serviceNamespace: 'ecs', resourceId: 'service/elsewhere/api', scaledToMax: true },
    };
    expect(await scene.rawScaledToMax(event)).toEqual({ ignored: 'elsewhere/api is in no fleet' });
    expect(scene.calls).toEqual([]);
  });
});
