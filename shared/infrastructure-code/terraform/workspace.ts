import { type Document, openDocument } from '../hcl/document.ts';
import type { TerraformParser } from '../hcl/parser.ts';
import type { UnreadFile } from '../edit.ts';
import type { Attribute, Block } from '../hcl/syntax.ts';
import { parseJson } from '../json.ts';
import type { At } from '../at.ts';
import { folderOf, looksLikeSymbolicLink, nameOf } from '../paths.ts';
import type { Refusal } from '../refusal.ts';
import { lineAt, quote, type Range } from '../text.ts';

/**
 * The Terraform of a repository. Files are parsed when something in them is asked for, and kept until `free`.
 */
export class Workspace {
  readonly #files: ReadonlyMap<string, string>;
  readonly #parser: TerraformParser;
  readonly #documents = new Map<string, Document>();
  readonly #faults = new Map<string, Refusal>();
  readonly #folders: ReadonlyMap<string, readonly string[]>;
  readonly #blocks = new Map<string, readonly Block[]>();
  readonly #jsonOverrides: readonly string[];
  readonly unread: readonly UnreadFile[];
  /** Of what was not read, too. */
  readonly paths: readonly string[];
  readonly terraformFiles: readonly string[];

  constructor(files: ReadonlyMap<string, string>, parser: TerraformParser, unread: readonly UnreadFile[]) {
    this.#files = files;
    this.#parser = parser;
    this.unread = unread;
    this.paths = [...files.keys(), ...unread.map(({ path }) => path)];
    this.#jsonOverrides = [...files.keys()].filter((path) => isOverride(path.replace(/\.json$/, '')));
    this.terraformFiles = [...files.keys()].filter((path) => path.endsWith('.tf')).toSorted();
    this.#folders = Map.groupBy(this.terraformFiles, folderOf);
  }

  free(): void {
    for (const document of this.#documents.values()) document.free();
    this.#documents.clear();
  }

  hasFolder(folder: string): boolean {
    return this.#folders.has(folder);
  }

  text(path: string): string {
    return this.#files.get(path) ?? '';
  }

  at({ path, start }: Range): At {
    return { path, line: lineAt(this.text(path), start) };
  }

  quote({ path, start, end }: Range): string {
    return quote(this.text(path).slice(start, Math.min(end, start + 500)));
  }

  document(path: string): Document {
    const known = this.#documents.get(path);
    if (known !== undefined) return known;
    const document = openDocument(path, this.text(path), this.#parser);
    this.#documents.set(path, document);
    if (document.fault !== null) {
      this.#faults.set(path, faultOf(document, document.fault));
    }
    return document;
  }

  /** What could not be read, of what was read so far. */
  faults(matters: (path: string) => boolean): readonly Refusal[] {
    return [...this.#faults].flatMap(([path, fault]) => (matters(path) ? [fault] : []));
  }

  /** Blocks of one type at the top of the files of a folder, those of override files left out. */
  blocks(folder: string, type: string): readonly Block[] {
    return this.#cached(`${folder}\n${type}`, folder, type, (name) => !isOverride(name));
  }

  /** Every block at the top of the files of a folder, override files included. */
  allBlocks(folder: string): readonly Block[] {
    return (this.#folders.get(folder) ?? []).flatMap((path) => this.document(path).blocks);
  }

  /** All blocks of one type in the override files of a folder. */
  overrides(folder: string, type: string): readonly Block[] {
    return this.#cached(`${folder}\n${type}\noverrides`, folder, type, isOverride);
  }

  #cached(key: string, folder: string, type: string, wanted: (name: string) => boolean): readonly Block[] {
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    const blocks = (this.#folders.get(folder) ?? [])
      .filter((path) => wanted(nameOf(path)) && this.text(path).includes(type))
      .flatMap((path) => this.document(path).blocks.filter((block) => block.type === type));
    this.#blocks.set(key, blocks);
    return blocks;
  }

  /** The block of these labels, `['aws_db_instance', 'main']` or `['instance_class']`. */
  block(folder: string, type: string, labels: readonly string[]): Block | undefined {
    return this.blocks(folder, type).find((block) => sameLabels(block, labels));
  }

  override(folder: string, { type, labels }: Pick<Block, 'type' | 'labels'>): Overriding | undefined {
    return (
      this.overrides(folder, type).find((block) => sameLabels(block, labels)) ??
      this.#overrideInJson(folder, [type, ...labels])
    );
  }

  /** Every definition of a local: Terraform takes one. */
  locals(folder: string, name: string): readonly Attribute[] {
    return localsIn(this.blocks(folder, 'locals'), name);
  }

  overridingLocal(folder: string, name: string): Overriding | undefined {
    return localsIn(this.overrides(folder, 'locals'), name)[0] ?? this.#overrideInJson(folder, ['locals', name]);
  }

  /** An override file in the JSON syntax, judged by the words in it alone. */
  #overrideInJson(folder: string, words: readonly string[]): Overriding | undefined {
    const quoted = words.map((word) => JSON.stringify(word));
    const path = this.#jsonOverrides.find(
      (each) => folderOf(each) === folder && quoted.every((word) => this.text(each).includes(word)),
    );
    if (path === undefined) return undefined;
    const start = this.text(path).indexOf(quoted.at(-1) ?? '');
    return { range: { path, start, end: start } };
  }

  /** What a variable file sets a variable to. */
  variableIn(path: string, name: string): Attribute | undefined {
    if (!this.#files.has(path)) return undefined;
    if (!path.endsWith('.json')) {
      return this.document(path).attributes.find((attribute) => attribute.name === name);
    }
    const text = this.text(path);
    const parsed = parseJson(text, { path, start: 0, end: text.length }, 'json');
    if (parsed.kind === 'refused') {
      this.#faults.set(path, parsed.because);
      return undefined;
    }
    if (parsed.value.kind !== 'object') return undefined;
    const element = parsed.value.elements.find(({ key }) => key.kind === 'literal' && key.value === name);
    return element === undefined ? undefined : { name, range: element.value.range, expression: element.value };
  }
}

/** Where something stands that has the last word. */
type Overriding = Pick<Block, 'range'>;

function localsIn(blocks: readonly Block[], name: string): readonly Attribute[] {
  return blocks.flatMap(({ body }) => body.attributes.filter((attribute) => attribute.name === name));
}

function faultOf({ path, text }: Document, { offset, near }: NonNullable<Document['fault']>): Refusal {
  return looksLikeSymbolicLink(text)
    ? { code: 'path-not-allowed', path, why: 'symbolic-link' }
    : { code: 'syntax-error', at: { path, line: lineAt(text, offset) }, near };
}

function sameLabels(block: Block, labels: readonly string[]): boolean {
  return block.labels.length === labels.length && block.labels.every((label, index) => label === labels[index]);
}

export function isOverride(path: string): boolean {
  const name = nameOf(path);
  return name === 'override.tf' || name.endsWith('_override.tf');
}
