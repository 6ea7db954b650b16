import { assertNever } from '../domain/assert-never.ts';
import { TransientError } from '../domain/errors.ts';
import { DAY, earlier, type EpochMs, later } from '../domain/units.ts';
import type {
  CodeHost,
  CommitId,
  Draft,
  FileText,
  HostRefusal,
  HostResult,
  Issue,
  Opened,
  Proposal,
} from './code-host.ts';
import {
  type Advice,
  commitMessage,
  describeAdvice,
  describeProposal,
  type Description,
  proposalTitle,
  tasks,
} from './describe.ts';
import { branchOf, editDigest, proposalDigest, type Subject } from './identity.ts';
import { type CloseReason, nextStep, type NextStep, type ProposalLimits, type Want } from './life-cycle.ts';
import { aboutOf, adviceEndNote, adviceIssue, farewell, handsOffNote } from './notes.ts';
import { withStepsSeen, withTicksOf } from './ticks.ts';

/** What is to be proposed of one subject, or no longer. */
export type Need =
  | {
      readonly kind: 'wanted';
      /** The target value as plain data; the same value is the same proposal. */
      readonly target: unknown;
      readonly description: Description;
      /** The commit from which the files were read. */
      readonly base: CommitId;
      /** The files that change, as they are at the base. */
      readonly before: readonly FileText[];
      readonly after: readonly FileText[];
    }
  | {
      readonly kind: 'not-editable';
      readonly target: unknown;
      readonly description: Description;
      readonly advice: Advice;
    }
  | {
      readonly kind: 'in-code' | 'live';
      /** What was seen to be done is ticked in the text of the proposal that was merged. */
      readonly checklist?: Description['checklist'];
    }
  | Extract<Want, { kind: 'not-needed' }>;

export interface TendSettings {
  readonly limits: ProposalLimits;
  readonly labels: readonly string[];
}

/** What was to be done, and what came of it. */
export interface Tended {
  /** `null`: the host would not let us look. */
  readonly step: NextStep | null;
  readonly outcome:
    | { readonly kind: 'done'; readonly opened: Opened | Issue | null }
    | { readonly kind: 'refused'; readonly because: HostRefusal };
}

/** Each look that finds the world changed under it is taken again; whoever is first more often than this, waits. */
const LOOKS = 3;

/**
 * Takes the one next step for the proposal of a subject. Calling it again, or twice at once, does no more than calling it
 * once: the branch is the lock. The limits hold over all subjects when one caller at a time tends a repository.
 *
 * @throws TransientError what may pass with time, also when others keep changing the branch meanwhile
 */
export async function tendProposal(
  host: CodeHost,
  subject: Subject,
  need: Need,
  settings: TendSettings,
  now: EpochMs,
): Promise<Tended> {
  const branch = branchOf(subject);
  for (let look = 1; look <= LOOKS; look += 1) {
    const view = await host.look(branch);
    if (view.kind === 'refused') return { step: null, outcome: view };
    const opened = await host.opened(earlier(now, DAY));
    if (opened.kind === 'refused') return { step: null, outcome: opened };
    const input = { want: wantOf(subject, need), view: view.value, opened: opened.value, limits: settings.limits };
    const step = nextStep(input, now);
    const outcome = await take(step, { host, subject, need, settings, now });
    if (outcome.kind === 'done') return { step, outcome: { kind: 'done', opened: outcome.value } };
    if (outcome.because.code !== 'conflict') return { step, outcome };
  }
  throw new TransientError(`others keep changing ${branch}`);
}

/** Why advice is no longer right. */
export type AdviceEnd = Exclude<CloseReason, 'not-editable'> | 'editable';

/**
 * Closes the issue that took the place of a proposal, once nobody has to make the edit by hand any more.
 *
 * @param tended what was done about the proposal just now
 * @returns `null` where it stands, or where none is open
 */
export async function withdrawAdvice(
  host: CodeHost,
  subject: Subject,
  { need, tended }: { readonly need: Need; readonly tended: Tended },
  { limits, labels }: TendSettings,
  now: EpochMs,
): Promise<HostResult<{ readonly issue: Issue; readonly because: AdviceEnd } | null>> {
  const because = endOfAdvice(need, tended, limits, now);
  if (because === null) return NOTHING;
  const closed = await host.closeIssue({ about: aboutOf(subject), labels }, adviceEndNote(because, now));
  if (closed.kind === 'refused' || closed.value === null) return closed.kind === 'refused' ? closed : NOTHING;
  return { kind: 'done', value: { issue: closed.value, because } };
}

const PROPOSES: ReadonlySet<NextStep['kind']> = new Set(['open', 'refresh', 'reword', 'leave']);

function endOfAdvice(need: Need, { step }: Tended, limits: ProposalLimits, now: EpochMs): AdviceEnd | null {
  switch (need.kind) {
    case 'not-editable':
      return null;
    case 'wanted':
      return step !== null && PROPOSES.has(step.kind) ? 'editable' : null;
    case 'not-needed':
      return now < later(need.lastNeededAt, limits.goneForSeconds) ? null : 'need-gone';
    case 'in-code':
    case 'live':
      return need.kind;
  }
}

function wantOf(subject: Subject, need: Need): Want {
  switch (need.kind) {
    case 'wanted':
      return {
        kind: 'wanted',
        digest: proposalDigest(subject, need.target),
        edit: editDigest(need.before, need.after),
        title: proposalTitle(need.description),
      };
    case 'not-editable':
      return {
        kind: 'not-editable',
        digest: proposalDigest(subject, need.target),
        title: proposalTitle(need.description),
      };
    case 'in-code':
    case 'live':
      return { kind: need.kind };
    case 'not-needed':
      return need;
  }
}

interface Scene {
  readonly host: CodeHost;
  readonly subject: Subject;
  readonly need: Need;
  readonly settings: TendSettings;
  readonly now: EpochMs;
}

const NOTHING: HostResult<null> = { kind: 'done', value: null };

async function take(step: NextStep, scene: Scene): Promise<HostResult<Opened | Issue | null>> {
  const { host, settings, now } = scene;
  switch (step.kind) {
    case 'open':
      return host.open(draftOf(ofNewCommit(scene)), step.over);
    case 'refresh':
      return host.refresh(step.proposal, renewed(step.proposal, draftOf(ofNewCommit(scene))), step.over);
    case 'reword':
      return host.reword(step.proposal, renewed(step.proposal, draftOf(scene)).text);
    case 'hands-off':
      return step.proposal === null
        ? NOTHING
        : host.comment(step.proposal, handsOffNote(step.because, settings.limits.handsOffLabel));
    case 'close':
      return host.close(step.proposal, {
        ...farewell(step.proposal, step.because, now),
        removeBranchAt: step.removeBranchAt,
      });
    case 'advise':
      return host.openIssue(issueOf(scene));
    case 'leave':
    case 'await-roll-out':
    case 'rolled-out':
      return tick(step.proposal, scene);
    case 'refused-before':
    case 'wait':
    case 'nothing':
      return NOTHING;
    default:
      return assertNever(step);
  }
}

/** What others have said was of the commit that stood before. */
function ofNewCommit(scene: Scene): Scene {
  const { need } = scene;
  if (need.kind !== 'wanted') return scene;
  const checklist = need.description.checklist.map(({ step, isDone, proof }) => ({
    step,
    isDone: isDone && proof === undefined,
  }));
  return { ...scene, need: { ...need, description: { ...need.description, checklist } } };
}

/** The steps that a person has ticked stay ticked. */
function renewed({ body }: Proposal, draft: Draft): Draft {
  return { ...draft, text: { ...draft.text, body: withTicksOf(draft.text.body, body) } };
}

/** Ticks what was seen to be done, and touches nothing else of the text. */
async function tick(proposal: Proposal, { host, need }: Scene): Promise<HostResult<null>> {
  const { checklist = [] } = 'description' in need ? need.description : 'checklist' in need ? need : {};
  const body = withStepsSeen(proposal.body, tasks(checklist));
  if (body === proposal.body) return NOTHING;
  return host.reword(proposal, { title: proposal.title, body, pictures: {} });
}

function draftOf({ host, subject, need, settings, now }: Scene): Draft {
  if (need.kind !== 'wanted') throw new TypeError(`nothing to propose of ${subject.resource}`);
  const marker = {
    digest: proposalDigest(subject, need.target),
    edit: editDigest(need.before, need.after),
    renewedAt: now,
    standing: 'proposed',
  } as const;
  return {
    branch: branchOf(subject),
    base: need.base,
    files: need.after,
    commitMessage: commitMessage(need.description),
    at: now,
    text: describeProposal(need.description, marker, host.plots),
    labels: settings.labels,
  };
}

function issueOf({ subject, need, settings }: Scene): ReturnType<typeof adviceIssue> {
  if (need.kind !== 'not-editable') throw new TypeError(`no advice on ${subject.resource}`);
  const digest = proposalDigest(subject, need.target);
  return adviceIssue(subject, digest, describeAdvice(need.description, need.advice), settings.labels);
}
