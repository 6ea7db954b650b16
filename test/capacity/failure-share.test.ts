import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { failsMoreOften } from '../../shared/capacity/failure-share.ts';

type Counts = readonly [failed: number, of: number];
const worse = ([failedBefore, ofBefore]: Counts, [failed, of]: Counts): boolean =>
  failsMoreOften({ failed: failedBefore, of: ofBefore }, { failed, of });

describe('whether more goes wrong than before', () => {
  // prettier-ignore
  it.each<{ when: string; before: Counts; after: Counts; then: boolean }>([
    { when: 'none before, ten of as many',              before: [0, 1_000], after: [10, 1_000],   then: true },
    { when: 'nine are too few to say',                  before: [0, 1_000], after: [9, 1_000],    then: false },
    { when: 'none before in few, twelve of many',       before: [0, 20],    after: [12, 400],     then: false },
    { when: 'twice the share',                          before: [50, 1_000], after: [100, 1_000], then: true },
    { when: 'just half as many again, of many',         before: [10_000, 1_000_000], after: [15_000, 1_000_000], then: false },
    { when: 'and one more',                             before: [10_000, 1_000_000], after: [15_001, 1_000_000], then: true },
    { when: 'half as many again, which may be chance',  before: [10, 1_000], after: [18, 1_000],  then: false },
    { when: 'four times as many in four times the work', before: [30, 1_000], after: [120, 4_000], then: false },
    { when: 'nothing was done before',                  before: [0, 0],     after: [50, 100],     then: false },
    { when: 'nothing is done now',                      before: [0, 100],   after: [50, 0],       then: false },
    { when: 'ten in a short span, after a long one with two', before: [2, 10_000], after: [10, 100], then: true },
  ])('$when: $then', ({ before, after, then }) => {
    expect(worse(before, after)).toBe(then);
  });

  const counts = fc
    .record({ of: fc.integer({ min: 0, max: 100_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ of, share }) => ({ of, failed: Math.floor(of * share) }));

  it('law: never of a share that has not risen, and one failure more never makes it better', () => {
    fc.assert(
      fc.property(counts, counts, (before, after) => {
        const isRisen = after.failed * before.of > before.failed * after.of;
        const isWorse = failsMoreOften(before, after);
        const oneMore = failsMoreOften(before, { ...after, failed: after.failed + 1 });
        expect({ isWorse: isWorse && !isRisen, isForgotten: isWorse && !oneMore }).toEqual({
          isWorse: false,
          isForgotten: false,
        });
      }),
    );
  });
});
