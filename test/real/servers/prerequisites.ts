import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps programs that it leaves out of the PATH of ordinary users. */
const POSTGRESQL_VERSIONS = '/usr/lib/postgresql';
const SYSTEM_PROGRAMS = '/usr/sbin';

/** Installs what is missing; a second run does nothing. */
export const INSTALL_COMMAND = 'scripts/install-test-servers';

/**
 * Path of a program of PostgreSQL or PgBouncer: from PATH, otherwise the newest of Debian's packages.
 *
 * @throws Error with the command that installs it
 */
export function programPath(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...postgresqlFolders(), SYSTEM_PROGRAMS];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is missing; install the test servers: ${INSTALL_COMMAND}`);
  return found;
}

function postgresqlFolders(): readonly string[] {
  if (!existsSync(POSTGRESQL_VERSIONS)) return [];
  const versions = readdirSync(POSTGRESQL_VERSIONS).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(POSTGRESQL_VERSIONS, version, 'bin'));
}

/** Who the servers run as: PostgreSQL and PgBouncer refuse to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  /** What setpriv needs to become this user; nothing for an ordinary user, whose servers are his own. */
  readonly becomeArguments: readonly string[];
}

export function serverUser(): ServerUser {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? uid, becomeArguments: [] };
  const name = ['postgres', 'nobody'].find((candidate) => idOf(candidate, '-u') !== null);
  const own = name === undefined ? null : idOf(name, '-u');
  const group = name === undefined ? null : idOf(name, '-g');
  if (own === null || group === null) {
    throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody');
  }
  return { uid: own, gid: group, becomeArguments: [`--reuid=${own}`, `--regid=${group}`, '--clear-groups'] };
}

function idOf(user: string, which: '-u' | '-g'): number | null {
  const { status, stdout } = spawnSync('id', [which, user], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : null;
}
