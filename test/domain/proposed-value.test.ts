import { describe, expect, it } from '@jest/globals';
import { isSameValue, proposedValue } from '../../shared/domain/proposed-value.ts';
import { aRaise } from '../support/builders/decisions.ts';
import { CHANGES, EVERY_CHANGE } from '../proposals/samples.ts';

describe('the value that a proposal wants', () => {
  it('of a ceiling is the ceiling alone, however the floor moves meanwhile', () => {
    const morning = aRaise({ min: 2, max: 10 }, { min: 2, max: 14 });
    const noon = aRaise({ min: 9, max: 11 }, { min: 9, max: 14 });
    expect(proposedValue(noon)).toEqual({ max: 14 });
    expect(isSameValue(morning, noon)).toBe(true);
    expect(isSameValue(morning, aRaise({ min: 2, max: 10 }, { min: 2, max: 15 }))).toBe(false);
  });

  it('has a floor that moves with it', () => {
    const raise = aRaise({ min: 2, max: 10 }, { min: 4, max: 14 });
    expect(proposedValue(raise)).toEqual({ min: 4, max: 14 });
    expect(isSameValue(raise, aRaise({ min: 2, max: 10 }, { min: 5, max: 14 }))).toBe(false);
  });

  it('of anything else is all that it leads to', () => {
    for (const change of EVERY_CHANGE.filter(({ kind }) => kind !== 'set-capacity-bounds')) {
      expect(proposedValue(change)).toBe(change.to);
    }
    expect(isSameValue(CHANGES['set-storage-ceiling'], CHANGES['provision-storage'])).toBe(false);
  });
});
