import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { FileText } from './code-host.ts';

/** Every branch of ours begins with this; all others belong to somebody else. */
export const BRANCH_PREFIX = 'fulcrum/';

/** What a proposal is about. One branch, and so at most one open proposal, for each. */
export interface Subject {
  readonly fleet: string;
  readonly lever: string;
  /** `service/production/core-api`. */
  readonly resource: string;
}

/** The one branch of a subject, `fulcrum/production/database-class/core-db`. */
export function branchOf({ fleet, lever, resource }: Subject): string {
  return `${BRANCH_PREFIX}${[fleet, lever, resource].map(slug).join('/')}`;
}

const SLUG_LENGTH = 60;

/**
 * A name as git, file systems and addresses all take it. What does not survive the change is told apart by a digest:
 * `db/core` and `db.core` must not share a branch.
 */
export function slug(name: string): string {
  if (name.length <= SLUG_LENGTH && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return name;
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, SLUG_LENGTH);
  return [plain, sha256(name).slice(0, 8)].filter((part) => part !== '').join('-');
}

/**
 * What makes two proposals the same: subject and target value. Evidence and place of the change are not part of it, so that
 * the no of a person to a value holds however the numbers behind it move.
 *
 * @param to the target value as plain data
 */
export function proposalDigest(subject: Subject, to: unknown): string {
  const { fleet, lever, resource } = subject;
  return sha256(canonicalJson({ fleet, lever, resource, to }));
}

/** What makes two edits the same: the files before and after. It differs when the base moves under an edit. */
export function editDigest(before: readonly FileText[], after: readonly FileText[]): string {
  const sorted = (files: readonly FileText[]): unknown =>
    files.map(({ path, text }) => [path, sha256(text)]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return sha256(canonicalJson([sorted(before), sorted(after)]));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
