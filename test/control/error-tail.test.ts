import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cheapestMargin, ErrorTailRecorder } from '../../shared/control/error-tail.ts';

function tailOf(errors: readonly number[]) {
  const recorder = new ErrorTailRecorder();
  for (const error of errors) recorder.add(error, 1);
  return recorder.tail();
}

const anyErrors = fc.array(fc.double({ min: -4, max: 12, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('the cheapest margin', () => {
  it('covers everything where that costs next to nothing', () => {
    const tail = tailOf([-1, -0.5, 0.5, 1, 2]);
    expect(cheapestMargin(tail, 0.001, 60)).toEqual({ errors: tail.edges.at(-1), missedShare: 0 });
  });

  it('leaves out what would cost more than it saves', () => {
    // One error in a thousand needs e^10 times the capacity; missing it costs 60 e^10 / 1000.
    const tail = tailOf([...Array.from({ length: 999 }, () => 0.1), 10]);
    const { errors, missedShare } = cheapestMargin(tail, 1, 60);
    expect(errors).toBeLessThan(0.2);
    expect(missedShare).toBeCloseTo(0.001, 9);
  });

  it('is none without errors above the expectation', () => {
    expect(cheapestMargin(tailOf([-1, -2]), 0.3, 60)).toEqual({ errors: 0, missedShare: 0 });
  });

  it('is none where missed load costs nothing', () => {
    expect(cheapestMargin(tailOf([1, 2, 3]), 0.3, 0).errors).toBe(0);
  });

  it('never falls when missed load becomes dearer', () => {
    fc.assert(
      fc.property(
        anyErrors,
        fc.double({ min: 0.001, max: 2, noNaN: true }),
        fc.nat(200),
        fc.nat(200),
        (errors, scale, a, b) => {
          const tail = tailOf(errors);
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(cheapestMargin(tail, scale, high).errors).toBeGreaterThanOrEqual(
            cheapestMargin(tail, scale, low).errors,
          );
        },
      ),
    );
  });

  it('costs no more than any other margin among the errors seen', () => {
    fc.assert(
      fc.property(anyErrors, fc.double({ min: 0.001, max: 1, noNaN: true }), fc.nat(200), (errors, scale, price) => {
        const tail = tailOf(errors);
        const costOf = (margin: number): number =>
          Math.exp(scale * margin) +
          price *
            tail.edges.reduce(
              (sum, edge, i) => sum + (edge > margin ? tail.shares[i]! * Math.exp(scale * edge) : 0),
              0,
            );
        const chosen = costOf(cheapestMargin(tail, scale, price).errors);
        for (const edge of [0, ...tail.edges]) expect(chosen).toBeLessThanOrEqual(costOf(edge) * (1 + 1e-9));
      }),
    );
  });
});

describe('recording errors', () => {
  it('counts every error once, whatever its size', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1 }), (errors) => {
        expect(tailOf(errors).shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('keeps shares when everything fades alike, and lets what is new weigh more', () => {
    const recorder = new ErrorTailRecorder();
    recorder.add(1, 1);
    recorder.fade(0.5);
    expect(recorder.tail().shares).toEqual([1]);
    recorder.add(-1, 1);
    expect(recorder.tail().shares[0]).toBeCloseTo(1 / 3, 12);
  });
});
