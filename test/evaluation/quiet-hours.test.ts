import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { act, type Act, type Decision } from '../../shared/domain/decision.ts';
import type { StandingProposal } from '../../shared/domain/snapshot.ts';
import { type EpochMs, HOUR, later, MINUTE } from '../../shared/domain/units.ts';
import { proposalResourceOf, routed } from '../../shared/evaluation/proposals.ts';
import { migrationOf, type MigrationSightings } from '../../shared/proposals/migration.ts';
import { A_DATABASE, aFleetPolicy } from '../support/builders/policy.ts';
import { at } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

const CODE = { repository: 'example/infrastructure', paths: ['production'] };
const policy = aFleetPolicy({
  database: A_DATABASE,
  infrastructureCode: CODE,
  levers: { 'database-class': { mode: 'propose' } },
});
const ABOUT = 'database/production';
const QUIET = { from: at('02:00', 1), to: at('04:00', 1), loadPercent: 20 };
const change = {
  kind: 'change-database-class',
  database: { kind: 'rds-instance', identifier: 'production' },
  from: { instanceClass: 'db.r6g.large' },
  to: { instanceClass: 'db.r6g.xlarge' },
} as const;

const wish = (quiet = QUIET): Act =>
  act(
    change,
    'grow',
    { code: 'database-pressed', what: 'cpu', is: 82, limit: 70, days: 12, of: 14 },
    { code: 'quiet-hours', ...quiet },
  );

/** What becomes of the wish of an hour, with a proposal that was looked after at an instant. */
const decide = (tendedAt: EpochMs, now: EpochMs, wanted: Act = wish()): Decision => {
  const standing: StandingProposal = {
    kind: 'tended',
    decisionId: 'any',
    proposes: change,
    lastNeededAt: tendedAt,
    tendedAt,
  };
  const proposals = { [proposalResourceOf('database-class', ABOUT)]: standing };
  const proposal = {
    lever: 'database-class',
    resource: ABOUT,
    service: null,
    input: null,
    settings: null,
    wanted,
  } as const;
  return routed(proposal, wanted, aSnapshot(policy, { proposals }), policy, now);
};

const briefly = (decision: Decision): string => {
  const [first] = decision.because;
  return first.code === 'proposed' ? `next at ${new Date(first.next).toISOString().slice(11, 16)}` : decision.kind;
};

describe('a proposal that waits for quiet hours from 02:00', () => {
  // prettier-ignore
  it.each([
    { tended: at('13:00'), now: at('18:00'), then: 'next at 19:00' },
    { tended: at('15:00'), now: at('19:59'), then: 'next at 20:00' },
    { tended: at('15:00'), now: at('20:00'), then: 'act' },
    { tended: at('19:59'), now: at('20:00'), then: 'act' },
    { tended: at('20:00'), now: at('21:00'), then: 'next at 23:00' },
    { tended: at('20:00'), now: at('23:00'), then: 'act' },
    { tended: at('23:00'), now: at('02:00', 1), then: 'next at 05:00' },
  ])('and was looked after at $tended: $then at $now', ({ tended, now, then }) => {
    expect(briefly(decide(tended, now))).toBe(then);
  });

  it('is looked after every six hours where none are known', () => {
    const unknown = act(change, 'grow', wish().because[0]);
    expect(briefly(decide(at('15:00'), at('20:59'), unknown))).toBe('next at 21:00');
    expect(briefly(decide(at('15:00'), at('21:00'), unknown))).toBe('act');
  });
});

const seenAs = (snapshot: MigrationSightings['snapshot']): MigrationSightings => ({
  to: change.to.instanceClass,
  ...{ isSustained: true, snapshot, window: QUIET, isMerged: false, bounds: null, loadTest: null, connections: null },
  mostLagMillis: 100,
  instance: { instanceClass: change.from.instanceClass, status: 'available', hasPendingChange: false },
  interruptions: [],
  replicas: [],
});

/** The looks of a day, one an hour, and when they have asked for the snapshot. */
function snapshotsAskedAt(firstTendedAt: EpochMs, firstLookAt: EpochMs, isRefused: (at: EpochMs) => boolean) {
  const asked: EpochMs[] = [];
  let tendedAt = firstTendedAt;
  let snapshot: MigrationSightings['snapshot'] = { kind: 'absent' };
  for (let now = firstLookAt; now < QUIET.from; now = later(now, HOUR)) {
    if (decide(tendedAt, now).kind !== 'act') continue;
    // The order is carried out some seconds after the look.
    tendedAt = later(now, 5);
    if (migrationOf(seenAs(snapshot), tendedAt).act !== 'take-snapshot') continue;
    asked.push(tendedAt);
    if (!isRefused(tendedAt)) snapshot = { kind: 'creating' };
  }
  return asked;
}

describe('the snapshot of a larger class', () => {
  const aDay = fc.record({ tended: fc.integer({ min: 0, max: 359 }), minute: fc.integer({ min: 0, max: 59 }) });

  it('law: is asked for between six and five hours before the quiet hours, whenever the last look was', () => {
    fc.assert(
      fc.property(aDay, ({ tended, minute }) => {
        const first = later(at('06:00'), minute * MINUTE);
        const asked = snapshotsAskedAt(later(first, -tended * MINUTE), first, () => false);
        expect(asked).toHaveLength(1);
        const hours = (QUIET.from - asked[0]!) / 3_600_000;
        expect([hours <= 6, hours > 4.99]).toEqual([true, true]);
      }),
    );
  });

  it('law: is asked for once more at least two hours before, where it was refused', () => {
    fc.assert(
      fc.property(aDay, ({ tended, minute }) => {
        const first = later(at('06:00'), minute * MINUTE);
        const lastHours = (now: EpochMs): boolean => now < later(QUIET.from, -3 * HOUR);
        const asked = snapshotsAskedAt(later(first, -tended * MINUTE), first, lastHours);
        expect((QUIET.from - asked.at(-1)!) / 3_600_000).toBeGreaterThan(1.99);
        expect((QUIET.from - asked.at(-1)!) / 3_600_000).toBeLessThanOrEqual(3);
      }),
    );
  });
});
