import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../simulator/load/seeded-random.ts';

const draw = (random: SeededRandom, count: number) => Array.from({ length: count }, () => random.uniform());

describe('seeded chance', () => {
  it('repeats itself with the seed, and only with it', () => {
    expect(draw(new SeededRandom(7), 20)).toEqual(draw(new SeededRandom(7), 20));
    expect(draw(new SeededRandom(7), 20)).not.toEqual(draw(new SeededRandom(8), 20));
  });

  it('is uniform from 0 to below 1', () => {
    const values = draw(new SeededRandom(1), 20_000);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length,
    );
    // 2 000 each, with a standard deviation of 42.
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
    expect(tenths.reduce((sum, count) => sum + count, 0)).toBe(20_000);
  });

  it('is normal with mean 0 and deviation 1', () => {
    const random = new SeededRandom(2);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    // 4.55 % lie outside of two deviations.
    expect(Math.abs(values.filter((value) => Math.abs(value) > 2).length / values.length - 0.0455)).toBeLessThan(0.006);
  });

  it('forks by label, whatever was drawn before', () => {
    const [fresh, used] = [new SeededRandom(3), new SeededRandom(3)];
    draw(used, 5);
    expect(draw(fresh.fork('a'), 5)).toEqual(draw(used.fork('a'), 5));
    expect(draw(fresh.fork('a'), 5)).not.toEqual(draw(fresh.fork('b'), 5));
    expect(draw(fresh.fork('a'), 5)).not.toEqual(draw(new SeededRandom(4).fork('a'), 5));
    expect(draw(fresh, 5)).toEqual(draw(new SeededRandom(3), 5));
  });

  it.each([-1, 0.5, 2 ** 32, NaN])('refuses a seed of %d', (seed) => {
    expect(() => new SeededRandom(seed)).toThrow(RangeError);
  });
});
