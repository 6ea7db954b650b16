import type { FileText, HostRefusal } from './code-host.ts';

/** Control characters, and what separates or escapes on any system; git refuses `.git` in any writing. */
const UNSAFE = /[\p{Cc}\\:]/u;

/**
 * Whether a path of the repository stands in one of the folders, judged by its text alone. `.` is the whole repository.
 * `infra` holds `infra/main.tf`, not `infrastructure/main.tf`.
 */
export function isAllowedPath(path: string, folders: readonly string[]): boolean {
  if (path === '' || UNSAFE.test(path)) return false;
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return false;
  if (segments.some((segment) => /^\.git$/i.test(segment.replaceAll(/\p{Cf}/gu, '')))) return false;
  return folders.some((folder) => folder === '.' || path.startsWith(`${folder}/`));
}

/** Why files must not be published, or `null`. An adapter asks before it writes anything. */
export function refuseFiles(files: readonly FileText[], folders: readonly string[]): HostRefusal | null {
  if (files.length === 0) return { code: 'rejected', detail: 'a proposal without a changed file' };
  const outside = files.find(({ path }) => !isAllowedPath(path, folders));
  if (outside !== undefined) {
    return { code: 'not-permitted', detail: `${outside.path} is outside the allowed folders` };
  }
  const paths = files.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  return twice === undefined ? null : { code: 'rejected', detail: `${twice} is given twice` };
}

/**
 * The folders of a policy in the one form that `isAllowedPath` knows: no slash at either end, no `./`.
 *
 * @throws RangeError for a folder that leaves the repository, or when there is none
 */
export function allowedFolders(folders: readonly string[]): readonly string[] {
  if (folders.length === 0) throw new RangeError('no folder is allowed: name at least one, or "."');
  return folders.map((folder) => {
    const plain = folder.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
    if (plain === '.' || folder === './') return '.';
    if (!isAllowedPath(`${plain}/file`, [plain])) throw new RangeError(`not a folder of the repository: ${folder}`);
    return plain;
  });
}
