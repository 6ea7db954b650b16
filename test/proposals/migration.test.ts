import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Migration, migrationOf, type MigrationSightings } from '../../shared/proposals/migration.ts';
import { NOTHING_SEEN } from '../../shared/proposals/seen-facts.ts';
import { aFleetPolicy } from '../support/builders/policy.ts';
import { conductOf } from '../../shared/proposals/conduct.ts';
import { at, NOW } from '../support/builders/time.ts';
import { CHANGES } from './samples.ts';

/** A proposal that was made and nothing more. */
const proposed: MigrationSightings = {
  to: 'db.r6g.xlarge',
  isSustained: true,
  snapshot: { kind: 'absent' },
  window: { from: at('02:00', 1), to: at('04:00', 1) },
  instance: { instanceClass: 'db.r6g.large', status: 'available', hasPendingChange: false },
  interruptions: [],
  connections: null,
  mostLagMillis: 100,
  replicas: [],
  bounds: null,
  loadTest: null,
  isMerged: false,
};
const taken = { snapshot: { kind: 'available', since: at('23:00') } } as const;
const changed = {
  ...taken,
  isMerged: true,
  interruptions: [at('02:10', 1)],
  instance: { instanceClass: 'db.r6g.xlarge', status: 'available', hasPendingChange: false },
} as const;
const recovered = { ...changed, connections: { before: 100, now: 95 } } as const;
const fine = { ...recovered, replicas: [{ lagMillis: 12, connections: 8 }] } as const;

const briefly = ({ phase, done, act }: Migration): string => `${phase} (${[...done].join(' ')}), ${act}`;
const seenAs = (over: Partial<MigrationSightings>, now = NOW): string =>
  briefly(migrationOf({ ...proposed, ...over }, now));

describe('the migration to another class', () => {
  // prettier-ignore
  it.each<{ when: string; see: Partial<MigrationSightings>; now?: number; then: string }>([
    { when: 'it is proposed',                          see: {},                                                   then: 'prepare (sustained), nothing' },
    { when: 'the window begins in six hours',          see: {}, now: at('20:00'),                                 then: 'prepare (sustained), take-snapshot' },
    { when: 'a minute before that',                    see: {}, now: at('19:59'),                                 then: 'prepare (sustained), nothing' },
    { when: 'the window has passed',                   see: {}, now: at('04:00', 1),                              then: 'prepare (sustained), nothing' },
    { when: 'it is merged before',                     see: { isMerged: true },                                   then: 'prepare (sustained), take-snapshot' },
    { when: 'no window is known, and it is merged',    see: { isMerged: true, window: null },                     then: 'prepare (sustained), take-snapshot' },
    { when: 'the snapshot is being made',              see: { isMerged: true, snapshot: { kind: 'creating' } },   then: 'prepare (sustained), await-snapshot' },
    { when: 'the snapshot has failed',                 see: { isMerged: true, snapshot: { kind: 'failed' } },     then: 'prepare (sustained), take-snapshot' },
    { when: 'nobody looks after snapshots',            see: { isMerged: true, snapshot: null },                   then: 'prepare (sustained), nothing' },
    { when: 'the snapshot is a day old when it is merged', see: { ...taken, isMerged: true }, now: at('23:00', 1),        then: 'ready (sustained snapshot), watch' },
    { when: 'it is older than that',                   see: { ...taken, isMerged: true }, now: at('23:01', 1),        then: 'prepare (sustained), take-snapshot' },
    { when: 'it is older, and nobody has merged',      see: taken, now: at('23:01', 3),                               then: 'prepare (sustained snapshot), nothing' },
    { when: 'it has failed over before, of itself',    see: { ...taken, interruptions: [at('13:00')] },               then: 'prepare (sustained snapshot), nothing' },
    { when: 'the snapshot is there, and it is open',   see: taken,                                                then: 'prepare (sustained snapshot), nothing' },
    { when: 'the snapshot is there, and it is merged', see: { ...taken, isMerged: true },                         then: 'ready (sustained snapshot), watch' },
    { when: 'it waits for the maintenance window',     see: { ...taken, isMerged: true, instance: { ...changed.instance, instanceClass: 'db.r6g.large', hasPendingChange: true } }, then: 'changing (sustained snapshot applied), watch' },
    { when: 'it is being modified',                    see: { ...taken, isMerged: true, instance: { ...changed.instance, instanceClass: 'db.r6g.large', status: 'modifying' } }, then: 'changing (sustained snapshot applied), watch' },
    { when: 'it has failed over in the window',        see: { ...changed, instance: { ...changed.instance, status: 'modifying' } }, then: 'changing (sustained snapshot window applied failover), watch' },
    { when: 'it has the class',                        see: changed,                                              then: 'recovering (sustained snapshot window applied failover class), watch' },
    { when: 'it has failed over outside the window',   see: { ...changed, interruptions: [at('13:00')], snapshot: { kind: 'available', since: at('12:00') } }, then: 'recovering (sustained snapshot applied failover class), watch' },
    { when: 'the snapshot was made afterwards',        see: { ...changed, snapshot: { kind: 'available', since: at('03:00', 1) } }, then: 'recovering (sustained window applied failover class), watch' },
    { when: '89 of 100 clients are back',              see: { ...changed, connections: { before: 100, now: 89 } }, then: 'recovering (sustained snapshot window applied failover class), watch' },
    { when: '90 of 100 clients are back',              see: { ...changed, connections: { before: 100, now: 90 } }, then: 'verifying (sustained snapshot window applied failover class reconnects), watch' },
    { when: 'nobody was connected before or is now',   see: { ...changed, connections: { before: 0, now: 0 } },    then: 'recovering (sustained snapshot window applied failover class), watch' },
    { when: 'a replica lags 100 ms',                   see: { ...recovered, replicas: [{ lagMillis: 100, connections: 1 }] }, then: 'verifying (sustained snapshot window applied failover class reconnects traffic), watch' },
    { when: 'a replica has no reader',                 see: { ...recovered, replicas: [{ lagMillis: 99, connections: 0 }] },  then: 'verifying (sustained snapshot window applied failover class reconnects lag), watch' },
    { when: 'the lag of one of two cannot be seen',    see: { ...recovered, replicas: [{ lagMillis: 1, connections: 1 }, { lagMillis: null, connections: 1 }] }, then: 'verifying (sustained snapshot window applied failover class reconnects traffic), watch' },
    { when: 'replicas cannot be seen',                 see: { ...recovered, replicas: null },                      then: 'verifying (sustained snapshot window applied failover class reconnects), watch' },
    { when: 'bounds stand as before',                  see: { ...fine, bounds: 'as-before', loadTest: 'report' },  then: 'verifying (sustained snapshot window applied failover class reconnects lag traffic load-test), watch' },
    { when: 'a replica lags 99 ms where 50 are allowed', see: { ...recovered, mostLagMillis: 50, replicas: [{ lagMillis: 99, connections: 1 }] }, then: 'verifying (sustained snapshot window applied failover class reconnects traffic), watch' },
    { when: 'bounds are beyond the new limit',         see: { ...fine, bounds: 'beyond', loadTest: 'report' },     then: 'verifying (sustained snapshot window applied failover class reconnects lag traffic load-test), watch' },
    { when: 'bounds fit under a lower limit',          see: { ...fine, bounds: 'fitting', loadTest: 'report' },    then: 'done (sustained snapshot window applied failover class reconnects lag traffic bounds load-test), nothing' },
    { when: 'all was seen',                            see: { ...fine, bounds: 'raised', loadTest: 'report' },     then: 'done (sustained snapshot window applied failover class reconnects lag traffic bounds load-test), nothing' },
    { when: 'there are no replicas, and all was seen', see: { ...recovered, bounds: 'raised', loadTest: 'report' }, then: 'done (sustained snapshot window applied failover class reconnects bounds load-test), nothing' },
    { when: 'nothing can be seen',                     see: { isSustained: false, snapshot: null, window: null, instance: null, interruptions: null, replicas: null }, then: 'prepare (), nothing' },
  ])('when $when', ({ see, now, then }) => {
    expect(seenAs(see, now)).toBe(then);
  });

  const anySightings: fc.Arbitrary<MigrationSightings> = fc.record({
    to: fc.constant('db.r6g.xlarge'),
    isSustained: fc.boolean(),
    snapshot: fc.constantFrom<MigrationSightings['snapshot']>(
      null,
      { kind: 'absent' },
      { kind: 'creating' },
      { kind: 'failed' },
      { kind: 'available', since: at('23:00') },
    ),
    window: fc.constantFrom<MigrationSightings['window']>(null, { from: at('02:00', 1), to: at('04:00', 1) }),
    instance: fc.option(
      fc.record({
        instanceClass: fc.constantFrom('db.r6g.large', 'db.r6g.xlarge'),
        status: fc.constantFrom('available', 'modifying', 'rebooting'),
        hasPendingChange: fc.boolean(),
      }),
      { nil: null },
    ),
    interruptions: fc.constantFrom<MigrationSightings['interruptions']>(null, [], [at('13:00')], [at('02:10', 1)]),
    connections: fc.option(fc.record({ before: fc.nat(100), now: fc.nat(100) }), { nil: null }),
    replicas: fc.option(
      fc.array(
        fc.record({
          lagMillis: fc.option(fc.nat(200), { nil: null }),
          connections: fc.option(fc.nat(3), { nil: null }),
        }),
        { maxLength: 2 },
      ),
      { nil: null },
    ),
    mostLagMillis: fc.constantFrom(20, 100),
    bounds: fc.constantFrom<MigrationSightings['bounds']>(null, 'raised', 'fitting', 'as-before', 'beyond'),
    loadTest: fc.constantFrom(null, 'report'),
    isMerged: fc.boolean(),
  });

  it('law: only steps of the checklist are ticked, and never those that only a person can do', () => {
    const keys = conductOf(CHANGES['change-database-class'], '20261201', aFleetPolicy(), NOTHING_SEEN).steps.map(
      ({ key }) => key,
    );
    fc.assert(
      fc.property(anySightings, (seen) => {
        const { done } = migrationOf(seen, NOW);
        expect([...done].filter((key) => !keys.includes(key) || ['runbook', 'replicas', 'plan'].includes(key))).toEqual(
          [],
        );
      }),
    );
  });

  it('law: nothing is asked of us once the class is there, and what was not seen is not done', () => {
    fc.assert(
      fc.property(anySightings, (seen) => {
        const { act, phase, done } = migrationOf(seen, NOW);
        const hasClass = seen.instance?.instanceClass === seen.to;
        expect([hasClass, act]).not.toEqual([true, 'take-snapshot']);
        expect([seen.instance === null, /^(?:prepare|ready)$/.test(phase)]).not.toEqual([true, false]);
        expect([phase, done.has('class') && done.has('load-test')]).not.toEqual(['done', false]);
        const less = migrationOf({ ...seen, interruptions: null, replicas: null, connections: null }, NOW);
        expect([...less.done].filter((key) => !done.has(key) && key !== 'snapshot')).toEqual([]);
      }),
    );
  });
});
