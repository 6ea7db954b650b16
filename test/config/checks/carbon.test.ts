import { describe, expect, it } from '@jest/globals';
import { changed, problemsOf, SAMPLE } from '../sample.ts';

const withCarbon = (carbon: string): string =>
  changed(
    SAMPLE,
    '    cache: { replicationGroup: main }',
    `    cache: { replicationGroup: main }\n    carbon: ${carbon}`,
  );
const grams = (count: number): string => `[${Array.from({ length: count }, (_, hour) => 200 + hour).join(', ')}]`;

describe('a carbon profile', () => {
  it('has a value for each hour of the day', () => {
    expect(problemsOf(withCarbon(`{ gramsPerKWh: ${grams(24)} }`))).toEqual([]);
    for (const count of [23, 25]) {
      expect(problemsOf(withCarbon(`{ gramsPerKWh: ${grams(count)} }`))).toEqual([
        expect.stringContaining(`carbon.gramsPerKWh: found a list of ${count}, expected a list of 24, such as`),
      ]);
    }
  });

  it('has its hours in a time zone that is one', () => {
    expect(problemsOf(withCarbon(`{ gramsPerKWh: ${grams(24)}, timeZone: Europe/Berln }`))).toEqual([
      expect.stringMatching(/carbon\.timeZone: found "Europe\/Berln", .* did you mean "Europe\/Berlin"\?$/),
    ]);
  });
});
