import { assertNever } from './assert-never.ts';
import type { UnseenReason } from './reading.ts';

export function explainUnseen(because: UnseenReason): string {
  switch (because.code) {
    case 'not-asked':
      return 'not asked this time';
    case 'no-data':
      return 'no data';
    case 'too-old':
      return `${Math.round(because.ageSeconds)} s old, more than ${because.limitSeconds} s`;
    case 'incomplete':
      return `${because.points} of ${because.needed} points`;
    case 'invalid':
      return `invalid value ${because.value}`;
    case 'unreadable':
      return because.detail;
    default:
      return assertNever(because);
  }
}
