import { describe, expect, it } from '@jest/globals';
import { alarmPlan } from '../../shared/alarms/alarm-plan.ts';
import { seen } from '../../shared/domain/reading.ts';
import { later, MINUTE } from '../../shared/domain/units.ts';
import type { MetricReader } from '../../shared/ports.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene, STAGE } from '../support/scene.ts';

function scene(): Scene {
  return new Scene(aPolicy(), '2026-12-01T09:40:00Z');
}

describe('a flash crowd', () => {
  it('pins a service, and its ceiling rises step by step until it has room', async () => {
    const night = scene();
    await night.at('09:45');
    expect(await night.story('api')).toEqual([]);

    // A news item: as many people as 25 tasks carry.
    night.town.weather('api', { wants: 25, cpu: 97 });
    await night.at('09:54');
    expect(night.town.bounds('api')).toEqual({ min: 2, max: 10 });
    await night.at('09:55');
    expect(night.town.bounds('api')).toEqual({ min: 2, max: 15 });
    expect(night.town.desired('api')).toBe(10);
    await night.at('09:57');
    expect(night.town.bounds('api')).toEqual({ min: 2, max: 15 });
    await night.at('09:58');
    expect(night.town.bounds('api')).toEqual({ min: 2, max: 22 });
    await night.at('10:01');
    expect(night.town.bounds('api')).toEqual({ min: 2, max: 30 });
    expect(night.town.desired('api')).toBe(22);
    await night.at('10:30');

    expect(night.town.bounds('api')).toEqual({ min: 2, max: 30 });
    expect(await night.story('api')).toEqual([
      '09:55 ceiling decided',
      '09:55 ceiling attempting',
      '09:55 ceiling applied',
      '09:56 ceiling blocked',
      '09:58 ceiling decided',
      '09:58 ceiling attempting',
      '09:58 ceiling applied',
      '09:59 ceiling blocked',
      '10:01 ceiling decided',
      '10:01 ceiling attempting',
      '10:01 ceiling applied',
      '10:11 ceiling verified',
    ]);
    const records = await night.records(night.resource('api'));
    const [decided] = records.filter(({ transition }) => transition === 'decided');
    expect(decided).toMatchObject({
      sentence:
        'set capacity bounds 2–10 → 2–15 tasks: at the ceiling of 10 tasks with 97 % CPU against a target of 70 % for 10 minutes, needs 15',
      before: { min: 2, max: 10 },
      after: { min: 2, max: 15 },
      trigger: { kind: 'tick' },
    });
    expect(decided?.monthlyCostDeltaUsd).toBeGreaterThan(100);
    await expectSound(night);
  });

  it('that wants more than the hard limit is told so once, and nothing is raised beyond', async () => {
    const night = scene();
    night.town.crowd('api');
    await night.at('10:40');
    expect(night.town.bounds('api')).toEqual({ min: 2, max: 30 });
    const holds = (await night.records(night.resource('api'))).filter(({ sentence }) =>
      sentence.startsWith('hold: at'),
    );
    expect(holds.map(({ at, sentence }) => `${at.slice(11, 16)} ${sentence}`)).toEqual([
      '09:57 hold: at the hard limit of 30 tasks, needs 45',
    ]);
    await expectSound(night);
  });

  it('is heard of sooner by the event of Application Auto Scaling, once three minutes confirm it', async () => {
    const night = scene();
    await night.at('09:45');
    night.town.weather('api', { wants: 14, cpu: 97 });
    await night.at('09:47');
    night.town.world.put({ cluster: 'production', service: 'api' }, { wantedMoreThanMaxAt: night.clock.now() });
    await night.scaledToMax('api');
    await night.deliver();
    expect(night.town.bounds('api')?.max).toBe(10);
    await night.at('09:48');
    expect(night.town.bounds('api')?.max).toBe(15);
    const [decided] = (await night.records(night.resource('api'))).filter(({ transition }) => transition === 'decided');
    expect(decided?.sentence).toContain('Application Auto Scaling asked for more than the ceiling of 10 tasks');
    await expectSound(night);
  });

  it('is heard of through an alarm that is delivered twice, and acted on once', async () => {
    const night = scene();
    await night.at('09:45');
    night.town.weather('api', { wants: 14, cpu: 97 });
    for (let minute = 0; minute < 10; minute += 1) {
      night.clock.advance(60);
      night.town.passMinute();
    }
    const { name } = alarmPlan(night.policy, STAGE)[0]!;
    const timestamp = '2026-12-01T09:55:00.000Z';
    expect(await night.alarm(name, 'ALARM', {}, timestamp)).toEqual({ looked: 'production' });
    expect(await night.alarm(name, 'ALARM', {}, timestamp)).toEqual({ looked: 'production' });
    await night.deliver();
    await night.alarm(name, 'ALARM', {}, timestamp);
    await night.alarm(name, 'OK');
    await night.deliver();
    expect(night.town.bounds('api')?.max).toBe(15);
    await night.minutes(15);
    expect((await night.story('api')).filter((line) => line.endsWith('applied'))).toEqual(['09:55 ceiling applied']);
    await expectSound(night);
  });

  it('in front of a database at its limit makes no ceiling rise: that would make it worse', async () => {
    const night = new Scene(
      aPolicy({ extra: ['database: { identifier: production, maxConnections: 200 }'] }),
      '2026-12-01T09:40:00Z',
    );
    night.town.databaseAt(93);
    night.town.crowd('api');
    await night.at('10:20');
    expect(night.town.bounds('api')?.max).toBe(10);
    expect(await night.story('api')).toEqual(['09:50 ceiling blocked']);
    night.town.databaseAt(40);
    await night.at('10:22');
    expect(night.town.bounds('api')?.max).toBe(15);
    await expectSound(night);
  });

  it('leaves a raised ceiling behind, of which an hourly look tells once', async () => {
    const night = scene();
    night.town.weather('api', { wants: 14, cpu: 97 });
    await night.at('09:58');
    night.town.calm('api');
    const before = (await night.records(night.resource('api'))).length;
    await night.at('16:00');
    const told = (await night.records(night.resource('api'))).slice(before);
    expect(told.map(({ transition, lever }) => `${lever ?? '-'} ${transition}`)).toEqual([
      'ceiling verified',
      'ceiling abstained',
    ]);
    // Told when it was looked at, not in the minutes between.
    expect(told[1]).toMatchObject({ at: '2026-12-01T10:00:00.000Z', sentence: expect.stringContaining('points') });
    expect(night.town.bounds('api')?.max).toBe(15);
  });

  it('leaves a raised ceiling behind that stays in use, of which hourly looks tell once', async () => {
    const night = scene();
    night.town.byHand('api', { bounds: { min: 2, max: 15 } });
    const busyWeek: MetricReader = {
      read: (queries, now) =>
        Promise.resolve(
          queries.map(({ windowSeconds }) => {
            const length = windowSeconds / MINUTE;
            const points = Array.from({ length }, (_, minute) => ({
              at: later(now, (minute - length) * 60),
              value: minute === 5_000 ? 14 : 4,
            }));
            return seen({ periodSeconds: MINUTE, points }, now);
          }),
        ),
    };
    night.instead = { metrics: busyWeek };
    await night.at('14:30');
    const told = (await night.records(night.resource('api'))).filter(({ lever }) => lever === 'ceiling');
    expect(told.map(({ at, sentence }) => `${at.slice(11, 16)} ${sentence}`)).toEqual([
      '10:00 hold: up to 14 tasks were used of the ceiling of 15',
    ]);
  });
});
