import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { risenCpu } from '../../shared/capacity/crowded-database.ts';

const LIMIT = 70;

describe('CPU of a database that has come above its limit', () => {
  // prettier-ignore
  it.each<{ when: string; cpu: [number, number]; work: [number, number] | null; isWorse: boolean }>([
    { when: 'for as much more work',          cpu: [60, 90],   work: [400, 600],  isWorse: false },
    { when: 'for the same work',              cpu: [60, 90],   work: [400, 400],  isWorse: true },
    { when: 'for less work',                  cpu: [60, 90],   work: [400, 200],  isWorse: true },
    { when: 'for a quarter more each',        cpu: [60, 90],   work: [400, 480],  isWorse: false },
    { when: 'for more than that each',        cpu: [60, 90],   work: [400, 479],  isWorse: true },
    { when: 'for no work at all',             cpu: [60, 90],   work: [0, 0],      isWorse: true },
    { when: 'for work where there was none',  cpu: [60, 90],   work: [0, 1],      isWorse: false },
    { when: 'from nothing',                   cpu: [0, 90],    work: [400, 600],  isWorse: true },
    { when: 'for work that nobody measured',  cpu: [60, 90],   work: null,        isWorse: true },
    { when: 'not quite',                      cpu: [10, 70],   work: [400, 400],  isWorse: false },
    { when: 'just so',                        cpu: [10, 70.1], work: [400, 400],  isWorse: true },
    { when: 'from the limit itself',          cpu: [70, 99],   work: [400, 400],  isWorse: true },
    { when: 'where it was before',            cpu: [70.1, 99], work: [400, 400],  isWorse: false },
  ])('$when: $isWorse', ({ cpu: [before, after], work, isWorse }) => {
    const told = risenCpu({ before, after, limit: LIMIT }, work && { before: work[0], after: work[1] });
    expect(told !== null).toBe(isWorse);
  });

  it('getting less done with it never looks better', () => {
    const percent = fc.double({ min: 0, max: 100, noNaN: true });
    const rate = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(percent, percent, rate, rate, rate, (before, after, was, is, less) => {
        const cpu = { before, after, limit: LIMIT };
        fc.pre(risenCpu(cpu, { before: was, after: is }) !== null);
        expect(risenCpu(cpu, { before: was, after: Math.min(is, less) })).not.toBeNull();
      }),
    );
  });
});
