import { assertNever } from '../domain/assert-never.ts';
import { type EpochMs, utcDay } from '../domain/units.ts';
import type { IssueDraft, Note, Proposal, ProposalText } from './code-host.ts';
import { code } from './escape.ts';
import { branchOf, slug, type Subject } from './identity.ts';
import type { CloseReason, HandsOffReason } from './life-cycle.ts';
import { keyMarker, readMarker, withMarker } from './marker.ts';

/** What is said once when a person has taken a proposal over. */
export function handsOffNote(because: HandsOffReason, label: string): Note {
  switch (because) {
    case 'person-pushed':
      return {
        key: 'hands-off',
        text: 'Somebody has pushed to this branch, so Fulcrum keeps its hands off: it will neither renew nor close this.',
      };
    case 'label':
      return { key: 'hands-off', text: `Labelled ${code(label)}: Fulcrum will neither renew nor close this.` };
    case 'no-longer-needed':
      return {
        key: 'no-longer-needed',
        text: 'Fulcrum would no longer propose this. Somebody has worked on it, so it is left open for them to decide.',
      };
    case 'branch-of-others':
      throw new RangeError('there is no proposal to comment on');
    default:
      return assertNever(because);
  }
}

/** Why a proposal is closed, in one sentence. */
function closeSentence(because: CloseReason, now: EpochMs): string {
  switch (because) {
    case 'need-gone':
      return `The need has gone (as of ${utcDay(now)}). When it returns, Fulcrum will propose it again.`;
    case 'in-code':
      return 'The base branch has this value already.';
    case 'live':
      return 'The platform has this value already.';
    case 'not-editable':
      return 'The code can no longer be edited safely. An issue takes the place of this.';
    default:
      return assertNever(because);
  }
}

/** The last words under an issue that we close. */
export function adviceEndNote(because: Exclude<CloseReason, 'not-editable'> | 'editable', now: EpochMs): Note {
  const text =
    because === 'editable'
      ? 'The code can be edited by now: a pull request takes the place of this.'
      : closeSentence(because, now);
  return { key: `advice-${because}`, text };
}

const WITHDRAWN = ' (withdrawn)';

/** The last words under a proposal that we close. Its marker then tells our withdrawal from the no of a person. */
export function farewell(
  { title, body }: Proposal,
  because: CloseReason,
  now: EpochMs,
): { readonly note: Note; readonly text: ProposalText } {
  const marker = readMarker(body);
  return {
    note: { key: `withdrawn-${because}`, text: closeSentence(because, now) },
    text: {
      title: title.endsWith(WITHDRAWN) ? title : `${title}${WITHDRAWN}`,
      // Without a marker nothing can be taken back: then the title alone says that it was withdrawn.
      body: marker === null ? body : withMarker(body, { ...marker, standing: 'withdrawn', renewedAt: now }),
      pictures: {},
    },
  };
}

/** What the advice on a subject is found by, whatever the value. */
export function aboutOf(subject: Subject): string {
  return slug(branchOf(subject));
}

/**
 * The issue that takes the place of a proposal whose edit cannot be made safely.
 *
 * @param digest `proposalDigest`: another value is other advice
 * @param body   Markdown of ours, with the advice
 */
export function adviceIssue(
  subject: Subject,
  digest: string,
  { title, body }: Pick<ProposalText, 'title' | 'body'>,
  labels: readonly string[],
): IssueDraft {
  const about = aboutOf(subject);
  const key = `${about}-${digest.slice(0, 12)}`;
  return { about, key, title, body: `${body.trimEnd()}\n`, labels };
}

/** The text of a note as a host stores it: with the word by which it is found again. */
export function withKey(text: string, key: string): string {
  return `${text.trimEnd()}\n\n${keyMarker(key)}\n`;
}
