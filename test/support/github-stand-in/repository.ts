import { type Commit, type Files, GitObjects, type Person, type TreeFile } from './objects.ts';

export interface Pull {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  readonly head: string;
  /** Owner of the repository from which it comes; another one for a fork. */
  readonly headOwner: string;
  headSha: string;
  readonly base: string;
  readonly createdAt: string;
  closedAt: string | null;
  mergedAt: string | null;
  mergeSha: string | null;
  labels: string[];
  readonly comments: { readonly id: number; readonly body: string; readonly by: string }[];
  /** GitHub tries to merge in the background: the first look after a change gets no answer. */
  isMergeTried: boolean;
}

export interface IssueOnGitHub {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  readonly labels: readonly string[];
  readonly comments: { readonly id: number; readonly body: string; readonly by: string }[];
}

/** What a person or a pipeline has set on a commit. GitHub keeps all; the newest of a context counts. */
export interface StatusOnGitHub {
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly targetUrl: string | null;
}

/** What an app has made on a commit. The newest of a name by one app counts. */
export interface CheckRunOnGitHub {
  readonly sha: string;
  readonly name: string;
  readonly app: string;
  /** `null`: it has not ended. */
  readonly conclusion: string | null;
  readonly detailsUrl: string | null;
}

export const WEB_FLOW: Person = { login: 'web-flow', name: 'GitHub', email: 'noreply@github.com' };

/** What a change may not do, as GitHub says it. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
}

/** One repository as GitHub keeps it. Methods named after people's deeds do what people do in the browser. */
export class Repository {
  readonly objects = new GitObjects();
  readonly refs = new Map<string, string>();
  readonly pulls: Pull[] = [];
  readonly issues: IssueOnGitHub[] = [];
  readonly statuses: StatusOnGitHub[] = [];
  readonly checkRuns: CheckRunOnGitHub[] = [];
  /** Nobody may create, move or remove these, by a rule of the repository. */
  protectedBranches: RegExp | null = null;
  /** A rule of the repository: merge only what stands on the newest base. */
  requiresUpToDate = false;
  hasIssues = true;
  readonly owner: string;
  readonly name: string;
  /** The one source of dates. */
  readonly now: () => string;
  #commentId = 0;

  constructor(owner: string, name: string, now: () => string) {
    this.owner = owner;
    this.name = name;
    this.now = now;
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  head(branch: string): string | undefined {
    return this.refs.get(`refs/heads/${branch}`);
  }

  nextNumber(): number {
    return this.pulls.length + this.issues.length + 1;
  }

  /** A person pushes a commit to a branch, which begins at the base branch when it is new. `null` removes a file. */
  push(branch: string, changes: Readonly<Record<string, string | null>>, by: Person, mode = '100644'): Commit {
    const parent = this.head(branch) ?? this.head('main');
    const files = new Map<string, TreeFile>(this.objects.tree(parent ?? '') ?? []);
    for (const [path, text] of Object.entries(changes)) {
      if (text === null) files.delete(path);
      else files.set(path, { mode, sha: this.objects.putBlob(Buffer.from(text)) });
    }
    const commit = this.objects.putCommit({
      tree: this.objects.putTree(files),
      parents: parent === undefined ? [] : [parent],
      message: 'Change by hand',
      author: by,
      committer: by,
      date: this.now(),
    });
    this.setRef(`refs/heads/${branch}`, commit.sha);
    return commit;
  }

  setRef(ref: string, sha: string): void {
    this.refs.set(ref, sha);
    for (const pull of this.pulls) {
      if (pull.state !== 'open') continue;
      pull.isMergeTried = false;
      if (`refs/heads/${pull.head}` === ref) pull.headSha = sha;
    }
  }

  deleteRef(ref: string): void {
    this.refs.delete(ref);
    for (const pull of this.pulls) if (`refs/heads/${pull.head}` === ref && pull.state === 'open') this.close(pull);
  }

  close(pull: Pull): void {
    pull.state = 'closed';
    pull.closedAt = this.now();
  }

  pull(branch: string): Pull {
    const pull = this.pulls.filter(({ head }) => head === branch).at(-1);
    if (pull === undefined) throw new Error(`no pull request from ${branch}`);
    return pull;
  }

  openPull(given: { title: string; body: string; head: string; base: string; headOwner?: string }): Pull {
    const { title, body, head, base, headOwner = this.owner } = given;
    const headSha = this.head(head);
    const baseSha = this.head(base);
    if (headSha === undefined) throw new Unprocessable('head: invalid');
    if (baseSha === undefined) throw new Unprocessable('base: invalid');
    if (this.pulls.some((pull) => pull.head === head && pull.state === 'open' && pull.headOwner === headOwner)) {
      throw new Unprocessable(`A pull request already exists for ${headOwner}:${head}.`);
    }
    if (this.objects.ahead(baseSha, headSha).length === 0) {
      throw new Unprocessable(`No commits between ${base} and ${head}`);
    }
    const pull: Pull = {
      number: this.nextNumber(),
      title,
      body,
      state: 'open',
      head,
      headOwner,
      headSha,
      base,
      createdAt: this.now(),
      closedAt: null,
      mergedAt: null,
      mergeSha: null,
      labels: [],
      comments: [],
      isMergeTried: false,
    };
    this.pulls.push(pull);
    return pull;
  }

  /** Somebody presses the button. */
  merge(branch: string, how: 'merge' | 'squash'): void {
    const pull = this.pull(branch);
    const base = this.head(pull.base) ?? '';
    const files = this.objects.merge(base, pull.headSha);
    if (files === null) throw new Error(`${branch} has conflicts`);
    const commit = this.objects.putCommit({
      tree: this.objects.putTree(files),
      parents: how === 'squash' ? [base] : [base, pull.headSha],
      message: pull.title,
      author: WEB_FLOW,
      committer: WEB_FLOW,
      date: this.now(),
    });
    this.setRef(`refs/heads/${pull.base}`, commit.sha);
    this.close(pull);
    pull.mergedAt = this.now();
    pull.mergeSha = commit.sha;
  }

  comment(number: number, body: string, by: string): { readonly id: number; readonly body: string } {
    this.#commentId += 1;
    const comment = { id: this.#commentId, body, by };
    [...this.pulls, ...this.issues].find((each) => each.number === number)?.comments.push(comment);
    return comment;
  }

  mergeability(pull: Pull): { readonly mergeable: boolean | null; readonly mergeable_state: string } {
    if (!pull.isMergeTried) {
      pull.isMergeTried = true;
      return { mergeable: null, mergeable_state: 'unknown' };
    }
    const base = this.head(pull.base) ?? '';
    if (this.objects.merge(base, pull.headSha) === null) return { mergeable: false, mergeable_state: 'dirty' };
    const isBehind = this.objects.ahead(pull.headSha, base).length > 0;
    return { mergeable: true, mergeable_state: isBehind && this.requiresUpToDate ? 'behind' : 'clean' };
  }

  texts(ref: string): Readonly<Record<string, string>> {
    const files: Files = this.objects.tree(this.refs.get(ref) ?? '') ?? new Map();
    return Object.fromEntries([...files].map(([path, { sha }]) => [path, this.objects.blob(sha)?.toString() ?? '']));
  }
}
