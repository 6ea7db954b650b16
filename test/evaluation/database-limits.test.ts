import { describe, expect, it } from '@jest/globals';
import type { DatabaseFacts } from '../../shared/domain/infrastructure.ts';
import { databaseLimits } from '../../shared/evaluation/database-limits.ts';
import { aDatabase } from '../support/builders/infrastructure.ts';

const storage = { ...aDatabase().storage!, allocatedGiB: 250 };

describe('what a database has, to hold its metrics against', () => {
  // prettier-ignore
  it.each<{ when: string; facts: Partial<DatabaseFacts>; then: object }>([
    { when: 'gp3 below 400 GiB: its baseline',            facts: { storage },                                              then: { memoryGiB: 4, iops: 3_000, storageGiB: 250 } },
    { when: 'the same as AWS tells it',                   facts: { storage: { ...storage, iops: 3_000 } },                 then: { memoryGiB: 4, iops: 3_000, storageGiB: 250 } },
    { when: 'gp3 from 400 GiB on',                        facts: { storage: { ...storage, allocatedGiB: 400 } },           then: { memoryGiB: 4, iops: 12_000, storageGiB: 400 } },
    { when: 'provisioned IOPS',                           facts: { storage: { ...storage, type: 'io2', iops: 20_000 } },   then: { memoryGiB: 4, iops: 20_000, storageGiB: 250 } },
    { when: 'gp2: with its burst',                        facts: { storage: { ...storage, type: 'gp2' } },                 then: { memoryGiB: 4, iops: 3_000, storageGiB: 250 } },
    { when: 'gp2 that is faster than its burst',          facts: { storage: { ...storage, type: 'gp2', allocatedGiB: 5_000 } }, then: { memoryGiB: 4, iops: 15_000, storageGiB: 5_000 } },
    { when: 'a larger class',                             facts: { instanceClass: 'db.m6g.xlarge', storage },              then: { memoryGiB: 16, iops: 3_000, storageGiB: 250 } },
    { when: 'a class that nobody knows',                  facts: { instanceClass: 'db.z9.huge', storage },                 then: { memoryGiB: null, iops: 3_000, storageGiB: 250 } },
    { when: 'Aurora',                                     facts: { instanceClass: 'db.r6g.large', storage: null },         then: { memoryGiB: 16, iops: null, storageGiB: null } },
    { when: 'Aurora Serverless: capacity, and no class',  facts: { instanceClass: 'db.serverless', storage: null, acu: { min: 1, max: 8 } }, then: { memoryGiB: null, iops: null, storageGiB: null } },
  ])('$when', ({ facts, then }) => {
    expect(databaseLimits('production', aDatabase(facts))).toEqual({ identifier: 'production', ...then });
  });
});
