import { found, type Found, refused } from './refusal.ts';

/** Folder of a file or folder; `''` is the root of the repository. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `source` of a local module as a folder of the repository; `null` where it leaves the repository. */
export function joinPath(folder: string, relative: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

function isWithin(path: string, folder: string): boolean {
  const plain = folder.replace(/^\.\/+/, '').replace(/\/+$/, '');
  return plain === '' || plain === '.' || path === plain || path.startsWith(`${plain}/`);
}

const UNSAFE_PART = /^(|\.|\.\.|\.git|[a-z]:)$/i;

/** A path that means the same file for git, for us and for whoever checks the branch out. */
function isPlainPath(path: string): boolean {
  return (
    !/[\\\p{Cc}]/u.test(path) && !/^[a-z]:/i.test(path) && path.split('/').every((part) => !UNSAFE_PART.test(part))
  );
}

/** git gives a symbolic link as a file with nothing but the path it points to. */
export function looksLikeSymbolicLink(text: string): boolean {
  return text.length < 4_096 && /^(\.{0,2}\/)?[\w.-]+(\/[\w.-]+)*\.(tf|tfvars|json|ya?ml|ini)$/.test(text);
}

/** Whether a file may be edited, and if not, why. */
export function allowEdit(path: string, text: string, editable: readonly string[]): Found<string> {
  if (!isPlainPath(path)) return refused({ code: 'path-not-allowed', path, why: 'not-a-plain-path' });
  if (looksLikeSymbolicLink(text)) return refused({ code: 'path-not-allowed', path, why: 'symbolic-link' });
  if (!editable.some((folder) => isWithin(path, folder) && !folder.split('/').includes('..'))) {
    return refused({ code: 'path-not-allowed', path, why: 'outside-editable-folders' });
  }
  return found(path);
}
