import { describe, expect, it } from '@jest/globals';
import { closestTo, didYouMean } from '../../shared/config/suggest.ts';

const known = ['min', 'max', 'hardLimit', 'targetTracking', 'startupSeconds'];

describe('the name that was probably meant', () => {
  it.each([
    ['maxx', 'max'],
    ['Max', 'max'],
    ['hard_limit', 'hardLimit'],
    ['hard-limits', 'hardLimit'],
    ['targettraking', 'targetTracking'],
    ['startupSecs', 'startupSeconds'],
    ['maxim', undefined],
    ['wibble', undefined],
    ['', undefined],
    ['seconds', undefined],
  ])('for "%s" is %s', (typed, meant) => {
    expect(closestTo(typed, known)).toBe(meant);
  });

  it('is none among none', () => {
    expect(closestTo('max', [])).toBeUndefined();
  });

  it('is asked for as a question', () => {
    expect(didYouMean('maxx', known)).toBe('did you mean "max"?');
    expect(didYouMean('wibble', known)).toBeUndefined();
  });
});
