import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atExpression, instantOf } from '../../../shared/adapters/aws/at-expression.ts';
import { instant } from '../../../shared/domain/units.ts';

describe('the schedule of a one-off action', () => {
  it('is at(yyyy-mm-ddThh:mm:ss) in UTC', () => {
    expect(atExpression(instant('2026-12-01T08:00:00+01:00'))).toBe('at(2026-12-01T07:00:00)');
    expect(atExpression(instant('2026-12-01T08:00:59.999Z'))).toBe('at(2026-12-01T08:00:59)');
  });

  it.each([
    ['at(2026-12-01T07:00:00)', instant('2026-12-01T07:00:00Z')],
    ['at(2026-12-01T07:00)', instant('2026-12-01T07:00:00Z')],
    [' at(2026-02-28T23:59:59) ', instant('2026-02-28T23:59:59Z')],
    ['at(2026-13-01T07:00:00)', null],
    ['at(soon)', null],
    ['cron(0 2 * * ? *)', null],
    ['rate(1 day)', null],
    ['', null],
  ])('%s is read as %s', (schedule, at) => {
    expect(instantOf(schedule)).toBe(at);
  });

  it('law: whole seconds come back as they went', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(instantOf(atExpression(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});
