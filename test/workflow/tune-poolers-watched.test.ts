import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PoolerChange } from '../../shared/domain/change.ts';
import type { CpuPeriod, TuningEffect, Worsening } from '../../shared/domain/pooler.ts';
import { NOT_ASKED, type Reading, seen, unseen } from '../../shared/domain/reading.ts';
import { poolerCraft } from '../../shared/workflow/pooler-craft.ts';
import { SIZES } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';
import { busy, FLEET, GROWN, GROWTH, TuningWorld } from '../support/tuning-world.ts';

let world: TuningWorld;

beforeEach(() => {
  world = new TuningWorld();
});

describe('the database while PgBouncers are tuned', () => {
  // The first span is watched for a second, the second one for three and one more, in which late counts come in.
  const counting = (failsOf: (grown: number) => number): void => {
    let total = { transactions: 1_000, failed: 7 };
    const passed = world.meanwhile;
    world.meanwhile = (second) => {
      passed(second);
      const grown = world.sizes().filter((size) => size === 60).length;
      total = { transactions: total.transactions + 1_000, failed: total.failed + failsOf(grown) };
    };
    world.counters = () => seen(total, world.clock.now());
  };
  const minute = (percent: number, at: number): Reading<CpuPeriod> => seen({ at, percent }, at);

  // prettier-ignore
  it.each<{ when: string; what: () => void; told: string }>([
    { when: 'none failed, and now one in a hundred', what: () => { counting((grown) => (grown > 0 ? 10 : 0)); },
      told: 'it made things worse (0 of 1000 → 10 of 1000 transactions failed); brought back on a' },
    { when: 'the third PgBouncer was too much', what: () => { counting((grown) => (grown > 2 ? 200 : 1)); },
      told: 'it made things worse (1 of 1000 → 202 of 3000 transactions failed); brought back on c, b, a' },
    { when: 'PostgreSQL tells it a second late', what: () => { let late = 0; counting((grown) => { const now = late; late = grown > 2 ? 200 : 0; return now; }); },
      told: 'it made things worse (0 of 1000 → 200 of 4000 transactions failed); brought back on c, b, a' },
    { when: 'as many in a hundred as before', what: () => { counting(() => 50); }, told: 'done' },
    { when: 'too few to say', what: () => { counting((grown) => (grown > 0 ? 1 : 0)); }, told: 'done' },
    { when: 'the counters began anew', what: () => { counting((grown) => (grown > 0 ? -5 : 0)); }, told: 'done' },
    { when: 'nobody can be asked for errors', what: () => { world.counters = () => NOT_ASKED; }, told: 'done' },
    { when: 'the CPU of the database rises above its limit', what: () => { world.rateOf = () => 120; world.cpu = () => world.sizes().includes(60) ? minute(87.6, world.clock.now()) : minute(70, NOW); },
      told: 'it made things worse (CPU of the database 70 % → 87.6 % for 120 → 120 transactions a second, the limit is 70 %); brought back on a' },
    { when: 'it rises by no more than chance', what: () => { world.rateOf = () => 120; world.cpu = () => world.sizes().includes(60) ? minute(87.5, world.clock.now()) : minute(70, NOW); }, told: 'done' },
    { when: 'it rises above its limit as more gets done', what: () => { world.cpu = () => world.sizes().includes(60) ? minute(99, world.clock.now()) : minute(40, NOW); }, told: 'done' },
    { when: 'it rises up to its limit', what: () => { world.rateOf = () => 120; world.cpu = () => world.sizes().includes(60) ? minute(70, world.clock.now()) : minute(40, NOW); }, told: 'done' },
    { when: 'it was above before', what: () => { world.cpu = () => world.sizes().includes(60) ? minute(99, world.clock.now()) : minute(70.1, NOW); }, told: 'done' },
    { when: 'its minute began before the first was set', what: () => { world.cpu = () => world.sizes().includes(60) ? minute(99, NOW) : minute(40, NOW); }, told: 'done' },
    { when: 'it was unseen before', what: () => { world.cpu = () => world.sizes().includes(60) ? minute(99, world.clock.now()) : NOT_ASKED; }, told: 'done' },
    { when: 'it is unseen now', what: () => { world.cpu = () => world.sizes().includes(60) ? NOT_ASKED : minute(40, NOW); }, told: 'done' },
    { when: 'the database lets one more in, of each', what: () => { world.mostConnections = 26; },
      told: 'it made things worse (the database lets no further connection of app/app in: 26 of 60 are open, 30 clients wait); brought back on a' },
    { when: 'errors and throughput are worse: throughput is told', what: () => { counting((grown) => 500 * grown); world.rateOf = ({ sizes }) => 3000 / sizes.defaultPoolSize; },
      told: 'it made things worse (120 → 50 transactions a second, 30 → 30 clients wait); brought back on a' },
  ])('when $when: $told', async ({ what, told }) => {
    what();
    const outcome = await world.tune();
    expect(outcome.told).toBe(told);
    expect(world.sizes()).toEqual(told === 'done' ? [60, 60, 60] : [25, 25, 25]);
    expect(outcome.tuning?.effect?.outcome).toBe(told === 'done' ? 'kept' : 'taken-back');
  });

  it('remembers what it has seen of the database, and what got worse', async () => {
    counting((grown) => (grown > 0 ? 10 : 0));
    world.cpu = () => minute(40, NOW);
    const failures = { before: { failed: 0, of: 1_000 }, after: { failed: 10, of: 1_000 } };
    expect((await world.tune()).tuning?.growth).toMatchObject({
      watched: {
        since: NOW + 1_000,
        from: SIZES,
        before: { cpuPercent: 40, failures: failures.before },
        after: { cpuPercent: null, failures: failures.after },
      },
      worse: { what: 'failed-transactions', ...failures },
    });
  });

  it('is remembered as a step up only where it is one', async () => {
    const lost = GROWTH.from.map((one, index) => ({ ...one, sizes: index === 0 ? SIZES : GROWN }));
    for (const { instance, sizes } of lost) world.poolers.add(instance, busy(sizes));
    const { tuning } = await world.tune({ ...GROWTH, from: lost });
    expect(tuning).toMatchObject({ effect: { outcome: 'kept', watched: { from: GROWN } } });
    expect(tuning).not.toHaveProperty('growth');
    expect((await world.tune({ ...GROWTH, to: SIZES })).tuning).not.toHaveProperty('growth');
  });

  it('is not held up by a database that did not answer before', async () => {
    let asked = 0;
    world.counters = () => {
      asked += 1;
      return unseen({ code: 'unreadable', detail: 'timed out' });
    };
    expect((await world.tune()).told).toBe('done');
    expect(asked).toBe(1);
    // One second before, and one for each.
    expect(world.seconds).toBe(4);
  });

  describe('what takes a growth back', () => {
    const worse: Worsening = { what: 'database-cpu', before: 40, after: 92, limit: 70 };
    const part = { seconds: 2, defaultPoolSize: 25, transactionsPerSecond: 1_500, clientsWaiting: 90, waitMillis: 60 };
    const undoes: TuningEffect = {
      at: NOW - 300_000,
      outcome: 'kept',
      before: part,
      after: { ...part, defaultPoolSize: 60, transactionsPerSecond: 3_600 },
      worse,
    };
    const back: PoolerChange = {
      ...GROWTH,
      from: GROWTH.from.map((one) => ({ ...one, sizes: GROWN })),
      to: SIZES,
      undoes,
    };
    beforeEach(() => {
      for (const { id } of FLEET) world.poolers.add(id, busy(GROWN));
    });

    it('is not judged by what it brings, and is remembered as what was tried', async () => {
      counting((grown) => (grown < 3 ? 900 : 0));
      const { told, tuning } = await world.tune(back);
      expect(told).toBe('done');
      expect(world.sizes()).toEqual([25, 25, 25]);
      const remembered = { ...undoes, at: world.clock.now(), outcome: 'taken-back' };
      expect(tuning).toEqual({
        intended: SIZES,
        intendedAt: world.clock.now(),
        effect: remembered,
        growth: remembered,
      });
    });

    it('is remembered also where a restart was faster', async () => {
      for (const { id } of FLEET) world.poolers.add(id, busy());
      const situation = await poolerCraft(() => world.tools()).compare(back, NOW);
      expect(situation).toMatchObject({
        isAtTo: true,
        tuningAtTo: { intended: SIZES, growth: { outcome: 'taken-back', worse } },
      });
    });
  });
});
