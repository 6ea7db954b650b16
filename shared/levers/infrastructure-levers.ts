import { auroraCapacity } from './aurora-capacity.ts';
import { cache } from './cache.ts';
import { databaseClassLever } from './database-class.ts';
import { hpaCeiling } from './hpa-ceiling.ts';
import { iops } from './iops.ts';
import type { LeverSet } from './lever.ts';
import { readReplica } from './read-replica.ts';
import { storage } from './storage.ts';
import { taskSize } from './task-size.ts';

/** What the seldom look at the infrastructure evaluates, in alphabetical order. */
export const INFRASTRUCTURE_LEVERS: LeverSet = {
  look: 'infrastructure',
  levers: [auroraCapacity, cache, databaseClassLever, hpaCeiling, iops, readReplica, storage, taskSize],
};
