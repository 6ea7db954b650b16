import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf, concurrently } from '../../../shared/adapters/aws/concurrently.ts';

describe('concurrently', () => {
  it('answers in order, whoever is done first, and never has more at work than allowed', async () => {
    let atWork = 0;
    let most = 0;
    const turns = (count: number): Promise<void> =>
      count === 0 ? Promise.resolve() : Promise.resolve().then(() => turns(count - 1));
    const results = await concurrently([9, 1, 5, 0, 7, 3], 2, async (item) => {
      most = Math.max(most, (atWork += 1));
      await turns(item);
      atWork -= 1;
      return item * 10;
    });
    expect(results).toEqual([90, 10, 50, 0, 70, 30]);
    expect(most).toBe(2);
  });

  it('fails with the first error', async () => {
    const work = (item: number): Promise<number> =>
      item === 2 ? Promise.reject(new Error('second')) : Promise.resolve(item);
    await expect(concurrently([1, 2, 3], 2, work)).rejects.toThrow('second');
  });

  it('does nothing with nothing', async () => {
    expect(await concurrently([], 5, () => Promise.reject(new Error('never called')))).toEqual([]);
  });
});

describe('chunks', () => {
  it('law: joined they are the list, and none is empty or too long', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 10 }), (items, size) => {
        const chunks = chunksOf(items, size);
        expect(chunks.flat()).toEqual(items);
        expect(chunks).toHaveLength(Math.ceil(items.length / size));
        expect(chunks.every((chunk) => chunk.length > 0 && chunk.length <= size)).toBe(true);
      }),
    );
  });
});
