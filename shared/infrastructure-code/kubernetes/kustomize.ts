import { parse } from 'yaml';
import type { At } from '../at.ts';
import { folderOf, joinPath, nameOf } from '../paths.ts';

interface Kustomization {
  readonly path: string;
  readonly folder: string;
  /** Files and folders of the repository that it takes in. */
  readonly takes: readonly string[];
}

/**
 * The kustomizations that are applied, and that a manifest is part of: those that no other one takes in. Several of them
 * are several environments.
 */
export function appliedWith(files: ReadonlyMap<string, string>, manifest: string): readonly At[] {
  const all = [...files].flatMap(([path, text]) => kustomizationIn(path, text) ?? []);
  const taken = new Set(all.flatMap(({ takes }) => takes));
  return all
    .filter((each) => !taken.has(each.folder) && takesIn(all, each, manifest))
    .map(({ path }) => ({ path, line: 1 }));
}

function takesIn(all: readonly Kustomization[], { folder }: Kustomization, manifest: string): boolean {
  const reached = new Set([folder]);
  // Grows while it is walked: what is taken in takes in others.
  for (const each of reached) {
    for (const next of all.filter((one) => one.folder === each).flatMap(({ takes }) => takes)) reached.add(next);
  }
  return reached.has(manifest);
}

const LISTS = ['resources', 'bases', 'components'] as const;

function kustomizationIn(path: string, text: string): Kustomization | null {
  if (!/^kustomization\.ya?ml$/.test(nameOf(path))) return null;
  const folder = folderOf(path);
  const content = contentOf(text);
  const takes = LISTS.flatMap((list) => {
    const entries: unknown = content[list];
    return Array.isArray(entries) ? entries.filter((entry) => typeof entry === 'string') : [];
  })
    .map((entry) => joinPath(folder, entry))
    .filter((taken) => taken !== null);
  return { path, folder, takes };
}

/** One that cannot be read takes nothing in: it cannot be applied either. */
function contentOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = parse(text, { logLevel: 'silent' });
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}
