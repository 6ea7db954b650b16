import { describe, expect, it } from '@jest/globals';
import type { ServiceForecast } from '../../shared/domain/service-forecast.ts';
import { earlier, later, MINUTE } from '../../shared/domain/units.ts';
import { requestsQuery } from '../../shared/levers/metric-queries.ts';
import { aForecast } from '../support/builders/forecast.ts';
import { expectSound } from '../support/laws.ts';
import { aPolicy, servicePolicyOf } from '../support/policies.ts';
import { Scene } from '../support/scene.ts';

const BALANCED = ['loadBalancer: app/shop/0123456789abcdef', 'targetGroup: targetgroup/shop/0123456789abcdef'];
const START = '2026-12-01T12:30:00Z';

function sceneOf(mode: 'apply' | 'observe'): Scene {
  const policy = aPolicy({ services: { api: BALANCED }, levers: { predictive: 'maxForecastAgeMinutes: 1440' }, mode });
  return new Scene(policy, START);
}

/** What the forecast function has stored: four tasks' worth of requests all day long, of ten a second and task. */
async function forecast(scene: Scene, over: Partial<ServiceForecast> = {}): Promise<void> {
  await scene.forecasts.save('production', 'api', aForecast(over, scene.clock.now()));
}

/** The load balancer counts so many requests a second in the last hour, and in each of the next minutes. */
class Requests {
  readonly #scene: Scene;
  readonly #points: { readonly at: number; readonly value: number }[] = [];

  constructor(scene: Scene, perSecond: number) {
    this.#scene = scene;
    for (let minute = 90; minute > 1; minute -= 1) this.#add(earlier(scene.clock.now(), minute * MINUTE), perSecond);
  }

  /** Minute by minute; `null` is a minute of which CloudWatch says nothing. */
  async pass(...perSecond: readonly (number | null)[]): Promise<void> {
    for (const value of perSecond) {
      if (value !== null) this.#add(earlier(this.#scene.clock.now(), MINUTE), value);
      await this.#scene.minute();
    }
  }

  #add(at: number, perSecond: number): void {
    this.#points.push({ at, value: perSecond * MINUTE });
    this.#scene.town.world.putSeries(requestsQuery(servicePolicyOf(this.#scene.policy, 'api'), 1)!, [...this.#points]);
  }
}

const floor = (scene: Scene): number | undefined => scene.town.bounds('api')?.min;

describe('the predictive lever on its way through the handlers', () => {
  it('raises the floor at once, keeps it while nothing is seen, and lets it fall when the load recedes', async () => {
    const scene = sceneOf('apply');
    scene.town.weather('api', { wants: 2, cpu: 50 });
    // Nothing learned yet: the highest need of the lead time and a third more.
    await forecast(scene, { learned: null });
    const requests = new Requests(scene, 36);
    await requests.pass(36, 36, 36);
    expect(floor(scene)).toBe(6);
    await requests.pass(54);
    expect(floor(scene)).toBe(9);
    await requests.pass(...Array<null>(12).fill(null));
    expect(floor(scene)).toBe(9);
    await requests.pass(36, 36, 36, 36, 36, 36);
    expect(floor(scene)).toBe(6);
    await requests.pass(0, 0, 0, 0, 0, 0);
    expect(floor(scene)).toBe(2);
    expect(scene.errors).toEqual([]);
    await expectSound(scene);
  });

  it('hands the plan to AWS once, and the next one takes its place', async () => {
    const scene = sceneOf('apply');
    await forecast(scene);
    const requests = new Requests(scene, 36);
    await requests.pass(36, 36, 36, 36, 36, 36);
    const plan = scene.town.scheduled('api');
    expect(plan.length).toBeGreaterThan(0);
    await requests.pass(...Array<number>(20).fill(36));
    expect(scene.town.scheduled('api').filter(({ at }) => at > later(plan[0]!.at, MINUTE))).toEqual(plan.slice(1));

    for (let hour = 0; hour < 3; hour += 1) {
      await forecast(scene);
      await requests.pass(...Array<number>(60).fill(36));
      const names = scene.town.scheduled('api').map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeLessThanOrEqual(49);
    }
    await expectSound(scene);
  });

  it('that only observes moves nothing, and writes down what it would do and how well it would have done', async () => {
    const scene = sceneOf('observe');
    await forecast(scene, { computedAt: scene.clock.now() });
    const requests = new Requests(scene, 72);
    await requests.pass(...Array<number>(10).fill(72));
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    expect(scene.town.scheduled('api')).toEqual([]);
    const records = (await scene.records(scene.resource('api'))).filter(({ lever }) => lever === 'predictive');
    const sentences = records.map(({ sentence }) => sentence);
    expect(records.every(({ transition }) => transition === 'blocked')).toBe(true);
    expect(sentences).toEqual([
      expect.stringMatching(
        /^hold: the lever only observes; otherwise schedule \d+ actions .* over 7 days its floor would have missed 0\.21 % of the load with 310 task-hours, 402 ran$/,
      ),
      expect.stringMatching(
        /^hold: the lever only observes; otherwise set capacity bounds 2–10 → \d+–10 tasks: at least/,
      ),
    ]);
    await expectSound(scene);
  });

  it('leaves a service alone that AWS predicts, and says whose policy it is', async () => {
    const scene = sceneOf('apply');
    scene.town.byHand('api', { otherPolicies: [{ name: 'theirs', type: 'PredictiveScaling' }] });
    await forecast(scene);
    await new Requests(scene, 72).pass(72, 72, 72, 72);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    expect(scene.town.scheduled('api')).toEqual([]);
    const [told, ...more] = (await scene.records(scene.resource('api'))).filter(({ lever }) => lever === 'predictive');
    expect(told?.sentence).toBe('hold: a predictive policy of AWS plans this service: theirs');
    expect(more).toEqual([]);
  });
});
