import type { Clock } from '../../ports.ts';
import type { Seconds } from '../../domain/units.ts';

/** One git remote. Needs a `git` of 2.38 or later in the PATH. */
export interface GitSettings {
  /** Path of a repository, or its address; addresses with a password in them are never repeated in an error. */
  readonly remote: string;
  readonly baseBranch: string;
  /** Folders that may be read and changed; `.` is everything. */
  readonly folders: readonly string[];
  /** Where we keep our copy of the remote. It can be removed at any time. */
  readonly workFolder: string;
  /** Where the text of each proposal is written for people to read; `null`: nowhere but in the remote. */
  readonly textFolder: string | null;
  /** Name and address of our commits; commits of any other address are somebody else's. */
  readonly author: { readonly name: string; readonly email: string };
  readonly clock: Clock;
  /** How long one command of git may take. */
  readonly commandSeconds: Seconds;
}

export const GIT_AUTHOR = { name: 'Fulcrum', email: 'fulcrum@invalid' } as const;
