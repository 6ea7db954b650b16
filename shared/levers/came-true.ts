import type { ChangeKind, ChangeOf } from '../domain/change.ts';
import type { FleetSnapshot } from '../domain/snapshot.ts';
import type { EpochMs } from '../domain/units.ts';

/** What of the history of a resource is asked for. */
export interface Wanted<Kind extends ChangeKind> {
  readonly kinds: readonly Kind[];
  readonly resource: string;
  /** Whether a change that was proposed is about the same thing, and stands now. */
  readonly stands: (change: ChangeOf<Kind>) => boolean;
}

/**
 * When a resource last became what it is, by what we have done, and by what we had proposed and is there now: a proposal is not
 * needed any more from about the time on at which it came true. `null` where neither is known: what others have changed is not
 * seen.
 */
export function cameTrueAt<Kind extends ChangeKind>(
  { kinds, resource, stands }: Wanted<Kind>,
  { changes, proposals }: Pick<FleetSnapshot, 'changes' | 'proposals'>,
): EpochMs | null {
  const isWanted = (kind: ChangeKind): kind is Kind => kinds.some((one) => one === kind);
  const own = changes[resource];
  const isThere = own?.status === 'applied' || own?.status === 'verified';
  const applied = isThere && isWanted(own.changeKind) ? Object.values(own.lastApplied) : [];
  // What was made live is proposed for the code as long as that lags behind: that proposal is about the code alone.
  if (applied.length > 0) return Math.max(...applied);
  const proposed = Object.values(proposals).flatMap(({ proposes, lastNeededAt }) =>
    proposes !== null && isWanted(proposes.kind) && stands(proposes as ChangeOf<Kind>) ? [lastNeededAt] : [],
  );
  return proposed.length === 0 ? null : Math.max(...proposed);
}
