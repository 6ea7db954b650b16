import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../shared/domain/errors.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene, TAX_DEADLINE } from '../support/scene.ts';

type Ports = Required<Scene['instead']>;
type PortName = keyof Pick<Ports, 'audit' | 'state' | 'bus' | 'capacity' | 'metrics' | 'reader' | 'writer'>;

/** A port that nobody answers behind. */
function unreachable<Name extends PortName>(name: Name): Pick<Ports, Name> {
  const port = new Proxy(
    {},
    { get: () => () => Promise.reject(new TransientError(`${name} is unreachable`)) },
  ) as Ports[Name];
  return { [name]: port } as Pick<Ports, Name>;
}

const OUTAGES: readonly { readonly what: string; readonly ports: Scene['instead'] }[] = [
  { what: 'the audit table', ports: unreachable('audit') },
  { what: 'the state table', ports: unreachable('state') },
  { what: 'both tables', ports: { ...unreachable('audit'), ...unreachable('state') } },
  { what: 'the bus', ports: unreachable('bus') },
  { what: 'ECS, for the looks', ports: unreachable('capacity') },
  { what: 'CloudWatch', ports: unreachable('metrics') },
  { what: 'Application Auto Scaling, for reading', ports: unreachable('reader') },
  { what: 'Application Auto Scaling, which throttles every change', ports: unreachable('writer') },
];

describe.each(OUTAGES)('$what cannot be reached', ({ ports }) => {
  it.each([1, 3, 8, 30])('for %d minutes around a raise: nothing is lost, nothing doubled', async (minutes) => {
    for (const startsAt of ['09:53', '09:54', '09:55']) {
      const scene = new Scene(aPolicy(), '2026-12-01T09:44:00Z');
      await scene.minute();
      scene.town.weather('api', { wants: 14, cpu: 97 });
      await scene.at(startsAt);
      scene.instead = ports;
      await scene.minutes(minutes);
      scene.instead = {};
      await scene.minutes(45);
      expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
      const story = await scene.story('api');
      expect(story.filter((line) => line.endsWith('ceiling applied'))).toHaveLength(1);
      expect((await scene.change('api'))?.status).toMatchObject({ status: 'verified', failures: 0 });
      await expectSound(scene);
    }
  });

  it('for 10 minutes around a hand that needs repair: told once, repaired once', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:44:00Z');
    await scene.minutes(3);
    scene.instead = ports;
    await scene.minute();
    scene.town.byHand('api', { bounds: { min: 2, max: 5 } });
    await scene.minutes(9);
    scene.instead = {};
    await scene.minutes(30);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    const story = await scene.story('api');
    expect(story.filter((line) => line.endsWith('external'))).toHaveLength(1);
    expect(story.filter((line) => line.endsWith('target-tracking applied'))).toHaveLength(1);
    await expectSound(scene);
  });
});

describe('while a table is unreachable', () => {
  it.each([unreachable('audit'), unreachable('state')])('an announcement fails as a whole', async (ports) => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:44:00Z');
    scene.instead = ports;
    await expect(scene.announce(TAX_DEADLINE)).rejects.toThrow('is unreachable');
    scene.instead = {};
    await scene.minutes(3);
    expect(scene.town.scheduled('api')).toEqual([]);
    expect((await scene.state.load('production')).events).toEqual([]);
    // Asked again it happens.
    await scene.announce(TAX_DEADLINE);
    await scene.deliver();
    expect(scene.town.scheduled('api')).toHaveLength(2);
    await expectSound(scene);
  });

  it('nothing is changed that could not be written down', async () => {
    const scene = new Scene(aPolicy(), '2026-12-01T09:44:00Z');
    await scene.minute();
    scene.town.crowd('api');
    await scene.at('09:54');
    scene.instead = unreachable('audit');
    await scene.minutes(30);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    expect((await scene.state.load('production')).changes).toEqual([]);
  });

  it('one fleet is not seen, and the others are', async () => {
    const policy = aPolicy({ name: 'one' }, { name: 'two' }, { name: 'three' });
    const scene = new Scene(policy, '2026-12-01T09:44:00Z');
    const { state } = scene;
    scene.instead = {
      state: new Proxy(state, {
        get: (target, key): unknown => {
          if (key === 'load') {
            return (fleet: string) =>
              fleet === 'two' ? Promise.reject(new TransientError('the shard of two is gone')) : state.load(fleet);
          }
          const member: unknown = Reflect.get(target, key, target);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      }),
    };
    await expect(scene.tick()).rejects.toThrow('1 of 3 looks failed: two: the shard of two is gone');
    const looked = (await scene.audit.byDay('2026-12-01')).map(({ fleet }) => fleet);
    expect(new Set(looked)).toEqual(new Set(['one', 'three']));
    expect(scene.journal.filter((line) => line.includes('"fleet":"three"'))).not.toEqual([]);
  });
});
