import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CapacitySample, measureTaskCapacity } from '../../shared/forecast/task-capacity.ts';

/** Five minutes in which `tasks` carried a load, at 100 requests a second for each with all of its CPU. */
function aSample(
  perSecond: number,
  over: Partial<CapacitySample> & { readonly capacity?: number } = {},
): CapacitySample {
  const { capacity = 100, tasks = Math.max(2, Math.ceil(perSecond / (0.7 * capacity))), ...rest } = over;
  return { perSecond, tasks, cpuPercent: (100 * perSecond) / (capacity * tasks), ...rest };
}

/** Days of a load that goes up and down. */
function days(
  count: number,
  sampleAt: (perSecond: number, index: number) => CapacitySample,
): readonly CapacitySample[] {
  return Array.from({ length: count * 288 }, (_, index) =>
    sampleAt(400 - 350 * Math.cos((2 * Math.PI * index) / 288), index),
  );
}

const measured = (samples: readonly CapacitySample[]): number => {
  const result = measureTaskCapacity(samples);
  if (result.kind !== 'measured') throw new Error(result.because);
  return result.taskCapacity;
};

describe('what one task carries', () => {
  it('is requests a second over busy tasks: 300 on 8 tasks at 37.5 % CPU are 100 each', () => {
    const samples = Array.from({ length: 36 }, () => ({ perSecond: 300, cpuPercent: 37.5, tasks: 8 }));
    expect(measureTaskCapacity(samples)).toEqual({ kind: 'measured', taskCapacity: 100, samples: 36 });
  });

  it('takes three hours under load', () => {
    const samples = Array.from({ length: 35 }, () => ({ perSecond: 300, cpuPercent: 37.5, tasks: 8 }));
    expect(measureTaskCapacity(samples)).toEqual({ kind: 'unrelated', because: 'too-few-samples' });
    expect(measureTaskCapacity([])).toEqual({ kind: 'unrelated', because: 'too-few-samples' });
  });

  it('is not led astray by what tasks do without requests: most of the night, little under load', () => {
    const idle = days(7, (load) => {
      const sample = aSample(load);
      return { ...sample, cpuPercent: sample.cpuPercent + 3 };
    });
    expect(measured(idle)).toBeGreaterThan(93);
    expect(measured(idle)).toBeLessThan(100);
  });

  it('leaves out saturated minutes, in which requests wait and the CPU says nothing', () => {
    const at = (cpuPercent: number) => Array.from({ length: 36 }, () => ({ perSecond: 300, cpuPercent, tasks: 4 }));
    expect(measureTaskCapacity(at(94.9)).kind).toBe('measured');
    expect(measureTaskCapacity(at(95))).toEqual({ kind: 'unrelated', because: 'too-few-samples' });
    const pinned = days(7, (load) => (load > 600 ? { perSecond: load, cpuPercent: 95, tasks: 4 } : aSample(load)));
    expect(measured(pinned)).toBeCloseTo(100, 6);
  });

  it('is nothing to plan with where the night works more without requests than the day with them', () => {
    const nightly = (busyPercent: number) =>
      days(7, (load) => (load < 100 ? { perSecond: load, cpuPercent: busyPercent, tasks: 45 } : aSample(load)));
    expect(measureTaskCapacity(nightly(80))).toEqual({ kind: 'unrelated', because: 'requests-do-not-explain-cpu' });
    expect(measured(nightly(20))).toBeCloseTo(100, 6);
  });

  it('follows a release that makes requests cheaper, within a week', () => {
    const released = days(14, (load, index) => aSample(load, { capacity: index < 7 * 288 ? 100 : 160 }));
    expect(measured(released)).toBeCloseTo(160, 6);
  });

  it('bears a batch job in a third of the minutes', () => {
    const batch = days(7, (load, index) => {
      const sample = aSample(load);
      return index % 3 === 0 ? { ...sample, cpuPercent: Math.min(94, sample.cpuPercent + 40) } : sample;
    });
    expect(Math.abs(measured(batch) - 100)).toBeLessThan(12);
  });

  it.each([
    {
      what: 'CPU that is the same whatever the requests are',
      samples: days(7, (load) => ({ perSecond: load, cpuPercent: 50, tasks: 6 })),
    },
    {
      what: 'CPU that goes against the requests',
      samples: days(7, (load) => ({ perSecond: load, cpuPercent: 5 + (800 - load) / 10, tasks: 4 })),
    },
    {
      what: 'CPU of its own rhythm',
      samples: days(7, (load, index) => ({ perSecond: load, cpuPercent: 40 + 35 * Math.sin(index / 5), tasks: 5 })),
    },
  ])('is not to be had from $what', ({ samples }) => {
    expect(measureTaskCapacity(samples)).toEqual({ kind: 'unrelated', because: 'requests-do-not-explain-cpu' });
  });

  it('is to be had from a load that hardly changes', () => {
    const steady = days(2, (_, index) => aSample(500 + (index % 7)));
    expect(measured(steady)).toBeCloseTo(100, 6);
  });

  it('law: within 10 % where a tenth of noise lies over requests and CPU, whatever the size of the service', () => {
    const anyNoise = fc.infiniteStream(fc.double({ min: -0.1, max: 0.1, noNaN: true }));
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 5_000, noNaN: true }), anyNoise, (capacity, noise) => {
        const noises = noise[Symbol.iterator]();
        const next = (): number => 1 + Number(noises.next().value ?? 0);
        const samples = days(3, (load) => {
          const sample = aSample((load * capacity) / 100, { capacity });
          return { ...sample, perSecond: sample.perSecond * next(), cpuPercent: sample.cpuPercent * next() };
        });
        expect(Math.abs(measured(samples) / capacity - 1)).toBeLessThan(0.1);
      }),
      { numRuns: 30 },
    );
  });
});
