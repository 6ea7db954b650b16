import { TransientError } from '../../domain/errors.ts';
import type { HostRefusal } from '../../pull-requests/code-host.ts';

/** A command of git that failed, with what it had to say. Thrown and caught inside of the adapter only. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** Exit code; `timed-out`; `ENOENT` without a git. */
  readonly code: string;
  readonly stdout: string;
  readonly stderr: string;
  constructor(code: string, stdout: string, stderr: string, remote: string) {
    super(`git ended with ${code}`);
    this.code = code;
    this.stdout = withoutSecrets(stdout, remote);
    this.stderr = withoutSecrets(stderr, remote);
  }
}

/** git repeats the address of the remote, and with it a password. */
function withoutSecrets(text: string, remote: string): string {
  return text.replaceAll(remote, 'the remote').replaceAll(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}

/** What the server, or a hook of it, refused for good. */
const REMOTE_REJECTED = /\[remote rejected\].*\((?<why>.*)\)/;
/** Somebody else was first: the lease is void, or the ref was being written at the same moment. */
const STALE =
  /\((?:stale info|non-fast-forward|fetch first|atomic push failed|atomic transaction failed)\)|reference already exists|but expected|cannot lock ref|failed to update ref|incorrect old value/i;
const DENIED =
  /authentication failed|permission denied|access denied|could not read (?:username|password)|error: 40[13]|dubious ownership|not allowed/i;
const MISSING =
  /does not appear to be a git repository|repository .*not found|no such file or directory|error: 404|not our ref/i;
const PASSING =
  /could ?n.t connect|could not (?:connect|resolve)|failed to connect|connection (?:refused|reset|timed out|closed)|operation timed out|network is unreachable|early eof|rpc failed|remote end hung up|error: 5\d\d|error: 429|unable to create .*\.lock/i;

/**
 * What an error of git means for the caller.
 *
 * @throws TransientError for faults of the network and commands that took too long
 * @throws the error itself when it is not from git
 */
export function refusalFrom(doing: string, error: unknown): HostRefusal {
  if (!(error instanceof GitError)) throw error;
  const { code, stdout, stderr } = error;
  const text = `${stderr}\n${stdout}`;
  const detail = `${doing}: ${plainText(stderr === '' ? error.message : stderr)}`;
  if (code === 'ENOENT') return { code: 'rejected', detail: `${doing}: there is no git in the PATH` };
  if (code === 'timed-out') throw new TransientError(`${doing}: git took too long`);
  if (STALE.test(text)) return { code: 'conflict', detail: `${doing}: others have changed it meanwhile` };
  const why = REMOTE_REJECTED.exec(text)?.groups?.['why'];
  if (why !== undefined) return { code: 'not-permitted', detail: `${doing}: the remote rejects it: ${plainText(why)}` };
  if (DENIED.test(text)) return { code: 'not-permitted', detail };
  if (PASSING.test(text)) throw new TransientError(detail);
  if (MISSING.test(text)) return { code: 'not-found', detail };
  return { code: 'rejected', detail };
}

const DETAIL_LENGTH = 300;

function plainText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, DETAIL_LENGTH)
    .toWellFormed();
}
