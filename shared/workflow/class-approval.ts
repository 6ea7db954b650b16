import type { Policy } from '../config/policy.ts';
import type { ChangeOf } from '../domain/change.ts';
import type { FailureReason } from '../domain/reason.ts';
import type { EpochMs } from '../domain/units.ts';
import { approvalOf } from '../guards/route.ts';

/**
 * The class of a database is changed only while a person's approval of exactly this class is in force. The decision has
 * asked for it already; what acts asks again, because an order can be forged and an approval ends.
 *
 * @returns why it must not happen; `null` where it may
 */
export function classNotApproved(
  { fleets }: Pick<Policy, 'fleets'>,
  change: ChangeOf<'change-database-class'>,
  now: EpochMs,
): FailureReason | null {
  const { identifier, kind } = change.database;
  const owners = fleets.filter(({ database }) => database?.identifier === identifier && database.kind === kind);
  const isApproved = owners.some((fleet) => {
    const isLive = fleet.levers['database-class'].mode === 'apply';
    return isLive && approvalOf(change, fleet, now) !== null;
  });
  if (isApproved) return null;
  const detail = `nobody has approved ${change.to.instanceClass} for ${identifier}, or the approval has ended`;
  return { code: 'not-permitted', detail };
}
