import {
  type Document,
  isMap,
  isNode,
  isScalar,
  type Node,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { At } from '../at.ts';
import type { HpaChange } from '../edit.ts';
import type { Place } from '../place.ts';
import { found, type Found, type Refusal, refused } from '../refusal.ts';
import { lineAt, quote } from '../text.ts';
import { plainNotation } from '../values.ts';
import { appliedWith } from './kustomize.ts';

interface Manifest {
  readonly path: string;
  readonly text: string;
  readonly root: YAMLMap;
}

/** Places of a bound of a HorizontalPodAutoscaler in the manifests, by its name and namespace. */
export function autoscalerPlaces(
  files: ReadonlyMap<string, string>,
  { name, namespace, field }: { readonly name: string; readonly namespace: string } & Pick<HpaChange, 'field'>,
): Found<readonly Place[]> {
  const sought = `HorizontalPodAutoscaler ${name} in namespace ${namespace}`;
  const { manifests, faults } = autoscalersIn(files);
  const named = manifests.filter(({ root }) => plain(root, ['metadata', 'name']) === name);
  const inNamespace = named.filter(({ root }) => plain(root, ['metadata', 'namespace']) === namespace);
  // Without a namespace in the manifest, whoever applies it says which one it goes to.
  const open = named.filter(({ root }) => plain(root, ['metadata', 'namespace']) === undefined);
  const chosen = inNamespace.length > 0 ? inNamespace : open;
  const [only, ...others] = chosen;
  if (only === undefined) {
    const [fault] = faults;
    return refused(fault ?? { code: 'not-found', sought, unreadable: [] });
  }
  if (others.length > 0) {
    return refused({ code: 'several-candidates', sought, places: chosen.map((manifest) => startOf(manifest)) });
  }
  const overlays = (): readonly At[] => appliedWith(files, only.path);
  return fieldPlace(only, field, `${name}.spec.${field}`, overlays);
}

function fieldPlace(
  manifest: Manifest,
  field: string,
  name: string,
  overlays: () => readonly At[],
): Found<readonly Place[]> {
  const { path, text, root } = manifest;
  const node = root.getIn(['spec', field], true);
  if (node === undefined || node === null) {
    return refused({ code: 'attribute-missing', at: startOf(manifest), attribute: name });
  }
  const range = rangeOf(node);
  if (!isScalar(node) || range === null || !isNumber(node)) {
    const start = range?.[0] ?? root.range?.[0] ?? 0;
    const expression = quote(text.slice(start, range?.[1] ?? start));
    return refused({ code: 'computed', at: { path, line: lineAt(text, start) }, expression });
  }
  const [start, end] = range;
  const quoteMark = /^["']/.exec(text.slice(start, end))?.[0] ?? '';
  return found([
    {
      range: { path, start, end },
      at: { path, line: lineAt(text, start) },
      name,
      through: [],
      present: Number(node.value),
      ignored: null,
      write: (to) => {
        const digits = typeof to === 'number' && Number.isInteger(to) ? plainNotation(to) : null;
        return digits === null ? null : `${quoteMark}${digits}${quoteMark}`;
      },
      notation: 'yaml',
      // An anchor hands the same number to its aliases, a base to its overlays.
      sharedWith: () =>
        node.anchor === undefined ? sharedBase(manifest, start, name, overlays()) : sharedAnchor(manifest, node, name),
    },
  ]);
}

function sharedAnchor({ path, text }: Manifest, node: Scalar, name: string): Refusal {
  const at = { path, line: lineAt(text, node.range?.[0] ?? 0) };
  return { code: 'shared', at, name: `&${node.anchor ?? ''} of ${name}`, others: [at] };
}

function sharedBase({ path, text }: Manifest, start: number, name: string, overlays: readonly At[]): Refusal | null {
  const at = { path, line: lineAt(text, start) };
  return overlays.length > 1 ? { code: 'shared', at, name, others: overlays } : null;
}

function isNumber({ value }: Scalar): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

function rangeOf(node: unknown): readonly [number, number] | null {
  if (!isNode(node) || node.range === undefined || node.range === null) return null;
  const [start, end] = node.range;
  return [start, end];
}

function plain(root: YAMLMap, path: readonly string[]): unknown {
  const value: unknown = root.getIn(path);
  return value === null ? undefined : value;
}

function startOf({ path, text, root }: Manifest) {
  return { path, line: lineAt(text, root.range?.[0] ?? 0) };
}

function autoscalersIn(files: ReadonlyMap<string, string>) {
  const manifests: Manifest[] = [];
  const faults: Refusal[] = [];
  for (const [path, text] of files) {
    if (!/\.ya?ml$/.test(path) || !text.includes('HorizontalPodAutoscaler')) continue;
    for (const document of documentsIn(text)) {
      const [error] = document.errors;
      if (error !== undefined) faults.push(faultOf(path, text, error.pos[0]));
      else manifests.push(...autoscalersOf(document.contents).map((root) => ({ path, text, root })));
    }
  }
  return { manifests, faults };
}

/** A template of Helm is text that becomes YAML later: whatever stands there is not the value. */
function faultOf(path: string, text: string, offset: number): Refusal {
  const at = { path, line: lineAt(text, offset) };
  const near = quote(text.slice(offset).slice(0, 200));
  return text.includes('{{') ? { code: 'computed', at, expression: near } : { code: 'syntax-error', at, near };
}

function documentsIn(text: string): readonly Document[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  return Array.isArray(documents) ? documents : [];
}

/** Every scalar and alias of a YAML file, in order; `null` where it cannot be read. */
export function scalarsIn(
  text: string,
): readonly { readonly type: string; readonly start: number; readonly end: number }[] | null {
  const documents = documentsIn(text);
  if (documents.some(({ errors }) => errors.length > 0)) return null;
  const scalars: { readonly type: string; readonly start: number; readonly end: number }[] = [];
  const add = (type: string, node: Node): void => {
    const [start = 0, end = 0] = node.range ?? [];
    scalars.push({ type, start, end });
  };
  for (const document of documents) {
    visit(document, {
      Scalar: (_, node) => {
        add(node.type ?? 'scalar', node);
      },
      Alias: (_, node) => {
        add('alias', node);
      },
    });
  }
  return scalars;
}

/** The autoscaler that a document is, or those of a `List`. */
function autoscalersOf(node: unknown): readonly YAMLMap[] {
  if (!isMap(node)) return [];
  const kind: unknown = node.get('kind');
  const items: unknown = node.get('items');
  if (
    kind === 'List' &&
    typeof items === 'object' &&
    items !== null &&
    'items' in items &&
    Array.isArray(items.items)
  ) {
    return items.items.flatMap(autoscalersOf);
  }
  const version: unknown = node.get('apiVersion');
  const isAutoscaler = kind === 'HorizontalPodAutoscaler' && String(version).startsWith('autoscaling/');
  return isAutoscaler ? [node] : [];
}
