import { type GuardContext, type GuardFinding, PASS, veto } from './guard.ts';
import { approvalOf, routeOf } from './route.ts';

/**
 * The class of a database is never changed behind anybody's back: by a pull request, or with a person's approval of exactly
 * this class that has not expired, and then in the quiet hours unless it says otherwise.
 */
export function checkApproval({ lever, policy, wanted, snapshot, now }: GuardContext): GuardFinding {
  const { change } = wanted;
  if (change.kind !== 'change-database-class' || policy.levers[lever].mode !== 'apply') return PASS;
  const approval = approvalOf(change, policy, now);
  if (approval === null) {
    return routeOf(lever, change, policy, now) === 'proposal'
      ? PASS
      : veto({ code: 'approval-needed', instanceClass: change.to.instanceClass });
  }
  if (approval.window === 'any-time') return PASS;
  const quiet = snapshot.infrastructure?.quietWindow ?? null;
  if (quiet !== null && now >= quiet.from && now < quiet.to) return PASS;
  return veto({ code: 'waits-for-quiet-hours', from: quiet === null || quiet.from < now ? null : quiet.from });
}
