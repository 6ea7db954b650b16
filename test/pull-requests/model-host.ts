import type { EpochMs } from '../../shared/domain/units.ts';
import type {
  Check,
  CodeHost,
  CommitId,
  Draft,
  HostRefusal,
  HostResult,
  Issue,
  Opened,
  Proposal,
  ProposalText,
} from '../../shared/pull-requests/code-host.ts';

interface Branch {
  readonly head: CommitId;
  readonly authorship: 'ours' | 'shared';
}

/**
 * The promises of the port as plain values, without a network: what the laws of the life cycle run on. It breaks on what
 * no host must be asked to do.
 */
export class ModelHost implements CodeHost {
  readonly plots = 'in-text';
  readonly branches = new Map<string, Branch>();
  readonly proposals: Proposal[] = [];
  readonly notes: { readonly id: string; readonly key: string; readonly text: string }[] = [];
  readonly issues: { about: string; key: string; title: string; body: string; isOpen: boolean }[] = [];
  /** Commits of people that were on a branch, and must stay there until a person removes them. */
  readonly theirs = new Map<string, CommitId>();
  /** What comes between a look and the step that follows from it. */
  meanwhile: (() => void) | null = null;
  refusal: { readonly of: 'look' | 'open'; readonly because: HostRefusal } | null = null;
  commits = 0;
  checks: readonly Check[] = [];
  readonly #now: () => EpochMs;

  constructor(now: () => EpochMs) {
    this.#now = now;
  }

  readFiles(): ReturnType<CodeHost['readFiles']> {
    return Promise.resolve({ kind: 'done', value: { commit: 'base', files: [], skipped: [] } });
  }

  readChecks(): ReturnType<CodeHost['readChecks']> {
    return Promise.resolve({ kind: 'done', value: this.checks });
  }

  look(branch: string): ReturnType<CodeHost['look']> {
    if (this.refusal?.of === 'look') return Promise.resolve({ kind: 'refused', because: this.refusal.because });
    const standing = this.branches.get(branch);
    const view = {
      branch: standing === undefined ? null : { ...standing, basedOn: 'base', lastCommitBy: 'somebody' },
      proposals: this.proposals.filter((proposal) => proposal.branch === branch).reverse(),
    };
    return Promise.resolve({ kind: 'done', value: view });
  }

  opened(since: EpochMs): ReturnType<CodeHost['opened']> {
    const value = this.proposals.filter(({ state, openedAt }) => state === 'open' || openedAt >= since);
    const { meanwhile } = this;
    this.meanwhile = null;
    meanwhile?.();
    return Promise.resolve({ kind: 'done', value });
  }

  open(draft: Draft, over: CommitId | null): Promise<HostResult<Opened>> {
    if (this.refusal?.of === 'open') return Promise.resolve({ kind: 'refused', because: this.refusal.because });
    if ((this.branches.get(draft.branch)?.head ?? null) !== over) return conflict();
    if (this.proposals.some(({ branch, state }) => branch === draft.branch && state === 'open')) return conflict();
    const head = this.#commit(draft.branch);
    const id = String(this.proposals.length + 1);
    this.proposals.push({
      id,
      url: null,
      branch: draft.branch,
      state: 'open',
      openedAt: this.#now(),
      endedAt: null,
      mergeable: 'clean',
      labels: draft.labels,
      title: draft.text.title,
      body: draft.text.body,
    });
    return Promise.resolve({ kind: 'done', value: { id, url: null, head, shortcomings: [] } });
  }

  refresh({ id }: Proposal, draft: Draft, over: CommitId): Promise<HostResult<Opened>> {
    if (this.branches.get(draft.branch)?.head !== over) return conflict();
    const head = this.#commit(draft.branch);
    this.change(id, { title: draft.text.title, body: draft.text.body, mergeable: 'clean' });
    return Promise.resolve({ kind: 'done', value: { id, url: null, head, shortcomings: [] } });
  }

  reword({ id }: Proposal, { title, body }: ProposalText): Promise<HostResult<null>> {
    this.change(id, { title, body });
    return Promise.resolve({ kind: 'done', value: null });
  }

  comment({ id }: Proposal, { key, text }: { readonly key: string; readonly text: string }): Promise<HostResult<null>> {
    if (!this.notes.some((note) => note.id === id && note.key === key)) this.notes.push({ id, key, text });
    return Promise.resolve({ kind: 'done', value: null });
  }

  async close(proposal: Proposal, farewell: Parameters<CodeHost['close']>[1]): Promise<HostResult<null>> {
    const { note, text, removeBranchAt } = farewell;
    await this.comment(proposal, note);
    this.change(proposal.id, { state: 'closed', endedAt: this.#now(), title: text.title, body: text.body });
    if (this.branches.get(proposal.branch)?.head === removeBranchAt) {
      this.#mayTouch(proposal.branch);
      this.branches.delete(proposal.branch);
    }
    return { kind: 'done', value: null };
  }

  openIssue({ about, key, title, body }: Parameters<CodeHost['openIssue']>[0]): Promise<HostResult<Issue>> {
    const known = this.issues.find((issue) => issue.key === key) ?? this.#openIssueAbout(about);
    const issue = known ?? { about, key, title, body, isOpen: true };
    if (known === undefined) this.issues.push(issue);
    else if (known.key !== key) Object.assign(known, { key, title, body });
    return Promise.resolve({ kind: 'done', value: this.#issueOf(issue) });
  }

  closeIssue({ about }: Parameters<CodeHost['closeIssue']>[0]): Promise<HostResult<Issue | null>> {
    const open = this.#openIssueAbout(about);
    if (open === undefined) return Promise.resolve({ kind: 'done', value: null });
    Object.assign(open, { key: '', isOpen: false });
    return Promise.resolve({ kind: 'done', value: this.#issueOf(open) });
  }

  #openIssueAbout(about: string): ModelHost['issues'][number] | undefined {
    return this.issues.find((issue) => issue.about === about && issue.isOpen);
  }

  #issueOf(issue: ModelHost['issues'][number]): Issue {
    return { id: String(this.issues.indexOf(issue) + 1), url: null, state: issue.isOpen ? 'open' : 'closed' };
  }

  change(id: string, over: Partial<Proposal>): void {
    const index = this.proposals.findIndex((proposal) => proposal.id === id);
    const before = this.proposals[index];
    if (before === undefined) throw new Error(`no proposal ${id}`);
    this.proposals[index] = { ...before, ...over };
  }

  /** What another invocation has done elsewhere has been done here. */
  take({ proposals, branches }: ModelHost): void {
    this.proposals.push(...proposals);
    for (const [name, branch] of branches) this.branches.set(name, branch);
  }

  /** A person pushes to a branch. */
  push(branch: string): void {
    this.commits += 1;
    const head = `theirs-${this.commits}`;
    this.branches.set(branch, { head, authorship: 'shared' });
    this.theirs.set(branch, head);
  }

  /** A person ends what is open: the branch goes with it, or stays. */
  end(branch: string, state: 'closed' | 'merged', then: 'keep' | 'remove'): void {
    const open = this.proposals.find((proposal) => proposal.branch === branch && proposal.state === 'open');
    if (open !== undefined) this.change(open.id, { state, endedAt: this.#now() });
    if (then === 'keep') return;
    this.branches.delete(branch);
    this.theirs.delete(branch);
  }

  #commit(branch: string): CommitId {
    this.#mayTouch(branch);
    this.commits += 1;
    const head = `ours-${this.commits}`;
    this.branches.set(branch, { head, authorship: 'ours' });
    return head;
  }

  #mayTouch(branch: string): void {
    if (this.theirs.has(branch)) throw new Error(`the work of a person on ${branch} would be lost`);
  }
}

function conflict(): Promise<{ readonly kind: 'refused'; readonly because: HostRefusal }> {
  return Promise.resolve({ kind: 'refused', because: { code: 'conflict', detail: 'somebody else was first' } });
}
