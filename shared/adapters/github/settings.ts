/** One repository on GitHub, or on a GitHub Enterprise Server. */
export interface GitHubSettings {
  /** `https://api.github.com`, or `https://github.example.org/api/v3`. */
  readonly apiUrl: string;
  readonly owner: string;
  readonly repository: string;
  readonly baseBranch: string;
  /** Folders that may be read and changed; `.` is everything. */
  readonly folders: readonly string[];
  readonly credentials: Credentials;
  readonly author: CommitAuthor;
  readonly patience: Patience;
}

export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'app';
      readonly appId: string;
      /** PEM, PKCS 1 or PKCS 8. */
      readonly privateKey: string;
      readonly installationId: string;
    };

/**
 * Whose commits are ours.
 *
 * - `app`: GitHub signs them for the app, so that they are shown as verified; `login` is `slug[bot]`
 * - `named`: name and address are written into them, unsigned
 */
export type CommitAuthor =
  | { readonly kind: 'app'; readonly login: string }
  | { readonly kind: 'named'; readonly name: string; readonly email: string };

export interface Patience {
  /** Unit of the growing pauses between attempts, and of the pauses that GitHub asks for; 1,000 in production. */
  readonly secondMs: number;
  /** A longer pause than this is not waited for: the queue in front tries again. */
  readonly pauseAtMostSeconds: number;
  /** How long one request may take. */
  readonly requestMs: number;
}

/** What GitHub asks of its clients: a second between writes, three between those that notify people. */
export const DEFAULT_PATIENCE: Patience = { secondMs: 1_000, pauseAtMostSeconds: 10, requestMs: 15_000 };
