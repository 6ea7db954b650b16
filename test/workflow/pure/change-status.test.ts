import { describe, expect, it } from '@jest/globals';
import type { Change, Direction } from '../../../shared/domain/change.ts';
import { movedTo } from '../../../shared/workflow/change-status.ts';
import { aStoredChange } from '../../support/builders/orders.ts';
import { NOW } from '../../support/builders/time.ts';
import { CHANGES } from '../../proposals/samples.ts';

const KEPT: Change = {
  kind: 'keep-pool-sizes',
  pooler: { cluster: 'production', service: 'pgbouncer' },
  from: { revision: 'pgbouncer:14', sizes: { defaultPoolSize: 25 } },
  to: { sizes: { defaultPoolSize: 60 } },
};

describe('a change that moves on', () => {
  // prettier-ignore
  it.each<{ what: string; change: Change; direction: Direction; then: object }>([
    { what: 'growth of the pools',                     change: CHANGES['tune-pgbouncer'], direction: 'grow',   then: { grow: NOW } },
    { what: 'pools that are made smaller',             change: CHANGES['tune-pgbouncer'], direction: 'shrink', then: { shrink: NOW } },
    { what: 'sizes that are kept for the next start',  change: KEPT,                      direction: 'repair', then: { repair: NOW } },
    { what: 'lost sizes, which are put back at once and may be kept at once', change: CHANGES['tune-pgbouncer'], direction: 'repair', then: {} },
  ])('counts when it was applied: $what', ({ change, direction, then }) => {
    const stored = aStoredChange(change, { direction }, { lever: 'pool-size', direction });
    expect(movedTo(stored, 'applied', NOW).status).toMatchObject({ status: 'applied', updatedAt: NOW, failures: 0 });
    expect(movedTo(stored, 'applied', NOW).status.lastApplied).toEqual(then);
  });
});
