import { vulnerabilitiesOf } from '../capacity/pgbouncer-versions.ts';
import type { AuditEntry, AuditRecord } from '../domain/audit.ts';
import type { PoolerSnapshot } from '../domain/pooler.ts';
import type { NoticeReason, Reason } from '../domain/reason.ts';
import type { AuditLog } from '../ports.ts';
import { appendOnce } from './append-once.ts';
import { decisionIdOf } from './decision-id.ts';
import { entryOfReasons, type Occasion } from './tell.ts';

/** The name under which the audit table knows what was noticed of the versions of a pooler. */
function versionResourceOf(pooler: string): string {
  return `${pooler}/version`;
}

/**
 * Tells of PgBouncers with known security holes: once, and again when their versions have changed.
 *
 * @returns what was told now.
 */
export async function tellVersions(
  occasion: Occasion,
  pooler: string,
  { instances }: Pick<PoolerSnapshot, 'instances'>,
  audit: AuditLog,
): Promise<readonly AuditEntry[]> {
  const versions = versionsOf(instances);
  if (versions === null) return [];
  const found = noticesOf(versions);
  const reasons: readonly NoticeReason[] = found.length === 0 ? [{ code: 'no-vulnerable-version' }] : found;
  const resource = versionResourceOf(pooler);
  const entry = entryOfReasons(
    occasion,
    {
      resource,
      transition: 'noticed',
      lever: null,
      decisionId: decisionIdOf('probe', occasion.fleet, resource, digestOf(reasons), occasion.now),
    },
    reasons,
  );
  const known = await appendOnce(audit, entry, ([newest]) => toldAlike(newest, reasons));
  return known === null ? [entry] : [];
}

/** Ids of PgBouncers by version; `null` where one of them cannot be seen. */
function versionsOf(instances: PoolerSnapshot['instances']): ReadonlyMap<string, readonly string[]> | null {
  if (instances.kind === 'unseen' || instances.value.length === 0) return null;
  const seen = instances.value.flatMap(({ instance, samples }) => {
    const newest = samples.kind === 'seen' ? samples.value.at(-1) : undefined;
    return newest === undefined ? [] : [{ id: instance.id, version: newest.reading.version }];
  });
  if (seen.length < instances.value.length) return null;
  const byVersion = Map.groupBy(seen, ({ version }) => version);
  return new Map([...byVersion].map(([version, all]) => [version, all.map(({ id }) => id)]));
}

function noticesOf(versions: ReadonlyMap<string, readonly string[]>): readonly NoticeReason[] {
  return [...versions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([version, ids]): readonly NoticeReason[] => {
      const holes = vulnerabilitiesOf(version);
      const [newest] = holes;
      return newest === undefined
        ? []
        : [
            {
              code: 'vulnerable-version',
              version,
              instances: ids,
              cves: holes.map(({ cve }) => cve),
              fixedIn: newest.fixedIn,
            },
          ];
    });
}

/** What was told last says the same; of nothing there is nothing to tell. Which task has a version is no news. */
function toldAlike(newest: AuditRecord | undefined, reasons: readonly NoticeReason[]): 'known' | null {
  const last = newest?.reasons ?? [{ code: 'no-vulnerable-version' } as const];
  return digestOf(last) === digestOf(reasons) ? 'known' : null;
}

function digestOf(reasons: readonly Reason[]): string {
  return JSON.stringify(reasons.map((reason) => ('cves' in reason ? [reason.version, ...reason.cves] : reason.code)));
}
