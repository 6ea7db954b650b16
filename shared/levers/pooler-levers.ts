import type { LeverSet } from './lever.ts';
import { poolSize } from './pool-size.ts';

/** What the probe evaluates, which alone sees the admin console of PgBouncer. */
export const POOLER_LEVERS: LeverSet = { look: 'pooler', levers: [poolSize] };
