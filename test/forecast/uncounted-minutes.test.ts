import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BLOCK_MINUTES, fillSilence } from '../../shared/forecast/uncounted-minutes.ts';

type Values = readonly (number | null)[];

/** Five minutes each of so many requests a minute, at so much CPU × tasks. */
function blocks(...of: readonly { readonly requests: number | null; readonly busy: number | null }[]) {
  return {
    requests: of.flatMap(({ requests }) => Array<number | null>(BLOCK_MINUTES).fill(requests)),
    busy: of.map(({ busy }) => busy),
  };
}

function filled({ requests, busy }: { readonly requests: Values; readonly busy: Values }): Values {
  const values = [...requests];
  fillSilence(values, busy);
  return values;
}

const silence = (values: Values): readonly (number | null)[] => [
  ...new Set(values.slice(BLOCK_MINUTES, 2 * BLOCK_MINUTES)),
];

describe('minutes that the load balancer told nothing of', () => {
  // prettier-ignore
  it.each([
    { when: 'few requests on both sides: a calm night',             before: [10, 0.3],   busy: 0.3,  after: [4, 0.3],    is: 0 },
    { when: 'one request more, and the CPU goes on',                before: [11, 0.3],   busy: 0.3,  after: [4, 0.3],    is: null },
    { when: 'the same on the other side',                           before: [4, 0.3],    busy: 0.3,  after: [11, 0.3],   is: null },
    { when: 'the CPU went on as before: the metric was lost',       before: [900, 4],    busy: 3.9,  after: [900, 4],    is: null },
    { when: 'the CPU fell to a quarter of both sides',              before: [900, 4],    busy: 1,    after: [900, 4.4],  is: 0 },
    { when: 'the CPU fell to a little more than a quarter',         before: [900, 4],    busy: 1.01, after: [900, 4.4],  is: null },
    { when: 'it fell against one side only: a calmer time came',    before: [900, 4],    busy: 0.9,  after: [200, 0.9],  is: null },
    { when: 'work stopped in the evening, few came in the morning', before: [900, 4],    busy: 0.2,  after: [3, 0.2],    is: 0 },
    { when: 'nothing proves that the service ran',                  before: [2, 0.3],    busy: null, after: [2, 0.3],    is: null },
    { when: 'the CPU beside it is unknown',                         before: [900, null], busy: 0.1,  after: [900, null], is: null },
  ] as const)('$when: $is', ({ before, busy, after, is }) => {
    const given = blocks({ requests: before[0], busy: before[1] }, { requests: null, busy }, { requests: after[0], busy: after[1] });
    expect(silence(filled(given))).toEqual([is]);
  });

  it('have one side at the ends of the history: few before are enough, nothing before is not', () => {
    const end = blocks({ requests: 3, busy: 0.3 }, { requests: null, busy: 0.3 });
    expect(filled(end).slice(BLOCK_MINUTES)).toEqual([0, 0, 0, 0, 0]);
    const stopped = blocks({ requests: 900, busy: 4 }, { requests: null, busy: 0.2 });
    expect(filled(stopped).slice(BLOCK_MINUTES)).toEqual([null, null, null, null, null]);
    const start = blocks({ requests: null, busy: 0.3 }, { requests: 3, busy: 0.3 });
    expect(filled(start).slice(0, BLOCK_MINUTES)).toEqual([null, null, null, null, null]);
  });

  it('stay missing where nothing was ever counted', () => {
    expect(filled(blocks({ requests: null, busy: 0.3 }))).toEqual([null, null, null, null, null]);
  });

  it('are told apart block by block: an outage of the service within a calm night stays a gap', () => {
    const night = blocks(
      { requests: 4, busy: 0.3 },
      { requests: null, busy: 0.3 },
      { requests: null, busy: null },
      { requests: null, busy: 0.3 },
      { requests: 4, busy: 0.3 },
    );
    expect(filled(night)).toEqual([
      ...[4, 4, 4, 4, 4],
      ...[0, 0, 0, 0, 0],
      ...[null, null, null, null, null],
      ...[0, 0, 0, 0, 0],
      ...[4, 4, 4, 4, 4],
    ]);
  });

  it('law: nothing that was counted is touched, and nothing becomes zero without CPU', () => {
    const minute = fc.option(fc.nat(2_000), { nil: null });
    const busy = fc.option(fc.double({ min: 0, max: 20, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(minute, { maxLength: 60 }), fc.array(busy, { maxLength: 12 }), (requests, busyTasks) => {
        const after = filled({ requests, busy: busyTasks });
        const isLawful = after.map((value, index) => {
          const counted = requests[index] ?? null;
          if (counted !== null) return value === counted;
          return value === null || (value === 0 && (busyTasks[Math.floor(index / BLOCK_MINUTES)] ?? null) !== null);
        });
        expect(isLawful).not.toContain(false);
      }),
    );
  });
});
