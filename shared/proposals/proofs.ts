import type { FleetPolicy } from '../config/policy.ts';
import type { ProposalReason } from '../domain/reason.ts';
import { passed } from '../pull-requests/checks.ts';
import type { Check, CodeHost } from '../pull-requests/code-host.ts';
import { branchOf, type Subject } from '../pull-requests/identity.ts';

type CheckNames = NonNullable<FleetPolicy['infrastructureCode']>['checks'];

/** Which step of a checklist a check of people or pipelines shows, by the keys of `conduct.ts`. */
const STEPS: Readonly<Record<keyof CheckNames, string>> = {
  plan: 'plan',
  dryRun: 'runbook',
  loadTest: 'load-test',
};

export interface Proofs {
  /** By key of the step. */
  readonly bySteps: ReadonlyMap<string, Check>;
  /** Why nobody could look. */
  readonly unread: Extract<ProposalReason, { code: 'checks-unread' }> | null;
}

const NONE: Proofs = { bySteps: new Map(), unread: null };

/** What people and pipelines have attached to the proposal that is open, or to the one that was merged last. */
export async function readProofs(
  host: Pick<CodeHost, 'look' | 'readChecks'>,
  checks: CheckNames,
  subject: Subject,
): Promise<Proofs> {
  const names = Object.values(checks).filter((name) => name !== undefined);
  if (names.length === 0) return NONE;
  const view = await host.look(branchOf(subject));
  // Whoever tends the proposal looks as well, and is refused in the same way.
  if (view.kind === 'refused') return NONE;
  const { proposals } = view.value;
  const proposal = proposals.find(({ state }) => state === 'open') ?? proposals.find(({ state }) => state === 'merged');
  if (proposal === undefined) return NONE;
  const read = await host.readChecks(proposal, names);
  if (read.kind === 'refused') {
    const { code: why, detail } = read.because;
    return { ...NONE, unread: { code: 'checks-unread', id: proposal.id, why, detail } };
  }
  const found = Object.entries(STEPS).map(([key, step]) => {
    const name = checks[key as keyof CheckNames];
    return [step, name === undefined ? null : passed(read.value, name)] as const;
  });
  return { bySteps: new Map(found.flatMap(([step, check]) => (check === null ? [] : [[step, check]]))), unread: null };
}
