import { describe, expect, it } from '@jest/globals';

import {
  formatLargeCount,
  formatMinutes,
  formatQuantity,
  formatShare,
  formatUsd,
  relativeDifference,
  timeFormat,
} from '../../../simulator/report/format.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('figures in words', () => {
  it.each([
    [0, '0.00 %'],
    [0.000_000_1, 'under 0.01 %'],
    [0.000_05, '0.01 %'],
    [0.018_3, '1.83 %'],
    [0.999_999, 'over 99.99 %'],
    [1, '100.00 %'],
  ])('a share of %d is %s', (share, text) => {
    expect(plain(formatShare(share))).toBe(text);
  });

  it.each([
    [0, '0 min'],
    [0.4, 'under 1 min'],
    [41, '41 min'],
    [60, '1 h'],
    [2_500, '41 h 40 min'],
  ])('%d minutes are %s', (minutes, text) => {
    expect(plain(formatMinutes(minutes))).toBe(text);
  });

  it('quantities carry three digits that matter', () => {
    expect([1_240.4, 86.32, 0.421].map(formatQuantity)).toEqual(['1,240', '86.3', '0.42']);
    expect([9_999_999, 157_606_383].map(formatLargeCount).map(plain)).toEqual(['9,999,999', '157.6 M']);
    expect(plain(formatUsd(1_234.5))).toBe('1,234.50 USD');
  });

  it.each([
    { value: 103, yardstick: 100, is: 'more 3.0 %' },
    { value: 60, yardstick: 100, is: 'less 40 %' },
    { value: 100.04, yardstick: 100, is: 'same' },
    { value: 0, yardstick: 0, is: 'same' },
    { value: 1, yardstick: 0, is: 'more' },
    { value: 0.1, yardstick: 100, is: 'less over 99 %' },
    { value: 0, yardstick: 100, is: 'less 100 %' },
  ])('$value against $yardstick is $is', ({ value, yardstick, is }) => {
    const difference = relativeDifference(value, yardstick);
    const text = difference.kind === 'same' ? '' : plain(difference.text ?? '');
    expect(`${difference.kind} ${text}`.trim()).toBe(is);
  });

  it('times are those of the time zone', () => {
    const at = Date.parse('2026-11-30T23:30:00Z');
    const week = { start: at, end: at + 7 * 86_400_000 };
    expect(timeFormat('Europe/Berlin', week).moment(at)).toBe('Tue 1 Dec, 00:30');
    expect(timeFormat('UTC', week).moment(at)).toBe('Mon 30 Nov, 23:30');
    expect(timeFormat('UTC', week).longDay(at)).toBe('Monday 30 November');
    expect(timeFormat('UTC', week).shortDay(at)).toBe('Mon 30');
    expect(timeFormat('UTC', week).month(at)).toBe('Nov 2026');
    const years = { start: at, end: at + 700 * 86_400_000 };
    expect(timeFormat('UTC', years).moment(at)).toBe('Mon 30 Nov 2026, 23:30');
  });
});
