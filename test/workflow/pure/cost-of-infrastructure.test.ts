import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../shared/domain/change.ts';
import type { InfrastructureSnapshot } from '../../../shared/domain/infrastructure.ts';
import { seen } from '../../../shared/domain/reading.ts';
import { costOfInfrastructure } from '../../../shared/workflow/cost-of-infrastructure.ts';
import { CHANGES } from '../../proposals/samples.ts';
import { aCache, aDatabase, anInfrastructure } from '../../support/builders/infrastructure.ts';
import { aFleetPolicy } from '../../support/builders/policy.ts';
import { NOW } from '../../support/builders/time.ts';

const SEEN = anInfrastructure({
  database: seen(aDatabase({ instanceClass: 'db.r6g.large' }), NOW),
  cache: seen(aCache({ nodeType: 'cache.r7g.large' }), NOW),
});
const cost = (change: Change, infrastructure: InfrastructureSnapshot | null = SEEN): number | null =>
  costOfInfrastructure(change, aFleetPolicy(), { infrastructure });

const proposalOf = (proposes: (typeof CHANGES)['change-database-class'] | null): Change => ({
  ...{ kind: 'tend-proposal', lever: 'database-class', about: 'database/core-db', from: null },
  to: { proposes, lastNeededAt: NOW },
});

describe('what a change of infrastructure adds to a month', () => {
  it('is the difference of the list prices, of a proposal as well', () => {
    const { 'change-database-class': classChange, 'resize-task': resize } = CHANGES;
    const ofClass = cost(classChange);
    expect(ofClass).toBeGreaterThan(100);
    expect(ofClass).toBe(Math.round(ofClass! * 100) / 100);
    expect(cost(proposalOf(classChange))).toBe(ofClass);
    expect(cost({ ...classChange, from: classChange.to, to: classChange.from })).toBe(-ofClass!);
    // 10 tasks of 1 vCPU and 2 GB at the ceiling: (0.04656 + 2 × 0.00511) USD × 730 h each.
    expect(cost(resize)).toBe(414.49);
    expect(cost(CHANGES['set-cache-shape'])).toBeGreaterThan(0);
  });

  it('is not known of what cannot be seen, and nobody’s here of what is no infrastructure', () => {
    expect(cost(CHANGES['change-database-class'], anInfrastructure())).toBeNull();
    expect(cost(CHANGES['change-database-class'], null)).toBeNull();
    expect(cost(CHANGES['set-pod-ceiling'])).toBeNull();
    expect(cost(CHANGES['set-capacity-bounds'])).toBeNull();
    expect(cost(proposalOf(null))).toBeNull();
  });
});
