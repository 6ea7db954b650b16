import { describe, expect, it } from '@jest/globals';
import { readingInTime } from '../../shared/adapters/reading-in-time.ts';
import { type Reading, seen } from '../../shared/domain/reading.ts';
import { NOW } from '../support/builders/time.ts';

describe('a reading for which nobody can wait', () => {
  it('is seen when it comes in time', async () => {
    expect(await readingInTime(Promise.resolve(seen(42, NOW)), 60, 'CloudWatch')).toEqual(seen(42, NOW));
  });

  it('is unseen when it does not come', async () => {
    const never = new Promise<Reading<number>>(() => undefined);
    expect(await readingInTime(never, 0.001, 'CloudWatch')).toEqual({
      kind: 'unseen',
      because: { code: 'unreadable', detail: 'CloudWatch took longer than 0.001 s' },
    });
  });

  it('fails as it fails', async () => {
    await expect(readingInTime(Promise.reject(new Error('our bug')), 60, 'CloudWatch')).rejects.toThrow('our bug');
  });
});
