import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { permissionsPage } from '../serverless/permissions-page.ts';
import { configurationJsonSchema, type SchemaNode } from '../shared/config/json-schema.ts';

/**
 * Writes what is derived: from the schema of `fulcrum.yml` the JSON Schema for editors and the reference page, from
 * serverless.yml the page of permissions. With `--check` nothing is written, and a stale copy is an error.
 */
const ROOT = join(import.meta.dirname, '..');
const MEND = 'npm run docs';

export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  const schema = configurationJsonSchema();
  const smallest = await readFile(join(ROOT, 'examples/minimal.yml'), 'utf8');
  const serverlessYml = await readFile(join(ROOT, 'serverless.yml'), 'utf8');
  return [
    { path: 'fulcrum.schema.json', text: `${JSON.stringify({ title: 'fulcrum.yml', ...schema }, null, 2)}\n` },
    { path: 'docs/configuration.md', text: referencePage(schema, smallest) },
    { path: 'docs/permissions.md', text: permissionsPage(serverlessYml, MEND) },
  ];
}

/** The copies that differ from what the schema says now. */
export async function staleFiles(files: readonly GeneratedFile[], root = ROOT): Promise<readonly GeneratedFile[]> {
  const copies = await Promise.all(files.map(({ path }) => readFile(join(root, path), 'utf8').catch(() => null)));
  return files.filter(({ text }, index) => copies[index] !== text);
}

export function referencePage(schema: SchemaNode, smallest: string): string {
  return `${[introduction(smallest), ...sections('', schema)].join('\n\n')}\n`;
}

function introduction(smallest: string): string {
  return `<!-- Written by \`${MEND}\` from shared/config/schema.ts: edit that. -->

# Configuration

One file, \`fulcrum.yml\`, describes the fleets: services that share a database and a budget. It is YAML 1.2, with anchors
and merge keys (\`<<\`). The smallest one:

\`\`\`yaml
${smallest
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .trim()}
\`\`\`

- \`npx fulcrum validate\` finds everything that is wrong at once, with line, column and what was expected.
- The first line \`# yaml-language-server: $schema=./fulcrum.schema.json\` gives editors completion and these descriptions.
- An unknown key is an error, not a comment. Every lever observes only, until its \`mode\` says otherwise.
- The policy version in audit records is a hash of the content: comments, the order of keys and written-out defaults do
  not change it.

Beyond single keys these are checked: \`min\` ≤ \`max\` ≤ \`hardLimit\` and floors within it; CPU and memory that Fargate
offers; every pool leads to a \`pooler\` or \`database\` that is described; local times that a clock change skips or repeats;
names and event ids are unique; no resource of AWS has two owners.

Names are lower-case letters, digits and hyphens. Units stand in the keys; a month has 730 hours.`;
}

/** One section for the node, and one for each list or map below it down to the parts of a fleet. */
function sections(path: string, node: SchemaNode): readonly string[] {
  const own = Object.entries(node.properties ?? {}).filter(([, child]) => hasSectionBelow(path, child));
  const title = path === '' ? 'fulcrum.yml' : path;
  const rows = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    own.some(([name]) => name === key)
      ? [row(key, child, node, sectionLink(path, key, child))]
      : rowsOf(key, child, node),
  );
  const table = ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const text = node.description === undefined || path === '' ? '' : `${node.description}\n\n`;
  return [
    `## \`${title}\`\n\n${text}${table}`,
    ...own.flatMap(([key, child]) => sections(below(path, key, child), described(child))),
  ];
}

function hasSectionBelow(path: string, child: SchemaNode): boolean {
  const isFleetOrAbove = path === '' || path === 'fleets[]';
  return isFleetOrAbove && (child.properties !== undefined || child.items?.properties !== undefined);
}

function described(child: SchemaNode): SchemaNode {
  if (child.items === undefined) return child;
  return child.description === undefined ? child.items : { ...child.items, description: child.description };
}

function below(path: string, key: string, child: SchemaNode): string {
  return `${path === '' ? '' : `${path}.`}${key}${child.items === undefined ? '' : '[]'}`;
}

function sectionLink(path: string, key: string, child: SchemaNode): string {
  const title = below(path, key, child);
  const anchor = title.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');
  return child.items === undefined ? `[map](#${anchor})` : `[list](#${anchor})`;
}

/** A key with everything below it, in dotted form. */
function rowsOf(key: string, node: SchemaNode, holder: SchemaNode): readonly string[] {
  const inner = node.items ?? node;
  const prefix = node.items === undefined ? key : `${key}[]`;
  const children = Object.entries(inner.properties ?? {}).flatMap(([name, child]) =>
    rowsOf(`${prefix}.${name}`, child, { ...inner, ...(isMap(node.default) ? { default: node.default } : {}) }),
  );
  return [row(key, node, holder, valueOf(node)), ...children];
}

function row(key: string, node: SchemaNode, holder: SchemaNode, value: string): string {
  const cells = [`\`${key}\``, value, defaultOf(key, node, holder), node.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function valueOf(node: SchemaNode): string {
  if (node.properties !== undefined) return 'map';
  if (node.items?.properties !== undefined) return 'list';
  const example = node.examples?.[0];
  if (example !== undefined) return `like \`${written(example)}\``;
  if (node.items !== undefined) return `list of ${scalarOf(node.items)}`;
  if (typeof node.additionalProperties === 'object') return `map to ${scalarOf(node.additionalProperties)}`;
  return scalarOf(node);
}

/** Short enough for a column; the loader has the long form. */
function scalarOf({ enum: names, const: only, type, format, ...range }: SchemaNode): string {
  if (only !== undefined) return `\`${written(only)}\``;
  if (names !== undefined) return names.map((name) => `\`${written(name)}\``).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'string') return format ?? 'text';
  const { minimum = 0, exclusiveMinimum, maximum } = range;
  const kind = type === 'integer' ? 'whole' : 'number';
  if (exclusiveMinimum !== undefined) {
    return `${kind}, above ${exclusiveMinimum}${maximum === undefined ? '' : ` to ${maximum}`}`;
  }
  return `${kind}, ${maximum === undefined ? `at least ${minimum}` : `${minimum}–${maximum}`}`;
}

function defaultOf(key: string, node: SchemaNode, holder: SchemaNode): string {
  const name = key.split('.').at(-1) ?? key;
  const given = isMap(holder.default) && Object.hasOwn(holder.default, name) ? holder.default[name] : node.default;
  if (given !== undefined)
    return isMap(given) && Object.keys(given).length === 0 ? 'see below' : `\`${written(given)}\``;
  return holder.required?.includes(name) === true ? 'required' : 'none';
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As it is written in YAML. */
function written(value: unknown): string {
  if (typeof value === 'string') return /^\d+$/.test(value) ? `'${value}'` : value;
  if (!isMap(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, item]) => `${key}: ${written(item)}`);
  return `{ ${pairs.join(', ')} }`;
}

async function check(): Promise<void> {
  const stale = await staleFiles(await generatedFiles());
  for (const { path } of stale) console.error(`${path} is stale: run \`${MEND}\` and commit what it writes.`);
  if (stale.length > 0) process.exitCode = 1;
}

async function write(): Promise<void> {
  const stale = await staleFiles(await generatedFiles());
  await Promise.all(stale.map(({ path, text }) => writeFile(join(ROOT, path), text)));
  console.log(stale.length === 0 ? 'Everything is up to date.' : stale.map(({ path }) => `wrote ${path}`).join('\n'));
}

if (import.meta.main) await (process.argv.includes('--check') ? check() : write());
