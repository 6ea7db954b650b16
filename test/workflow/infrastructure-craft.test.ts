import { describe, expect, it } from '@jest/globals';
import type { ChangeOf } from '../../shared/domain/change.ts';
import type { FailureReason } from '../../shared/domain/reason.ts';
import { parseInfrastructureRequest } from '../../shared/events/infrastructure-request.ts';
import type { InfrastructureMover, Standing } from '../../shared/infrastructure-port.ts';
import { infrastructureCraft, unlessRefused } from '../../shared/workflow/infrastructure-craft.ts';
import { NOW } from '../support/builders/time.ts';

const change: ChangeOf<'set-aurora-capacity'> = {
  kind: 'set-aurora-capacity',
  database: { kind: 'aurora-cluster', identifier: 'ledger' },
  from: { minAcu: 0.5, maxAcu: 16 },
  to: { minAcu: 0.5, maxAcu: 32 },
};
type Mover = InfrastructureMover<typeof change>;
const mover = (looked: Standing<typeof change.to> | FailureReason): Mover => ({
  look: () => Promise.resolve(looked),
  move: () => Promise.resolve(null),
});

describe('where the world stands', () => {
  it.each([
    { size: change.from, busy: null, isAtFrom: true, isAtTo: false, isOnItsWay: true },
    { size: change.from, busy: 'modifying', isAtFrom: false, isAtTo: false, isOnItsWay: true },
    { size: change.to, busy: null, isAtFrom: false, isAtTo: true, isOnItsWay: true },
    // What was to be is there: that it is still at work is no reason to do it again.
    { size: change.to, busy: 'modifying', isAtFrom: false, isAtTo: true, isOnItsWay: true },
    { size: { minAcu: 0.5, maxAcu: 20 }, busy: null, isAtFrom: false, isAtTo: false, isOnItsWay: false },
  ])('at $size.maxAcu ACU, $busy', async ({ size, busy, ...expected }) => {
    const situation = await infrastructureCraft(mover({ size, busy })).compare(change, NOW);
    expect(situation).toMatchObject(expected);
  });

  it('may be refused for good', async () => {
    const because = { code: 'not-found', detail: 'gone' } as const;
    expect(await infrastructureCraft(mover(because)).compare(change, NOW)).toEqual({ because });
  });
});

it('what is not allowed is refused before anything is looked at', async () => {
  const because = { code: 'not-permitted', detail: 'no approval' } as const;
  const blind: Mover = {
    look: () => Promise.reject(new Error('looked')),
    move: () => Promise.reject(new Error('moved')),
  };
  const craft = unlessRefused(infrastructureCraft(blind), () => because);
  expect(await craft.compare(change, NOW)).toEqual({ because });
  await expect(unlessRefused(infrastructureCraft(blind), () => null).compare(change, NOW)).rejects.toThrow('looked');
});

describe('what wakes the look at the infrastructure', () => {
  it('the schedule', () => {
    expect(parseInfrastructureRequest({ id: 'a', 'detail-type': 'Scheduled Event' })).toEqual({
      kind: 'schedule',
      id: 'a',
    });
  });

  it('the end of a deployment, with its service; the old form of an ARN names no cluster', () => {
    const arn = (rest: string): string => `arn:aws:ecs:eu-central-1:111122223333:service/${rest}`;
    const event = {
      id: 'b',
      source: 'aws.ecs',
      'detail-type': 'ECS Deployment State Change',
      resources: [arn('production/core-api'), arn('core-api')],
    };
    expect(parseInfrastructureRequest(event)).toEqual({
      kind: 'deployment-ended',
      id: 'b',
      services: [{ cluster: 'production', service: 'core-api' }],
    });
  });

  it.each([undefined, {}, { id: 'c', 'detail-type': 'Something' }, { id: 'd', source: 'aws.ecs' }])(
    'not %j',
    (event) => {
      expect(() => parseInfrastructureRequest(event)).toThrow('a scheduled event or the end of a deployment');
    },
  );
});
