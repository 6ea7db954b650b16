/** A security hole of PgBouncer, as https://www.pgbouncer.org/changelog.html tells of it. */
export interface Vulnerability {
  readonly cve: string;
  /** First version with the hole; `null` where all before the fix have it. */
  readonly since: string | null;
  readonly fixedIn: string;
  readonly summary: string;
}

const VULNERABILITIES: readonly Vulnerability[] = [
  {
    cve: 'CVE-2026-6664',
    since: null,
    fixedIn: '1.25.2',
    summary: 'anybody can crash PgBouncer with a malformed SCRAM packet, without logging in',
  },
  {
    cve: 'CVE-2026-6665',
    since: null,
    fixedIn: '1.25.2',
    summary: 'a malicious server can overflow the stack with a long SCRAM nonce',
  },
  {
    cve: 'CVE-2026-6666',
    since: null,
    fixedIn: '1.25.2',
    summary: 'a server error without SQLSTATE can crash PgBouncer',
  },
  {
    cve: 'CVE-2026-6667',
    // KILL_CLIENT came with 1.24.0.
    since: '1.24.0',
    fixedIn: '1.25.2',
    summary: 'users in stats_users can end connections of clients with KILL_CLIENT',
  },
  {
    cve: 'CVE-2025-12819',
    // track_extra_parameters came with 1.20.0.
    since: '1.20.0',
    fixedIn: '1.25.1',
    summary: 'SQL of anybody runs at login where auth_user is set and track_extra_parameters has search_path',
  },
  {
    cve: 'CVE-2025-2291',
    since: null,
    fixedIn: '1.24.1',
    summary: 'the default auth_query lets passwords in whose VALID UNTIL has passed',
  },
  {
    cve: 'CVE-2021-3935',
    since: null,
    fixedIn: '1.16.1',
    summary: 'a man in the middle can inject SQL before TLS where certificates replace passwords',
  },
];

/**
 * The known holes of a version, newest fix first; none where the version cannot be read.
 *
 * Distributions mend old versions without a new number (1.18.0 of Debian 12 stays 1.18.0), and SHOW VERSION shows the
 * number alone: a hole named here is one to check, not a proof.
 *
 * @param version as in SHOW VERSION, `1.25.2`
 */
export function vulnerabilitiesOf(version: string): readonly Vulnerability[] {
  const parts = partsOf(version);
  if (parts === null) return [];
  return VULNERABILITIES.filter(
    ({ since, fixedIn }) => isBefore(parts, fixedIn) && (since === null || !isBefore(parts, since)),
  );
}

type Parts = readonly [major: number, minor: number, patch: number];

function partsOf(version: string): Parts | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (match === null) return null;
  const [, major, minor, patch = '0'] = match;
  return [Number(major), Number(minor), Number(patch)];
}

function isBefore(version: Parts, other: string): boolean {
  const [major, minor, patch] = partsOf(other) ?? [0, 0, 0];
  const difference = version[0] - major || version[1] - minor || version[2] - patch;
  return difference < 0;
}
