import type { EpochMs } from '../domain/units.ts';

/**
 * Where the infrastructure code lives and changes to it are proposed: GitHub, or any git remote.
 *
 * An adapter is bound to one repository, one base branch and the folders in it that may be read and changed.
 *
 * Errors: what may pass with time (rate limits, a fault of the network or of the host) is thrown as `TransientError`; what
 * the host will refuse again and again is a value. Neither ever carries a secret.
 */
export interface CodeHost {
  /** How a reader sees plots: as text inside the body, or as picture files beside it. */
  readonly plots: 'in-text' | 'beside';
  /**
   * The files of the base branch that stand in the allowed folders.
   * @param extensions which files, `['.tf', '.tfvars']`
   */
  readFiles(extensions: readonly string[]): Promise<HostResult<BaseFiles>>;
  /** What stands on a branch of ours, and what was ever proposed from it. */
  look(branch: string): Promise<HostResult<BranchView>>;
  /**
   * What people and pipelines say under these names of the newest commit of a proposal and, where the host knows it, of
   * that by which it was merged. Nothing of a name that nobody has used; several words on one that several have used.
   */
  readChecks(proposal: Proposal, names: readonly string[]): Promise<HostResult<readonly Check[]>>;
  /** Proposals of ours, whichever their branch, that are open or were opened since the instant. */
  opened(since: EpochMs): Promise<HostResult<readonly OpenedProposal[]>>;
  /**
   * Puts one commit on the branch and opens a proposal of it. No half of it stays behind: when the proposal cannot be
   * opened, the branch is removed again.
   * @param over the commit of ours that the branch stands at; `null`: there must be no branch. `conflict` otherwise.
   */
  open(draft: Draft, over: CommitId | null): Promise<HostResult<Opened>>;
  /**
   * Replaces the commit and the text of an open proposal.
   * @param over the commit of ours that the branch stands at; `conflict` when it stands elsewhere by now
   */
  refresh(proposal: Proposal, draft: Draft, over: CommitId): Promise<HostResult<Opened>>;
  /** Replaces title and body. */
  reword(proposal: Proposal, text: ProposalText): Promise<HostResult<null>>;
  /** Says something once: a note of the same key is never said twice under a proposal. */
  comment(proposal: Proposal, note: Note): Promise<HostResult<null>>;
  /** Says why, renews the text and closes. */
  close(proposal: Proposal, farewell: Farewell): Promise<HostResult<null>>;
  /**
   * Opens an issue, or brings the one that is open about the same up to date. One of the same key that was ever opened
   * stands as it is: where a person has closed it, that is a no.
   */
  openIssue(issue: IssueDraft): Promise<HostResult<Issue>>;
  /** Says why and closes the issue about something; `null`: none was open. It may be opened again later. */
  closeIssue(issue: Pick<IssueDraft, 'about' | 'labels'>, note: Note): Promise<HostResult<Issue | null>>;
}

export type HostResult<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'refused'; readonly because: HostRefusal };

/**
 * - `not-permitted`: the token is refused or lacks a permission, or a rule of the repository forbids it
 * - `not-found`: no such repository or branch, or the token may not see it
 * - `rejected`: the host does not take it as it is
 * - `conflict`: somebody else was first; looking again shows what is there now
 */
export interface HostRefusal {
  readonly code: 'not-permitted' | 'not-found' | 'rejected' | 'conflict';
  readonly detail: string;
}

/** Hash of a commit, 40 or 64 hexadecimal digits. */
export type CommitId = string;

export interface FileText {
  /** From the root of the repository, `infra/database/main.tf`. */
  readonly path: string;
  readonly text: string;
}

export interface BaseFiles {
  readonly commit: CommitId;
  /** By path. */
  readonly files: readonly FileText[];
  /** Files that match but were not read, and why: links, binaries, what is too large. */
  readonly skipped: readonly { readonly path: string; readonly because: string }[];
}

export interface BranchView {
  /** `null`: there is no such branch. */
  readonly branch: BranchState | null;
  /** Newest first. */
  readonly proposals: readonly Proposal[];
}

export interface BranchState {
  readonly head: CommitId;
  /** Newest commit that it shares with the base branch. */
  readonly basedOn: CommitId;
  /** Who made the newest commit. */
  readonly lastCommitBy: string;
  /** Whether every commit that the base branch lacks is our own. */
  readonly authorship: 'ours' | 'shared';
}

export interface Proposal {
  /** Number of the pull request. */
  readonly id: string;
  /** Where a person reads it; `null` where there is no such place. */
  readonly url: string | null;
  readonly branch: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly openedAt: EpochMs;
  /** When it was closed or merged; `null` while it is open, or where the host does not know. */
  readonly endedAt: EpochMs | null;
  readonly mergeable: Mergeable;
  readonly labels: readonly string[];
  readonly title: string;
  readonly body: string;
}

/**
 * `unknown`: the host has not found out yet. `behind`: a rule of the repository wants it on the newest base first.
 * `blocked`: it waits for a review or a check.
 */
export type Mergeable = 'clean' | 'conflicting' | 'behind' | 'blocked' | 'unknown';

/** A status or check of a pipeline, or the note of a person, as it is found: its text is data of others. */
export interface Check {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'pending';
  /** Address of the web where the result lies; `null` where none is given. */
  readonly url: string | null;
}

export interface OpenedProposal {
  readonly branch: string;
  readonly state: Proposal['state'];
  readonly openedAt: EpochMs;
}

export interface ProposalText {
  readonly title: string;
  readonly body: string;
  /** SVG documents by file name, for a host that shows plots beside the text. */
  readonly pictures: Readonly<Record<string, string>>;
}

/** One commit on one branch, and the text that goes with it. */
export interface Draft {
  readonly branch: string;
  /** The commit of the base branch from which the files were read. */
  readonly base: CommitId;
  /** Whole new texts. */
  readonly files: readonly FileText[];
  readonly commitMessage: string;
  /** Date of the commit. */
  readonly at: EpochMs;
  readonly text: ProposalText;
  readonly labels: readonly string[];
}

export interface Opened {
  readonly id: string;
  readonly url: string | null;
  readonly head: CommitId;
  /** What could not be done though the proposal stands: labels. */
  readonly shortcomings: readonly HostRefusal[];
}

export interface Note {
  /** Lower-case words joined by hyphens. */
  readonly key: string;
  readonly text: string;
}

export interface Farewell {
  readonly note: Note;
  readonly text: ProposalText;
  /** The commit of ours at which the branch is removed; `null`: it stays. */
  readonly removeBranchAt: CommitId | null;
}

export interface IssueDraft {
  /** What it is about, of which one is open at a time: lower-case words joined by hyphens. */
  readonly about: string;
  /** What exactly it advises: as `about`. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface Issue {
  readonly id: string;
  readonly url: string | null;
  readonly state: 'open' | 'closed';
}
