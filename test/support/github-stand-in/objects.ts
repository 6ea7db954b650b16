import { createHash } from 'node:crypto';

export interface TreeFile {
  readonly mode: string;
  readonly sha: string;
}

/** Files of a whole tree by path. Folders are derived from the paths, as git does. */
export type Files = ReadonlyMap<string, TreeFile>;

export interface Person {
  readonly login: string | null;
  readonly name: string;
  readonly email: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
  readonly date: string;
}

export function sha1(text: string | Buffer): string {
  return createHash('sha1').update(text).digest('hex');
}

/** A store of blobs, trees and commits, addressed by their contents. */
export class GitObjects {
  readonly #blobs = new Map<string, Buffer>();
  readonly #trees = new Map<string, Files>();
  readonly #commits = new Map<string, Commit>();

  putBlob(content: Buffer): string {
    const sha = sha1(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]));
    this.#blobs.set(sha, content);
    return sha;
  }

  blob(sha: string): Buffer | undefined {
    return this.#blobs.get(sha);
  }

  putTree(files: Files): string {
    const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
    const sha = sha1(`tree ${sorted.map(([path, file]) => `${file.mode} ${path} ${file.sha}`).join('\n')}`);
    this.#trees.set(sha, new Map(sorted));
    return sha;
  }

  /** @param sha of a tree or a commit */
  tree(sha: string): Files | undefined {
    return this.#trees.get(this.#commits.get(sha)?.tree ?? sha);
  }

  putCommit(commit: Omit<Commit, 'sha'>): Commit {
    const made = { ...commit, sha: sha1(`commit ${JSON.stringify(commit)}`) };
    this.#commits.set(made.sha, made);
    return made;
  }

  commit(sha: string): Commit | undefined {
    return this.#commits.get(sha);
  }

  /** The commit and all before it, nearest first. */
  ancestry(sha: string): readonly Commit[] {
    const seen = new Map<string, Commit>();
    const queue = [sha];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const commit = this.#commits.get(next);
      if (commit === undefined || seen.has(next)) continue;
      seen.set(next, commit);
      queue.push(...commit.parents);
    }
    return [...seen.values()];
  }

  mergeBase(a: string, b: string): Commit | undefined {
    const ofA = new Set(this.ancestry(a).map(({ sha }) => sha));
    return this.ancestry(b).find(({ sha }) => ofA.has(sha));
  }

  /** Commits of `head` that `base` lacks, oldest first. */
  ahead(base: string, head: string): readonly Commit[] {
    const known = new Set(this.ancestry(base).map(({ sha }) => sha));
    return this.ancestry(head)
      .filter(({ sha }) => !known.has(sha))
      .reverse();
  }

  /** The tree of both sides' changes; `null` when they have changed the same file differently. */
  merge(base: string, head: string): Files | null {
    const common = this.tree(this.mergeBase(base, head)?.sha ?? '') ?? new Map<string, TreeFile>();
    const ours = this.tree(base) ?? new Map<string, TreeFile>();
    const theirs = this.tree(head) ?? new Map<string, TreeFile>();
    const merged = new Map(ours);
    for (const path of new Set([...common.keys(), ...theirs.keys()])) {
      const [was, mine, other] = [common, ours, theirs].map((files) => files.get(path)?.sha);
      if (other === was || other === mine) continue;
      if (mine !== was) return null;
      const file = theirs.get(path);
      if (file === undefined) merged.delete(path);
      else merged.set(path, file);
    }
    return merged;
  }
}
