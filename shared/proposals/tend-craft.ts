import type { FleetPolicy, Policy } from '../config/policy.ts';
import type { AuditRecord } from '../domain/audit.ts';
import type { ProposableChange, ProposalChange } from '../domain/change.ts';
import { ResourceBusyError } from '../domain/errors.ts';
import type { Order } from '../domain/order.ts';
import { isSameValue } from '../domain/proposed-value.ts';
import type { FailureReason, ProposalReason } from '../domain/reason.ts';
import { type EpochMs, instant, type Seconds } from '../domain/units.ts';
import type { TerraformParser } from '../infrastructure-code/hcl/parser.ts';
import type { AuditLog, Clock, Lease, StateStore } from '../ports.ts';
import { allowedFolders } from '../pull-requests/allowed-paths.ts';
import type { Check, CodeHost, HostRefusal } from '../pull-requests/code-host.ts';
import { DEFAULT_LIMITS } from '../pull-requests/life-cycle.ts';
import { type Need, tendProposal, type Tended, type TendSettings, withdrawAdvice } from '../pull-requests/tend.ts';
import type { Craft, Effected } from '../workflow/carry-out-order.ts';
import { entryOfReasons } from '../workflow/tell.ts';
import type { AuditTable } from './audit-address.ts';
import { boundsSeen, boundsTold, readBounds } from './bounds.ts';
import { causeOfDrift } from './cause-of-drift.ts';
import { describeChange } from './describe-change.ts';
import type { MigrationSightings } from './migration.ts';
import { filesInQuestion, isInCode, needOfChange, type Standing, undoings } from './need-of-change.ts';
import { readProofs } from './proofs.ts';
import { reasonsOfTended } from './reasons-of-tended.ts';
import { observeSteps, seeChange, type Witness } from './witness.ts';

type InfrastructureCode = NonNullable<FleetPolicy['infrastructureCode']>;

/** How a proposal of one fleet is made. */
export interface ProposalTools {
  readonly host: CodeHost;
  readonly parser: TerraformParser;
  readonly witness: Witness;
}

/** A reason: the code of this fleet cannot be reached from here. */
export type ProposalToolsOf = (fleet: FleetPolicy, code: InfrastructureCode) => Promise<ProposalTools | FailureReason>;

export interface ProposalDependencies {
  readonly audit: AuditLog;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly wait: (seconds: Seconds) => Promise<void>;
  readonly codeVersion: string;
  /** Where a person finds the records; `null` where nobody but this process reaches them. */
  readonly auditTable: AuditTable | null;
}

/** In place of a fleet: several fleets may have their code in one repository. No fleet is called so. */
export const REPOSITORIES = '#repositories';

/** How long one proposal may keep others of the same repository waiting. */
const REPOSITORY_LEASE: Seconds = 120;
const LEASE_ATTEMPTS = 30;
const LEASE_PAUSE: Seconds = 2;

/** Longer than the wait for the repository and one proposal together. */
const ORDER_LEASE: Seconds = 300;

/** Opens, renews or closes the pull request of an order, or leaves it alone: whichever is next. */
export function proposalCraft(
  policy: Policy,
  toolsOf: ProposalToolsOf,
  deps: ProposalDependencies,
): Craft<ProposalChange> {
  return {
    // Where it stands, its host knows; the next step is chosen there, and is the same for whoever takes it.
    compare: (change) =>
      Promise.resolve({ change, isAtFrom: true, isAtTo: false, isOnItsWay: true, actual: change.from }),
    leaseSeconds: () => ORDER_LEASE,
    effect: async (change, order) => {
      const fleet = policy.fleets.find(({ name }) => name === order.fleet);
      const code = fleet?.infrastructureCode;
      if (fleet === undefined || code === undefined) {
        return { failure: { code: 'not-found', detail: `${order.fleet} names no infrastructure code` } };
      }
      const tools = await toolsOf(fleet, code);
      if ('code' in tools) return { failure: tools };
      return alone(order, code, deps, () => tend({ fleet, code, tools, change, order }, deps));
    },
  };
}

/** The limits on how many are open count over the whole repository, so one is tended at a time. */
async function alone<T>(
  { decisionId }: Order,
  { repository }: InfrastructureCode,
  { state, clock, wait }: ProposalDependencies,
  work: () => Promise<T>,
): Promise<T> {
  const resource = `infrastructure-code/${repository}`;
  let lease: Lease | null = null;
  for (let attempt = 0; lease === null; attempt += 1) {
    if (attempt === LEASE_ATTEMPTS) throw new ResourceBusyError(`others are at work on ${resource}`);
    if (attempt > 0) await wait(LEASE_PAUSE);
    lease = await state.acquireLease(REPOSITORIES, resource, decisionId, clock.now(), REPOSITORY_LEASE);
  }
  try {
    return await work();
  } finally {
    await state.releaseLease(lease);
  }
}

interface Scene {
  readonly fleet: FleetPolicy;
  readonly code: InfrastructureCode;
  readonly tools: ProposalTools;
  readonly change: ProposalChange;
  readonly order: Order;
}

async function tend(scene: Scene, deps: ProposalDependencies): Promise<Effected> {
  const { code, tools, change, order } = scene;
  const now = deps.clock.now();
  const story = await storyOf(order, deps.audit);
  const looked = await look(scene, story, { ...deps, now });
  if (looked.kind === 'refused') return { failure: failureOf(looked.because) };
  const subject = { fleet: order.fleet, lever: change.lever, resource: change.about };
  const tended = await tendProposal(tools.host, subject, looked.need, settingsOf(code), now);
  if (tended.outcome.kind === 'refused') return { failure: failureOf(tended.outcome.because) };
  await verify(tended, story, order, deps);
  const ended = await endOfAdvice(scene, story, { need: looked.need, tended }, now);
  const as = hasDone(tended) || ended.length > 0 ? 'applied' : 'skipped';
  return { failure: null, told: { as, reasons: [...reasonsOf(tended, looked), ...ended] } };
}

/** Hosts are asked for issues only where one was opened: not every app may see them. */
async function endOfAdvice(
  { code, tools, change, order }: Scene,
  { newestFirst }: Story,
  at: { readonly need: Need; readonly tended: Tended },
  now: EpochMs,
): Promise<readonly ProposalReason[]> {
  const last = newestFirst
    .flatMap(({ reasons }) => reasons)
    .find((reason) => reason.code === 'proposal-advised' || reason.code === 'advice-withdrawn');
  if (last?.code !== 'proposal-advised') return [];
  const subject = { fleet: order.fleet, lever: change.lever, resource: change.about };
  const closed = await withdrawAdvice(tools.host, subject, at, settingsOf(code), now);
  // What could not be closed is tried again when the proposal is looked after next.
  if (closed.kind === 'refused' || closed.value === null) return [];
  const { issue, because } = closed.value;
  return [{ code: 'advice-withdrawn', id: issue.id, why: because }];
}

/** That what was merged is live is told once. */
async function verify(
  { step }: Tended,
  { newestFirst }: Story,
  order: Order,
  deps: ProposalDependencies,
): Promise<void> {
  if (step?.kind !== 'rolled-out') return;
  const because = { code: 'proposal-merged', id: step.proposal.id, standing: 'live' } as const;
  const isTold = newestFirst.some(
    ({ transition, reasons: [reason] }) =>
      transition === 'verified' && reason?.code === because.code && reason.id === because.id,
  );
  if (isTold) return;
  const { fleet, resource, lever, decisionId, policyVersion } = order;
  const trigger = { kind: 'order', id: decisionId } as const;
  const occasion = { fleet, trigger, now: deps.clock.now(), codeVersion: deps.codeVersion, policyVersion };
  await deps.audit.append(entryOfReasons(occasion, { resource, transition: 'verified', lever, decisionId }, [because]));
}

/** What was told of this proposal before. */
interface Story {
  readonly newestFirst: readonly AuditRecord[];
  /** The decision of this order. */
  readonly record: AuditRecord | null;
  /** The newest decision that proposed something, which a later one takes back. */
  readonly proposing: AuditRecord | null;
  readonly firstProposedAt: EpochMs;
}

/** How far back a proposal is followed: at four decisions a day, more than a month. */
const RECORDS = 500;

async function storyOf({ resource, decisionId, decidedAt }: Order, audit: AuditLog): Promise<Story> {
  const newestFirst = await audit.byResource(resource, RECORDS);
  const decided = newestFirst.filter(({ transition }) => transition === 'decided');
  const proposing = decided.filter(({ decision }) => proposedBy(decision) !== null);
  const [newest] = proposing;
  const value = proposedBy(newest?.decision ?? null);
  const different = proposing.findIndex(({ decision }) => {
    const proposed = proposedBy(decision);
    return value === null || proposed === null || !isSameValue(proposed, value);
  });
  const first = proposing.slice(0, different < 0 ? undefined : different).at(-1);
  return {
    newestFirst,
    record: decided.find((record) => record.decisionId === decisionId) ?? null,
    proposing: newest ?? null,
    firstProposedAt: first === undefined ? decidedAt : instant(first.at),
  };
}

function proposedBy(decision: AuditRecord['decision']): ProposableChange | null {
  return decision?.kind === 'act' && decision.change.kind === 'tend-proposal' ? decision.change.to.proposes : null;
}

type Looked =
  | { readonly kind: 'refused'; readonly because: HostRefusal }
  /** Besides what is done about the proposal, what was seen of it. */
  | { readonly kind: 'looked'; readonly need: Need; readonly seen: readonly ProposalReason[] };

type Moment = Pick<ProposalDependencies, 'audit' | 'auditTable' | 'state'> & { readonly now: EpochMs };

async function look(scene: Scene, story: Story, { audit, auditTable, state, now }: Moment): Promise<Looked> {
  const { fleet, code, tools, change, order } = scene;
  const { proposes, lastNeededAt } = change.to;
  const gone: Need = { kind: 'not-needed', lastNeededAt };
  const subject = proposes ?? proposedBy(story.proposing?.decision ?? null);
  if (subject === null) return { kind: 'looked', need: gone, seen: [] };

  const files = await tools.host.readFiles(filesInQuestion(subject, fleet));
  if (files.kind === 'refused') return files;
  const seen = await seeChange(tools.witness, subject, fleet);
  // One that the decision itself found live needs no second look: the pools of PgBouncer are out of reach from here.
  const standing: Standing = isOfDrift(story) ? 'live' : seen.standing;
  const inHand = { parser: tools.parser, base: files.value, folders: allowedFolders(code.paths), fleet };
  const drift = standing === 'live' ? undoings(subject, inHand) : [];
  const named = { fleet: order.fleet, lever: change.lever, resource: change.about };
  const proofs = await readProofs(tools.host, code.checks, named);
  const bounds = await lookAtBounds(subject, { scene, story, standing, state });
  const description = describeChange(subject, {
    subject: named,
    policy: fleet,
    record: story.proposing ?? story.record,
    cause: isOfDrift(story) ? await causeOfDrift(subject, change, audit) : null,
    decisionId: (story.proposing ?? order).decisionId,
    auditTable,
    proposedAt: story.firstProposedAt,
    facts: seen.facts,
    drift,
    done: await observeSteps(
      subject,
      { standing, facts: seen.facts },
      {
        witness: tools.witness,
        record: story.proposing,
        since: story.firstProposedAt,
        isMerged: isInCode(subject, inHand),
        mergedToldAt: mergedToldAt(story),
        bounds: bounds.seen,
        loadTest: placeOf(proofs.bySteps.get('load-test')),
        mostLagMillis: fleet.levers['read-replica'].lagMillis,
        now,
      },
    ),
    proofs: proofs.bySteps,
  });
  const need = needOfChange(subject, inHand, standing, description);
  // What is in the code is followed until it is live, also when the lever is content by then.
  const isSettled = proposes !== null || need.kind === 'live';
  const told = [...drift, ...bounds.told, ...(proofs.unread === null ? [] : [proofs.unread])];
  return { kind: 'looked', need: isSettled ? need : gone, seen: told };
}

/** What is told of an earlier proposal for the same resource does not count. */
function mergedToldAt({ newestFirst, firstProposedAt }: Story): EpochMs | null {
  const told = newestFirst.filter(
    ({ at, reasons }) => instant(at) >= firstProposedAt && reasons.some(({ code }) => code === 'proposal-merged'),
  );
  const first = told.at(-1);
  return first === undefined ? null : instant(first.at);
}

function isOfDrift({ proposing }: Story): boolean {
  return proposing?.reasons[0]?.code === 'code-out-of-step';
}

function placeOf(check: Check | undefined): string | null {
  return check === undefined ? null : (check.url ?? check.name);
}

interface LookedAtBounds {
  readonly seen: MigrationSightings['bounds'];
  readonly told: readonly ProposalReason[];
}

/** Before a change of class it is told once how far services and pools may go; afterwards they are held against it. */
async function lookAtBounds(
  change: ProposableChange,
  {
    scene: { fleet, tools },
    story: { newestFirst, firstProposedAt },
    standing,
    state,
  }: { readonly scene: Scene; readonly story: Story; readonly standing: Standing; readonly state: StateStore },
): Promise<LookedAtBounds> {
  if (change.kind !== 'change-database-class' || standing === 'unseen') return { seen: null, told: [] };
  const before = boundsTold(newestFirst, firstProposedAt);
  if (standing === 'not-live' && before !== null) return { seen: null, told: [] };
  const now = await readBounds(fleet, tools.witness.scaling, state);
  if (standing === 'live') return { seen: boundsSeen(change, fleet, { before, now }), told: [] };
  return { seen: null, told: now === null ? [] : [{ code: 'bounds-before-class', ...now }] };
}

function settingsOf({ openAtMost, perDayAtMost, handsOffLabel, labels }: InfrastructureCode): TendSettings {
  return { limits: { ...DEFAULT_LIMITS, openAtMost, perDayAtMost, handsOffLabel }, labels };
}

function failureOf({ code: why, detail }: HostRefusal): FailureReason {
  return { code: 'code-host-refused', why, detail };
}

const DOING: ReadonlySet<string> = new Set(['open', 'refresh', 'reword', 'close', 'advise']);

function hasDone({ step }: Tended): boolean {
  return step !== null && DOING.has(step.kind);
}

function reasonsOf(tended: Tended, looked: Extract<Looked, { kind: 'looked' }>) {
  const detail = looked.need.kind === 'not-editable' ? looked.need.advice.because : '';
  return [...reasonsOfTended(tended, detail), ...looked.seen];
}
