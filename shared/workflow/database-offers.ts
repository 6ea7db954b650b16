import { databaseClass } from '../capacity/database-classes.ts';
import type { FleetPolicy } from '../config/policy.ts';
import type { ChangeKind } from '../domain/change.ts';
import type { DatabaseFacts } from '../domain/infrastructure.ts';
import { mapReading } from '../domain/reading.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';
import { evaluateFleet, type Verdict } from '../evaluation/evaluate-fleet.ts';
import { INFRASTRUCTURE_LEVERS } from '../levers/infrastructure-levers.ts';
import type { DatabaseOfferReader } from '../ports.ts';

/** Completes what was seen by what the database could become, where a lever wants it to become something else. */
export type AskOffers = (snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs) => Promise<FleetSnapshot>;

export function offersOf(reader: DatabaseOfferReader): AskOffers {
  return async (snapshot, policy, now) => {
    const { infrastructure } = snapshot;
    const { database } = policy;
    if (database === undefined || infrastructure?.database.kind !== 'seen') return snapshot;
    const wanted = wantedKinds(snapshot, policy, now);
    const [classes, offer] = await Promise.all([
      wanted.has('change-database-class') ? reader.readOrderableClasses(database) : undefined,
      wanted.has('provision-storage') || wanted.has('set-storage-ceiling')
        ? reader.readStorageOffer(database)
        : undefined,
    ]);
    if (classes === undefined && offer === undefined) return snapshot;
    const facts = infrastructure.database.value;
    const completed: DatabaseFacts = {
      ...facts,
      // No lever knows the others, and every record of a decision would hold them.
      ...(classes === undefined ? {} : { orderableClasses: mapReading(classes, (names) => names.filter(isKnown)) }),
      ...(offer === undefined || facts.storage === null ? {} : { storage: { ...facts.storage, offer } }),
    };
    const reading = { ...infrastructure.database, value: completed };
    return { ...snapshot, infrastructure: { ...infrastructure, database: reading } };
  };
}

function isKnown(name: string): boolean {
  return databaseClass(name) !== null;
}

function wantedKinds(snapshot: FleetSnapshot, policy: FleetPolicy, now: EpochMs): ReadonlySet<ChangeKind> {
  const { verdicts } = evaluateFleet(snapshot, policy, now, INFRASTRUCTURE_LEVERS.levers);
  return new Set(verdicts.flatMap((verdict) => wantedBy(verdict)));
}

/** For weeks a proposal that stands is wanted again every hour: nothing comes of that before it is looked after again. */
function wantedBy({ proposal: { wanted }, decision }: Verdict): readonly ChangeKind[] {
  const stands = decision.kind === 'hold' && decision.because.some(({ code }) => code === 'proposed');
  return wanted.kind === 'act' && !stands ? [wanted.change.kind] : [];
}
