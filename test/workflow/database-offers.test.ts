import { describe, expect, it, jest } from '@jest/globals';
import type { Act } from '../../shared/domain/decision.ts';
import type { StorageOffer } from '../../shared/domain/infrastructure.ts';
import { type Reading, seen, unseen } from '../../shared/domain/reading.ts';
import type { FleetSnapshot } from '../../shared/domain/snapshot.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { proposalResourceOf } from '../../shared/evaluation/proposals.ts';
import { INFRASTRUCTURE_LEVERS } from '../../shared/levers/infrastructure-levers.ts';
import type { DatabaseOfferReader } from '../../shared/ports.ts';
import { offersOf } from '../../shared/workflow/database-offers.ts';
import { evenDays } from '../support/builders/database-hours.ts';
import { aDatabase, anInfrastructure, days, flat, hours } from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

const GIB = 1024 ** 3;
const DATABASE = 'database/production';
const CODE = { repository: 'example/infrastructure', paths: ['production'] };
const policyOf = (levers: FleetInput['levers']) =>
  aFleetPolicy({ database: A_DATABASE, infrastructureCode: CODE, levers });
const proposing = policyOf({ 'database-class': { mode: 'propose' }, storage: { mode: 'propose' } });

const calm = {
  'database-class/cpu': evenDays(40),
  'database-class/free-memory': evenDays(2 * GIB),
  'database-class/connections': evenDays(62),
  'database/free-storage-daily': days(flat(28, 30 * GIB)),
  'database/free-storage': hours(flat(25, 30 * GIB)),
};
const busy = { ...calm, 'database-class/cpu': evenDays(82) };
const full = { ...calm, 'database/free-storage': hours(flat(25, 0)) };

const seenAs = (metrics: Readonly<Record<string, ReturnType<typeof hours>>>, policy = proposing): FleetSnapshot => {
  const storage = { ...aDatabase().storage!, maxAllocatedGiB: 50 };
  return aSnapshot(policy, {
    infrastructure: anInfrastructure({ database: seen(aDatabase({ storage }), NOW), metrics }),
  });
};

const OFFER: StorageOffer = {
  ...{ allocatedGiB: [{ from: 20, to: 65_536 }], iops: [], iopsPerGiB: [], throughputMibps: [], mibpsPerIops: [] },
  autoscales: false,
};

const aReader = (classes: Reading<readonly string[]> = seen(['db.m6i.xlarge', 'db.x2g.large'], NOW)) => {
  const readOrderableClasses = jest.fn<DatabaseOfferReader['readOrderableClasses']>().mockResolvedValue(classes);
  const readStorageOffer = jest.fn<DatabaseOfferReader['readStorageOffer']>().mockResolvedValue(seen(OFFER, NOW));
  const asked = () => [readOrderableClasses.mock.calls.length, readStorageOffer.mock.calls.length];
  return { readOrderableClasses, readStorageOffer, asked };
};

const wantedOf = (snapshot: FleetSnapshot, policy = proposing) =>
  evaluateFleet(snapshot, policy, NOW, INFRASTRUCTURE_LEVERS.levers).verdicts.flatMap(
    ({ proposal: { lever, wanted } }) =>
      wanted.kind === 'act' ? [`${lever} ${JSON.stringify(wanted.change.to)}`] : [],
  );

describe('what the database could become', () => {
  it('is not asked for where nothing is to change', async () => {
    const reader = aReader();
    const snapshot = seenAs(calm);
    expect(await offersOf(reader)(snapshot, proposing, NOW)).toBe(snapshot);
    expect(reader.asked()).toEqual([0, 0]);
  });

  it('is asked for of classes where another class is wanted, which is chosen anew', async () => {
    const reader = aReader(seen(['db.m6g.2xlarge', 'db.x2g.large'], NOW));
    const snapshot = seenAs(busy);
    const completed = await offersOf(reader)(snapshot, proposing, NOW);
    expect(reader.asked()).toEqual([1, 0]);
    expect(reader.readOrderableClasses).toHaveBeenCalledWith(expect.objectContaining({ identifier: 'production' }));
    expect([wantedOf(snapshot), wantedOf(completed)]).toEqual([
      ['database-class {"instanceClass":"db.m6g.xlarge"}'],
      ['database-class {"instanceClass":"db.m6g.2xlarge"}'],
    ]);
    // Those that no lever knows would only fill the records.
    expect(completed.infrastructure?.database).toMatchObject({
      value: { orderableClasses: { value: ['db.m6g.2xlarge'] } },
    });
  });

  it('is asked for of storage where that is to change', async () => {
    const reader = aReader();
    const snapshot = seenAs(full);
    const completed = await offersOf(reader)(snapshot, proposing, NOW);
    expect(reader.asked()).toEqual([0, 1]);
    expect([wantedOf(snapshot), wantedOf(completed)]).toEqual([['storage {"maxAllocatedGiB":70}'], []]);
  });

  it('leaves nothing wished that may be refused, where AWS does not say', async () => {
    const reader = aReader(unseen({ code: 'unreadable', detail: 'AccessDenied' }));
    expect(wantedOf(await offersOf(reader)(seenAs(busy), proposing, NOW))).toEqual([]);
  });

  it.each([
    { tended: 359, asked: 0 },
    { tended: 360, asked: 1 },
  ])(
    'is asked again with a proposal that was looked after $tended minutes ago: $asked times',
    async ({ tended, asked }) => {
      const reader = aReader();
      const snapshot = seenAs(busy);
      const verdict = evaluateFleet(snapshot, proposing, NOW, INFRASTRUCTURE_LEVERS.levers).verdicts.find(
        ({ proposal: { lever } }) => lever === 'database-class',
      )!;
      const standing = {
        kind: 'tended',
        decisionId: 'any',
        proposes: (verdict.proposal.wanted as Act).change as never,
        lastNeededAt: minutesAgo(tended),
        tendedAt: minutesAgo(tended),
      } as const;
      const proposals = { [proposalResourceOf('database-class', DATABASE)]: standing };
      await offersOf(reader)({ ...snapshot, proposals }, proposing, NOW);
      expect(reader.asked()).toEqual([asked, 0]);
    },
  );

  it('is asked for a lever that only watches, too: its records say what it would do', async () => {
    const observing = policyOf({ 'database-class': { mode: 'observe' } });
    const reader = aReader();
    await offersOf(reader)(seenAs(busy, observing), observing, NOW);
    expect(reader.asked()).toEqual([1, 0]);
  });

  it('is not asked for in another look, of no database, or of one that cannot be seen', async () => {
    const reader = aReader();
    const blind = aSnapshot(proposing, { infrastructure: anInfrastructure({ metrics: busy }) });
    const without = aFleetPolicy({ infrastructureCode: CODE });
    for (const [snapshot, policy] of [
      [aSnapshot(proposing), proposing],
      [seenAs(busy), without],
      [blind, proposing],
    ] as const) {
      expect(await offersOf(reader)(snapshot, policy, NOW)).toBe(snapshot);
    }
    expect(reader.asked()).toEqual([0, 0]);
  });
});
