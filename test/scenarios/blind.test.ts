import { describe, expect, it } from '@jest/globals';
import type { MetricReader } from '../../shared/ports.ts';
import { type Reading, seen, type Series, unseen } from '../../shared/domain/reading.ts';
import { DAY, earlier, MINUTE } from '../../shared/domain/units.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene } from '../support/scene.ts';

/** Ten minutes at 97 %, the newest of which are these. */
const newest = (...values: readonly number[]): readonly number[] => [
  ...Array.from({ length: 15 - values.length }, () => 97),
  ...values,
];

async function pinnedWith(metrics: (scene: Scene) => void, policy = aPolicy()): Promise<Scene> {
  const scene = new Scene(policy, '2026-12-01T09:00:00Z');
  scene.town.weather('api', { wants: 1_000, cpu: 97 });
  metrics(scene);
  await scene.tick();
  await scene.deliver();
  return scene;
}

async function toldOfCeiling(scene: Scene): Promise<readonly string[]> {
  const records = await scene.records(scene.resource('api'));
  return records
    .filter(({ lever }) => lever === 'ceiling')
    .map(({ transition, sentence }) => `${transition} ${sentence}`);
}

const answering = (answer: Reading<Series>): MetricReader => ({
  read: (queries) => Promise.resolve(queries.map(() => answer)),
});

describe('a pinned service whose CPU cannot be seen', () => {
  it.each([
    {
      how: 'missing',
      metrics: (scene: Scene) => {
        scene.town.forgeCpu('api', []);
      },
      says: 'no data',
    },
    {
      how: 'late',
      metrics: (scene: Scene) => {
        scene.town.forgeCpu('api', newest(97), earlier(scene.clock.now(), 6 * MINUTE));
      },
      says: '360 s old, more than 300 s',
    },
    {
      how: 'NaN',
      metrics: (scene: Scene) => {
        scene.town.forgeCpu('api', newest(NaN, 97));
      },
      says: 'invalid value NaN',
    },
    {
      how: 'infinite',
      metrics: (scene: Scene) => {
        scene.town.forgeCpu('api', newest(Infinity));
      },
      says: 'invalid value Infinity',
    },
    {
      how: 'negative',
      metrics: (scene: Scene) => {
        scene.town.forgeCpu('api', newest(-1));
      },
      says: 'invalid value -1',
    },
    {
      how: 'with gaps',
      metrics: (scene: Scene) => {
        scene.town.forgeCpu('api', [97, 97, 97]);
      },
      says: '3 of 10 points',
    },
    {
      how: 'denied',
      metrics: (scene: Scene) => {
        scene.instead = { metrics: answering(unseen({ code: 'unreadable', detail: 'AccessDenied: no' })) };
      },
      says: 'AccessDenied: no',
    },
    {
      how: 'throttled',
      metrics: (scene: Scene) => {
        scene.instead = { metrics: answering(unseen({ code: 'unreadable', detail: 'Throttling: Rate exceeded' })) };
      },
      says: 'Throttling: Rate exceeded',
    },
  ])('because it is $how: the lever abstains and says so, once', async ({ metrics, says }) => {
    const scene = await pinnedWith(metrics);
    expect(await toldOfCeiling(scene)).toEqual([`abstained abstain: cannot see CPU: ${says}`]);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    await scene.tick();
    expect(await toldOfCeiling(scene)).toHaveLength(1);
    await expectSound(scene);
  });

  it('grows by one where policy allows a blind service to grow', async () => {
    const scene = await pinnedWith(
      ({ town }) => {
        town.forgeCpu('api', []);
      },
      aPolicy({ levers: { ceiling: 'whenBlind: allow-growth' } }),
    );
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 11 });
    expect((await toldOfCeiling(scene))[0]).toContain(
      'at the ceiling of 10 tasks and blind (no data), policy allows growth',
    );
    await expectSound(scene);
  });

  it('is raised when CloudWatch is whole again', async () => {
    const scene = await pinnedWith(({ town }) => {
      town.forgeCpu('api', []);
    });
    await scene.minutes(9);
    expect(scene.town.bounds('api')?.max).toBe(10);
    await scene.minutes(1);
    expect(scene.town.bounds('api')?.max).toBe(15);
  });
});

describe('a raised ceiling whose running tasks cannot be seen', () => {
  const week = (value: (minute: number) => number, endingAt: number): Series => ({
    periodSeconds: MINUTE,
    points: Array.from({ length: (7 * DAY) / MINUTE }, (_, minute) => ({
      at: endingAt - ((7 * DAY) / MINUTE - minute) * MINUTE * 1000,
      value: value(minute),
    })),
  });

  async function looked(metric: (now: number) => Reading<Series>): Promise<Scene> {
    const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
    scene.town.byHand('api', { bounds: { min: 2, max: 25 } });
    scene.instead = { metrics: answering(metric(scene.clock.now())) };
    await scene.tick();
    await scene.deliver();
    return scene;
  }

  it.each([
    { how: 'missing', metric: () => unseen({ code: 'no-data' }) },
    {
      how: 'incomplete',
      metric: (now: number) => {
        const { points, periodSeconds } = week(() => 3, now);
        return seen({ periodSeconds, points: points.slice(500) }, now);
      },
    },
    {
      how: 'old',
      metric: (now: number) =>
        seen(
          week(() => 3, now - 600_000),
          now - 600_000,
        ),
    },
    {
      how: 'NaN in one minute',
      metric: (now: number) =>
        seen(
          week((minute) => (minute === 77 ? NaN : 3), now),
          now,
        ),
    },
    {
      how: 'negative in one minute',
      metric: (now: number) =>
        seen(
          week((minute) => (minute === 77 ? -5 : 3), now),
          now,
        ),
    },
  ])('because they are $how: nothing is lowered', async ({ metric }) => {
    const scene = await looked(metric);
    expect(scene.town.bounds('api')?.max).toBe(25);
    expect(await toldOfCeiling(scene)).toEqual([expect.stringMatching(/^abstained abstain: cannot see/)]);
    await expectSound(scene);
  });

  it('is lowered when they are seen whole and calm', async () => {
    const scene = await looked((now) =>
      seen(
        week(() => 3, now),
        now,
      ),
    );
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    await expectSound(scene);
  });
});
