import { describe, expect, it } from '@jest/globals';
import { NOTHING_SUSPENDED } from '../../shared/domain/capacity.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { FAULT_MODES, type Fault } from '../support/invocation.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy } from '../support/policies.ts';
import { type How, Scene, TAX_DEADLINE } from '../support/scene.ts';

interface Story {
  readonly about: string;
  /** What has happened before. */
  readonly before: (scene: Scene) => Promise<unknown>;
  /** The invocation that is cut off. */
  readonly look: (scene: Scene, how: How) => Promise<unknown>;
  /** What has to stand in AWS in the end. */
  readonly isDone: (scene: Scene) => void;
}

const STORIES: readonly Story[] = [
  {
    about: 'the first look of a new install',
    before: () => Promise.resolve(),
    look: (scene, how) => scene.tick(how),
    isDone: (scene) => {
      expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    },
  },
  {
    about: 'a look that raises a ceiling',
    before: async (scene) => {
      scene.town.weather('api', { wants: 12, cpu: 97 });
      await scene.minutes(9);
      scene.clock.advance(60);
      scene.town.passMinute();
    },
    look: (scene, how) => scene.tick(how),
    isDone: (scene) => {
      expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
    },
  },
  {
    about: 'a look that finds the hand of somebody else and repairs it',
    before: async (scene) => {
      await scene.minutes(2);
      scene.clock.advance(60);
      scene.town.byHand('api', {
        bounds: { min: 2, max: 5 },
        suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true },
      });
      scene.town.passMinute();
    },
    look: (scene, how) => scene.tick(how),
    isDone: (scene) => {
      expect(scene.town.setup('api')).toMatchObject({ bounds: { min: 2, max: 10 }, suspended: NOTHING_SUSPENDED });
    },
  },
  {
    about: 'a look that verifies what was done',
    before: async (scene) => {
      scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true } });
      await scene.minutes(10);
      scene.clock.advance(60);
      scene.town.passMinute();
    },
    look: (scene, how) => scene.tick(how),
    isDone: (scene) => {
      expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
    },
  },
  {
    about: 'a look that gives up an order that nobody carried out',
    before: async (scene) => {
      scene.losesOrders = true;
      scene.town.byHand('api', { suspended: { ...NOTHING_SUSPENDED, dynamicScalingIn: true } });
      await scene.minutes(21);
      scene.losesOrders = false;
      scene.clock.advance(60);
      scene.town.passMinute();
    },
    look: (scene, how) => scene.tick(how),
    isDone: (scene) => {
      expect(scene.town.setup('api')?.suspended).toEqual(NOTHING_SUSPENDED);
    },
  },
  {
    about: 'an announcement',
    before: (scene) => scene.minutes(1),
    look: (scene, how) => scene.announce(TAX_DEADLINE, how),
    isDone: (scene) => {
      expect(scene.town.scheduled('api').map(({ min }) => min)).toEqual([8, 2]);
    },
  },
];

async function prepared(story: Story): Promise<Scene> {
  const scene = new Scene(aPolicy(), '2026-12-01T09:00:00Z');
  await story.before(scene);
  await scene.deliver();
  return scene;
}

/**
 * Everything that was told of the service, without times. No part of it are a decision that was cut off before its order
 * was written down, that others waited for a change that was on its way longer, and how often something was held.
 */
async function gist(scene: Scene): Promise<readonly string[]> {
  const records = await scene.records(scene.resource('api'));
  const isCutOff = ({ decisionId, transition }: AuditRecord): boolean =>
    transition === 'decided' && records.filter((one) => one.decisionId === decisionId).length === 1;
  const lines = records
    .filter((record) => !isCutOff(record) && !record.reasons.some(({ code }) => code === 'change-in-flight'))
    .map(({ transition, lever, reasons }) => `${lever ?? '-'} ${transition} ${reasons.map(({ code }) => code).join()}`);
  return lines.filter((line, index) => !line.includes(' held ') || lines.indexOf(line) === index).sort();
}

describe.each(STORIES)('a look that is cut off: $about', (story) => {
  it.each(FAULT_MODES)('leaves nothing lost and nothing doubled after any call that is %s', async (mode) => {
    const undisturbed = await prepared(story);
    await story.look(undisturbed, {});
    const calls = undisturbed.calls.length;
    await undisturbed.minutes(30);
    story.isDone(undisturbed);
    const expected = await gist(undisturbed);

    for (let position = 0; position < calls; position += 1) {
      const scene = await prepared(story);
      await cutOff(scene, story, { position, mode });
      await scene.minutes(30);
      story.isDone(scene);
      expect({ position, gist: await gist(scene) }).toEqual({ position, gist: expected });
      await expectSound(scene);
    }
  });
});

/** A person who gets an error asks again; what a schedule has woken is woken again anyway. */
async function cutOff(scene: Scene, story: Story, fault: Fault): Promise<void> {
  const wasAnswered = await story.look(scene, { fault }).then(
    () => true,
    () => false,
  );
  await scene.deliver();
  if (!wasAnswered && story.about === 'an announcement') {
    await scene.minute();
    await scene.announce(TAX_DEADLINE);
  }
}
