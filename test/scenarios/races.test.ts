import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import { alarmPlan } from '../../shared/alarms/alarm-plan.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { type How, Scene, STAGE } from '../support/scene.ts';

const cpuAlarm = (scene: Scene): string => alarmPlan(scene.policy, STAGE)[0]!.name;

/** Lets every call of every invocation happen in an order that fast-check picks, a millisecond after the one before. */
function interleaved(scheduler: fc.Scheduler, { clock }: Scene): How {
  return {
    turn: async (call) => {
      await scheduler.schedule(Promise.resolve(), call);
      clock.advance(0.001);
    },
  };
}

/** What was told, with how often. */
async function tellings(scene: Scene): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { transition, lever, reasons } of await scene.records(scene.resource('api'))) {
    const line = `${lever ?? '-'} ${transition} ${reasons.map(({ code }) => code).join()}`;
    counts[line] = (counts[line] ?? 0) + 1;
  }
  return counts;
}

async function pinnedForTenMinutes(): Promise<Scene> {
  const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
  await scene.minute();
  scene.town.weather('api', { wants: 14, cpu: 97 });
  await scene.minutes(9);
  scene.clock.advance(60);
  scene.town.passMinute();
  scene.town.world.put({ cluster: 'production', service: 'api' }, { wantedMoreThanMaxAt: scene.clock.now() });
  return scene;
}

describe('several looks at the same moment', () => {
  it('law: raise a ceiling once, whoever is first at whatever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = await pinnedForTenMinutes();
        const how = interleaved(scheduler, scene);
        const looks = [scene.tick(how), scene.scaledToMax('api', how), scene.alarm(cpuAlarm(scene), 'ALARM', how)];
        await scheduler.waitFor(Promise.all(looks));
        const orders = scene.take();
        expect(orders).toHaveLength(1);
        await scene.act(orders[0]!);
        expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });

        await scene.minutes(15);
        expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
        const story = await tellings(scene);
        expect(story).toMatchObject({ 'ceiling attempting ': 1, 'ceiling applied ': 1 });
        await expectSound(scene);
      }),
      { numRuns: 60 },
    );
  });

  it('law: the cooldown is not forgotten when a slow look comes after the change is done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = await pinnedForTenMinutes();
        scene.town.crowd('api');
        const how = interleaved(scheduler, scene);
        const fast = scene.tick(how).then(async () => {
          for (const order of scene.take()) await scene.act(order, how);
        });
        await scheduler.waitFor(Promise.all([fast, scene.scaledToMax('api', how)]));
        for (const order of scene.take()) await scene.act(order);
        expect(scene.town.bounds('api')?.max).toBe(15);
        // Three minutes of cooldown count from the raise, and the crowd is still there.
        await scene.minutes(2);
        expect(scene.town.bounds('api')?.max).toBe(15);
        await expectSound(scene);
      }),
      { numRuns: 60 },
    );
  });

  it('law: tell the hand of somebody else once, and repair it once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
        await scene.minutes(2);
        scene.town.byHand('api', {
          bounds: { min: 2, max: 6 },
          suspended: { ...NOTHING_SUSPENDED, dynamicScalingOut: true },
        });
        const how = interleaved(scheduler, scene);
        const looks = [scene.tick(how), scene.alarm(cpuAlarm(scene), 'ALARM', how), scene.scaledToMax('api', how)];
        await scheduler.waitFor(Promise.all(looks));
        await scene.minutes(15);
        expect(scene.town.setup('api')).toMatchObject({ bounds: { min: 2, max: 10 }, suspended: NOTHING_SUSPENDED });
        const story = await tellings(scene);
        expect(story).toMatchObject({
          '- external changed-by-others': 1,
          'target-tracking applied ': 1,
          'target-tracking verified in-place': 1,
        });
        await expectSound(scene);
      }),
      { numRuns: 60 },
    );
  });

  it('law: tell each hold of a new install once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
        const how = interleaved(scheduler, scene);
        const looks = [scene.tick(how), scene.alarm(cpuAlarm(scene), 'ALARM', how), scene.scaledToMax('api', how)];
        await scheduler.waitFor(Promise.all(looks));
        expect(Object.values(await tellings(scene))).toEqual([1, 1, 1]);
        await expectSound(scene);
      }),
      { numRuns: 40 },
    );
  });

  it('law: verify a change once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = await pinnedForTenMinutes();
        await scene.tick();
        await scene.deliver();
        await scene.minutes(9);
        scene.clock.advance(60);
        const how = interleaved(scheduler, scene);
        await scheduler.waitFor(Promise.all([scene.tick(how), scene.scaledToMax('api', how)]));
        const story = await tellings(scene);
        expect(Object.entries(story).filter(([line]) => line.startsWith('ceiling verified'))).toHaveLength(1);
        await expectSound(scene);
      }),
      { numRuns: 30 },
    );
  });

  it('law: an alarm of a deleted service that is delivered twice at once is written down once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
        const how = interleaved(scheduler, scene);
        const gone = `fulcrum-${STAGE}-production/service/gone/cpu`;
        await scheduler.waitFor(Promise.all([scene.alarm(gone, 'ALARM', how), scene.alarm(gone, 'ALARM', how)]));
        expect(await scene.records(`alarm/${gone}`)).toHaveLength(1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('one order delivered several times at the same moment', () => {
  it('law: has its effect once, and one outcome', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 3 }), async (scheduler, times) => {
        const scene = await pinnedForTenMinutes();
        await scene.tick();
        const [order] = scene.take();
        const how = interleaved(scheduler, scene);
        let underWay = 0;
        let most = 0;
        let effects = 0;
        scene.instead = {
          writer: {
            ...unusedWriter,
            setBounds: async ({ service }, bounds) => {
              underWay += 1;
              effects += 1;
              most = Math.max(most, underWay);
              await scheduler.schedule(Promise.resolve(), 'AWS is slow');
              scene.town.byHand(service, { bounds });
              underWay -= 1;
              return null;
            },
          },
        };
        const deliveries = Array.from({ length: times }, () => scene.act(order!, how).catch((error: unknown) => error));
        await scheduler.waitFor(Promise.all(deliveries));
        scene.instead = {};
        expect({ effects, most }).toEqual({ effects: 1, most: 1 });
        expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
        await scene.minutes(5);
        expect(await tellings(scene)).toMatchObject({ 'ceiling attempting ': 1, 'ceiling applied ': 1 });
        await expectSound(scene);
      }),
      { numRuns: 60 },
    );
  });

  it('law: an outcome and a giving up at the same moment are one ending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const scene = await pinnedForTenMinutes();
        await scene.tick();
        const [order] = scene.take();
        scene.losesOrders = true;
        await scene.minutes(20);
        scene.clock.advance(60);
        const how = interleaved(scheduler, scene);
        const delivery = scene.act(order!, how).catch((error: unknown) => error);
        await scheduler.waitFor(Promise.all([delivery, scene.tick(how)]));
        const endings = (await scene.audit.byDecision(order!.decisionId)).filter(({ transition }) =>
          ['applied', 'skipped', 'failed'].includes(transition),
        );
        expect(endings).toHaveLength(1);
        const change = await scene.change('api');
        // A look that came after the action has decided anew by now.
        const isAnew = change?.status.decisionId !== order!.decisionId;
        expect(isAnew ? 'ordered' : endings[0]?.transition).toBe(change?.status.status);
        await expectSound(scene);
      }),
      { numRuns: 60 },
    );
  });
});

const unused = (): never => {
  throw new Error('not expected to be called');
};
const unusedWriter = {
  registerTarget: unused,
  setBounds: unused,
  resumeScaling: unused,
  putTargetTracking: unused,
  putScheduled: unused,
  deleteScheduled: unused,
};
