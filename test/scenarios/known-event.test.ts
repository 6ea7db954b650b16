import { describe, expect, it } from '@jest/globals';
import type { KnownEventAnswer } from '../../shared/workflow/handle-known-event.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { Scene } from '../support/scene.ts';

const POLICY = aPolicy({ services: { api: [], portal: [] } });

/** 18:00 to 20:00 in UTC; ready a quarter of an hour earlier. */
const DEADLINE = {
  fleet: 'production',
  event: 'tax deadline',
  from: '2026-12-01T19:00',
  to: '2026-12-01T21:00',
  timeZone: 'Europe/Berlin',
  floors: { api: 8 },
};

function sceneAt(time: string, policy = POLICY): Scene {
  return new Scene(policy, `2026-12-01T${time}:00Z`);
}

function accepted(answer: KnownEventAnswer): Extract<KnownEventAnswer, { services: unknown }> {
  if (answer.status === 'refused') throw new Error(answer.message);
  return answer;
}

/** `17:45 8`, `20:00 2`: what stands in AWS for later. */
function plan(scene: Scene, service = 'api'): readonly string[] {
  return scene.town
    .scheduled(service)
    .map(
      ({ at, min, max }) => `${new Date(at).toISOString().slice(11, 16)} ${min}${max === undefined ? '' : `–${max}`}`,
    );
}

describe('a known event', () => {
  it('is announced, prepared in AWS, lasts, and is given back', async () => {
    const scene = sceneAt('16:00');
    await scene.minute();
    const answer = accepted(await scene.announce(DEADLINE));
    expect(answer).toMatchObject({ status: 'announced', fleet: 'production', event: 'tax deadline' });
    expect(answer.services).toEqual([
      {
        service: 'api',
        steps: [
          { at: '2026-12-01 18:45 Europe/Berlin', minTasks: 8, maxTasksAtLeast: 12 },
          { at: '2026-12-01 21:00 Europe/Berlin', minTasks: 2, maxTasksAtLeast: null },
        ],
        decision:
          'schedule 2 actions from 2026-12-01 17:45 UTC (now 0): “tax deadline” begins 2026-12-01 18:00 UTC and needs 8 tasks',
      },
    ]);
    await scene.deliver();
    expect(plan(scene)).toEqual(['17:45 8–12', '20:00 2']);

    await scene.at('17:44');
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    await scene.at('17:45');
    expect(scene.town.bounds('api')).toEqual({ min: 8, max: 12 });
    expect(scene.town.desired('api')).toBe(8);

    await scene.at('19:59');
    expect(scene.town.bounds('api')).toEqual({ min: 8, max: 12 });
    await scene.at('20:00');
    // The room above stays until days have been calm: lowering a ceiling stops tasks.
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 12 });
    expect(plan(scene)).toEqual([]);

    await scene.at('20:30');
    expect(await scene.story('api')).toEqual([
      '16:01 known-event decided',
      '16:01 known-event attempting',
      '16:01 known-event applied',
      '16:11 known-event verified',
      '17:45 known-event applied',
      '20:00 known-event applied',
    ]);
    expect(scene.town.bounds('portal')).toEqual({ min: 2, max: 10 });
    expect(await scene.story('portal')).toEqual([]);
    await expectSound(scene);
  });

  it('keeps its capacity and gives it back when Fulcrum is dead all the while', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.deliver();
    for (let minute = 0; minute < 239; minute += 1) {
      scene.clock.advance(60);
      scene.town.passMinute();
    }
    expect(scene.town.bounds('api')).toEqual({ min: 8, max: 12 });
    scene.clock.advance(60);
    scene.town.passMinute();
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 12 });

    // Back again after a night: nothing is to be done, and nobody is accused.
    await scene.minutes(20);
    const story = await scene.story('api');
    expect(story.filter((line) => line.includes('somebody else'))).toEqual([]);
    await expectSound(scene);
  });

  it('that is withdrawn before it begins never happens', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.at('16:20');
    const answer = accepted(await scene.announce({ fleet: 'production', event: 'tax deadline', withdraw: true }));
    expect(answer).toMatchObject({ status: 'withdrawn', services: [{ service: 'api', steps: [] }] });
    await scene.deliver();
    expect(plan(scene)).toEqual([]);
    await scene.at('20:30');
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    expect((await scene.records('event/production/tax-deadline')).map(({ transition }) => transition)).toEqual([
      'announced',
      'withdrawn',
    ]);
    await expectSound(scene);
  });

  it('that is withdrawn in its run gives its capacity back within minutes', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.at('18:30');
    expect(scene.town.bounds('api')?.min).toBe(8);
    await scene.announce({ fleet: 'production', event: 'tax deadline', withdraw: true });
    await scene.at('18:36');
    expect(scene.town.bounds('api')?.min).toBe(2);
    expect(plan(scene)).toEqual([]);
    await scene.at('20:30');
    expect(scene.town.bounds('api')?.min).toBe(2);
    const story = await scene.story('api');
    expect(story.filter((line) => line.includes('somebody else'))).toEqual([]);
    await expectSound(scene);
  });

  it('is replaced with other floors before it begins', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.at('16:20');
    await scene.announce({ ...DEADLINE, floors: { api: 12, portal: 4 } });
    await scene.deliver();
    await scene.at('16:25');
    expect(plan(scene)).toEqual(['17:45 12–18', '20:00 2']);
    expect(plan(scene, 'portal')).toEqual(['17:45 4', '20:00 2']);
    await scene.announce({ ...DEADLINE, floors: { portal: 4 } });
    await scene.at('16:30');
    expect(plan(scene)).toEqual([]);
    await scene.at('20:10');
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    await expectSound(scene);
  });

  it('is replaced in its run with a higher floor, at once', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.at('18:30');
    await scene.announce({ ...DEADLINE, floors: { api: 12 } });
    await scene.at('18:36');
    expect(scene.town.bounds('api')).toEqual({ min: 12, max: 18 });
    await scene.at('20:05');
    expect(scene.town.bounds('api')?.min).toBe(2);
    await expectSound(scene);
  });

  it('is replaced in its run with a lower floor and never stands below that, nor after its end', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.at('18:30');
    await scene.announce({ ...DEADLINE, floors: { api: 5 } });
    while (scene.clock.now() < Date.parse('2026-12-01T19:59:00Z')) {
      await scene.minute();
      expect(scene.town.bounds('api')?.min).toBeGreaterThanOrEqual(5);
    }
    await scene.at('20:05');
    expect(scene.town.bounds('api')?.min).toBe(2);
    await expectSound(scene);
  });

  it('announced twice is one event', async () => {
    const scene = sceneAt('16:00');
    await scene.announce(DEADLINE);
    await scene.deliver();
    const before = scene.town.scheduled('api');
    for (const again of [DEADLINE, { ...DEADLINE, event: 'Tax  Deadline!' }]) {
      const answer = accepted(await scene.announce(again));
      expect(answer.services).toMatchObject([{ decision: expect.stringContaining('hold: 2 actions are scheduled') }]);
      await scene.deliver();
    }
    expect(scene.town.scheduled('api')).toEqual(before);
    expect((await scene.state.load('production')).events).toHaveLength(1);
    expect((await scene.story('api')).filter((line) => line.endsWith('decided'))).toHaveLength(1);
  });

  it('announced when it is already under way begins at once, and ends in time', async () => {
    const scene = sceneAt('18:40');
    await scene.minute();
    const answer = accepted(await scene.announce(DEADLINE));
    expect(answer.services[0]).toMatchObject({
      steps: [{ at: '2026-12-01 21:00 Europe/Berlin', minTasks: 2 }],
      decision: expect.stringContaining('set capacity bounds 2–10 → 8–12 tasks'),
    });
    await scene.deliver();
    expect(scene.town.bounds('api')).toEqual({ min: 8, max: 12 });
    await scene.at('18:45');
    expect(plan(scene)).toEqual(['20:00 2']);
    await scene.at('20:05');
    expect(scene.town.bounds('api')?.min).toBe(2);
    await expectSound(scene);
  });

  it('that overlaps one of the calendar adds up to one staircase', async () => {
    const policy = aPolicy({
      extra: [
        'calendar:',
        "  - { name: enrolment, from: '2026-12-01T20:30', to: '2026-12-01T23:00', timeZone: Europe/Berlin, floors: { api: 5 } }",
      ],
    });
    const scene = sceneAt('16:00', policy);
    await scene.minute();
    expect(plan(scene)).toEqual(['19:15 5', '22:00 2']);
    await scene.announce(DEADLINE);
    await scene.at('16:05');
    // The end of the deadline does not take what the enrolment needs.
    expect(plan(scene)).toEqual(['17:45 8–12', '20:00 5', '22:00 2']);
    await scene.at('20:10');
    expect(scene.town.bounds('api')?.min).toBe(5);
    await scene.at('22:05');
    expect(scene.town.bounds('api')?.min).toBe(2);
    await expectSound(scene);
  });

  it('is rehearsed without writing anything anywhere', async () => {
    const scene = sceneAt('16:00');
    await scene.announce({ ...DEADLINE, event: 'enrolment' });
    await scene.at('16:20');
    const world = JSON.stringify([scene.town.scheduled('api'), scene.town.setup('api')]);
    const state = JSON.stringify(await scene.state.load('production'));
    const records = (await scene.audit.byDay('2026-12-01')).length;

    const answers = [
      accepted(await scene.announce({ ...DEADLINE, dryRun: true })),
      accepted(await scene.announce({ fleet: 'production', event: 'enrolment', withdraw: true, dryRun: true })),
    ];
    expect(answers.map(({ status }) => status)).toEqual(['dry-run', 'dry-run']);
    expect(answers[0]?.services[0]?.steps).toHaveLength(2);
    expect(answers[1]?.services[0]?.decision).toContain('withdraw 2 scheduled actions');
    expect(scene.calls.filter((call) => !READING.test(call))).toEqual([]);
    expect(scene.bus.sent).toEqual([]);
    expect(JSON.stringify(await scene.state.load('production'))).toBe(state);
    expect((await scene.audit.byDay('2026-12-01')).length).toBe(records);
    expect(JSON.stringify([scene.town.scheduled('api'), scene.town.setup('api')])).toBe(world);
  });

  it('says what the connection math makes of it', async () => {
    const policy = aPolicy({
      services: { api: ['connectsTo: pooler', 'pools: [{ name: app, maxConnections: 50 }]'] },
      extra: [
        'pooler: { cluster: production, service: pgbouncer, tasks: 1, defaultPoolSize: 25, maxClientConnections: 500 }',
        'database: { identifier: production, maxConnections: 200 }',
      ],
    });
    const scene = sceneAt('16:00', policy);
    const answer = accepted(await scene.announce({ ...DEADLINE, floors: { api: 12 }, dryRun: true }));
    expect(answer.connections).toMatchObject({
      math: { client: { needed: 900, limit: 500 }, server: { needed: 25, limit: 160 } },
      verdict: 'does not fit: client side needs 900, has 500; ceilings are held back to what fits',
    });
  });

  it.each([
    '<script>alert(1)</script> & "deadline"',
    'first line\nsecond line\r\nthird\u2028fourth',
    'deadline \u202egnp.exe',
    `deadline ${'x'.repeat(91)}`,
    'Frist für Körperschaften – 100 % 🗳️',
    '${jndi:ldap://x} {{deadline}} %s',
  ])('may be called %j: data, and never more than that', async (event) => {
    const scene = sceneAt('16:00');
    const answer = accepted(await scene.announce({ ...DEADLINE, event }));
    expect(answer.event).toBe(event);
    await scene.deliver();
    expect(plan(scene)).toEqual(['17:45 8–12', '20:00 2']);
    for (const record of await scene.audit.byDay('2026-12-01')) {
      expect(record.sentence).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      expect(record.resource).toMatch(/^(service|event)\/production\/[a-z0-9-]{1,64}$/);
      expect(record.decisionId).toMatch(/^[\w/-]+$/);
    }
    const withdrawn = await scene.announce({ fleet: 'production', event, withdraw: true });
    expect(withdrawn.status).toBe('withdrawn');
  });
});

const READING = /^(capacity\.read\w+|metrics\.read|state\.load)$/;
