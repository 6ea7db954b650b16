import { describe, expect, it } from '@jest/globals';
import { LogSeries } from '../../shared/forecast/candidates.ts';
import { FineStructure } from '../../shared/forecast/fine-structure.ts';

const PER_DAY = 288;
const DAYS = 6;
const END = DAYS * PER_DAY;

const chance = (i: number): number => {
  const wave = Math.sin(i * 12.9898) * 43_758.5453;
  return wave - Math.floor(wave);
};

function learned(valueAt: (step: number) => number, until = END): FineStructure {
  const values = Float64Array.from({ length: END }, (_, step) => valueAt(step));
  const fine = new FineStructure(new LogSeries(values, PER_DAY), new Uint8Array(END));
  fine.learnUntil(until);
  return fine;
}

describe('what repeats itself within minutes', () => {
  it('is known at the minute of the hour', () => {
    const fine = learned((step) => (step % 12 === 3 ? 1 : 0));
    expect(fine.predict(END + 3, END)).toBeGreaterThan(0.8);
    expect(fine.predict(END + 27, END)).toBeGreaterThan(0.8);
    expect(fine.predict(END + 8, END)).toBeLessThan(0.1);
  });

  it('is known at the minute of the day', () => {
    const fine = learned((step) => (step % PER_DAY === 100 ? 1 : 0));
    expect(fine.predict(END + 100, END)).toBeGreaterThan(0.7);
    expect(fine.predict(END + 112, END)).toBeLessThan(0.2);
  });

  it('is nothing where the rest is chance', () => {
    const fine = learned((step) => chance(step));
    for (let ahead = 0; ahead < PER_DAY; ahead += 7) {
      expect(Math.abs(fine.predict(END + ahead, END))).toBeLessThan(0.1);
    }
  });

  it('sees nothing of what comes after its origin', () => {
    const origin = END - 150;
    const prefix = learned((step) => (step % 12 === 3 ? 1 : 0), origin);
    const whole = learned((step) => (step >= origin ? chance(step) * 9 : step % 12 === 3 ? 1 : 0), origin);
    for (let ahead = 0; ahead < 60; ahead += 1) {
      expect(whole.predict(origin + ahead, origin)).toBe(prefix.predict(origin + ahead, origin));
    }
  });

  it('is nothing where the steps are long', () => {
    const values = Float64Array.from({ length: 96 }, (_, hour) => hour % 2);
    const fine = new FineStructure(new LogSeries(values, 24), new Uint8Array(96));
    fine.learnUntil(96);
    expect(fine.predict(97, 96)).toBe(0);
  });
});
