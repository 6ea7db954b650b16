import { encodeHclString } from '../hcl/literal.ts';
import { type Attribute, attributeOf, type Block, type Body, type Expression, partsOf } from '../hcl/syntax.ts';
import { found, type Found, refused } from '../refusal.ts';
import type { ResourceAt } from '../terraform/find-resource.ts';
import type { Instance } from '../terraform/instances.ts';
import type { Resolver } from '../terraform/resolver.ts';
import { lineEndOf, type Range, splice, type Splice } from '../text.ts';

export interface NewBlock {
  readonly path: string;
  /** Where its text goes, the blank line before it included. */
  readonly offset: number;
  readonly text: string;
  readonly label: string;
  /** Whether it carries the identifier that was asked for. */
  readonly isNamed: boolean;
}

/**
 * A copy of a replica that there is already, under another name. Strings that begin with the name of the model
 * (`tags`, `final_snapshot_identifier`) begin with the new one.
 */
export function copyOfSibling(
  resolver: Resolver,
  { block, instance }: ResourceAt,
  identifier: string,
): Found<NewBlock> {
  const forEach = attributeOf(block.body, 'for_each');
  const { workspace } = resolver;
  if (forEach !== undefined) {
    const at = workspace.at(forEach.range);
    return refused({ code: 'repeated', at, by: 'for_each', expression: workspace.quote(forEach.expression.range) });
  }
  const label = freeLabel(resolver, block, identifier, instance.folder);
  const named = attributeOf(block.body, 'identifier');
  const old = named === undefined ? null : nameIn(resolver, named, instance);
  const splices: readonly Splice[] = [
    { range: block.nameRange, text: relabelled(workspace.text(block.range.path), block.nameRange, label) },
    ...(named === undefined ? [] : [{ range: named.expression.range, text: encodeHclString(identifier) }]),
    ...(old === null ? [] : renamedStrings(block.body, named, old, identifier)),
  ];
  const { path, start, end } = block.range;
  const text = splice(workspace.text(path).slice(start, end), within(splices, start));
  return found(placed(resolver, block, { text, label, isNamed: named !== undefined }));
}

/** Labels stand in quotes, but need not. */
function relabelled(text: string, { start }: Range, label: string): string {
  return text[start] === '"' ? `"${label}"` : label;
}

function renamedStrings(body: Body, skipped: Attribute | undefined, old: string, name: string): readonly Splice[] {
  return expressionsIn(body, skipped).flatMap((expression) => {
    if (expression.kind !== 'literal' || typeof expression.value !== 'string' || expression.notation !== 'hcl')
      return [];
    const { value, range } = expression;
    if (value !== old && !value.startsWith(`${old}-`)) return [];
    return [{ range, text: encodeHclString(name + value.slice(old.length)) }];
  });
}

function expressionsIn({ attributes, blocks }: Body, skipped: Attribute | undefined): readonly Expression[] {
  // A key of an object that reads as the name is a name for something else.
  const all = (expression: Expression): readonly Expression[] => [
    expression,
    ...(expression.kind === 'object' ? expression.elements.map(({ value }) => value) : partsOf(expression)).flatMap(
      all,
    ),
  ];
  return [
    ...attributes.filter((attribute) => attribute !== skipped).flatMap(({ expression }) => all(expression)),
    ...blocks.flatMap((block) => expressionsIn(block.body, skipped)),
  ];
}

/**
 * What a read replica in the same region shares with its primary and must say for itself. Engine, credentials, storage
 * size, subnets and encryption it inherits, and Terraform or RDS refuse them.
 */
const SHARED_WITH_PRIMARY = new Set([
  'provider',
  'instance_class',
  'storage_type',
  'max_allocated_storage',
  'iops',
  'storage_throughput',
  'vpc_security_group_ids',
  'parameter_group_name',
  'publicly_accessible',
  'ca_cert_identifier',
  'iam_database_authentication_enabled',
  'auto_minor_version_upgrade',
  'apply_immediately',
  'maintenance_window',
  'monitoring_interval',
  'monitoring_role_arn',
  'performance_insights_enabled',
  'performance_insights_kms_key_id',
  'performance_insights_retention_period',
  'enabled_cloudwatch_logs_exports',
  'copy_tags_to_snapshot',
  'deletion_protection',
  'tags',
]);

/** The first replica of an instance, which has no sibling to be modelled on but the primary itself. */
export function replicaOfPrimary(
  resolver: Resolver,
  { block, instance }: ResourceAt,
  identifier: string,
): Found<NewBlock> {
  const { workspace } = resolver;
  const at = workspace.at(block.range);
  const count = attributeOf(block.body, 'count');
  if (count !== undefined) {
    const expression = workspace.quote(count.expression.range);
    return refused({ code: 'repeated', at: workspace.at(count.range), by: 'count', expression });
  }
  const retention = attributeOf(block.body, 'backup_retention_period');
  const days = retention === undefined ? null : resolver.evaluate(retention.expression, instance);
  if (days === null || (days.kind === 'found' && Number(days.value) === 0)) {
    const why = 'RDS makes read replicas of instances with automated backups only';
    return refused({ code: 'needed-first', at, attribute: 'backup_retention_period', why });
  }
  const [type = '', name = ''] = block.labels;
  const label = freeLabel(resolver, block, identifier, instance.folder);
  const named = attributeOf(block.body, 'identifier');
  const known = named === undefined ? null : nameIn(resolver, named, instance);
  const copied = block.body.attributes
    .filter((attribute) => SHARED_WITH_PRIMARY.has(attribute.name))
    .map((attribute) => [attribute.name, renamedSource(resolver, attribute, known, identifier)] as const);
  const newline = lineEndOf(workspace.text(block.range.path));
  const text = renderBlock(`resource "${type}" "${label}"`, newline, [
    ['identifier', encodeHclString(identifier)],
    ['replicate_source_db', `${type}.${name}.identifier`],
    ...copied.filter(([, value]) => !value.includes('\n')),
    // A replica has no final snapshot; without this it could not be removed again.
    ['skip_final_snapshot', 'true'],
    ...copied.filter(([, value]) => value.includes('\n')),
  ]);
  return found(placed(resolver, block, { text, label, isNamed: true }));
}

function nameIn(resolver: Resolver, { expression }: Attribute, instance: Instance): string | null {
  const name = resolver.evaluate(expression, instance);
  return name.kind === 'found' && typeof name.value === 'string' ? name.value : null;
}

function renamedSource({ workspace }: Resolver, attribute: Attribute, old: string | null, name: string): string {
  const { path, start, end } = attribute.expression.range;
  const body: Body = { attributes: [attribute], blocks: [] };
  const splices = old === null ? [] : renamedStrings(body, undefined, old, name);
  return splice(workspace.text(path).slice(start, end), within(splices, start));
}

/** Splices of a file as splices of a part of it. */
function within(splices: readonly Splice[], offset: number): readonly Splice[] {
  return splices.map(({ range: { path, start, end }, text }) => ({
    range: { path, start: start - offset, end: end - offset },
    text,
  }));
}

/** As `terraform fmt` wants it: `=` below each other, what takes several lines apart from the rest. */
function renderBlock(header: string, newline: string, attributes: readonly (readonly [string, string])[]): string {
  const short = attributes.filter(([, value]) => !value.includes('\n'));
  const long = attributes.filter(([, value]) => value.includes('\n'));
  const width = Math.max(...short.map(([name]) => name.length));
  return [
    `${header} {`,
    ...short.map(([name, value]) => `  ${name.padEnd(width)} = ${value}`),
    ...long.flatMap(([name, value]) => ['', `  ${name} = ${value}`]),
    '}',
  ].join(newline);
}

/** A name for the block that no other of its type has. */
function freeLabel(
  { workspace }: Resolver,
  { labels: [type = ''] }: Block,
  identifier: string,
  folder: string,
): string {
  const plain = identifier.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '_');
  const base = /^[a-z_]/.test(plain) ? plain : `_${plain}`;
  const isFree = (label: string): boolean => workspace.block(folder, 'resource', [type, label]) === undefined;
  let label = base;
  for (let number = 2; !isFree(label); number += 1) label = `${base}_${number}`;
  return label;
}

function placed(
  { workspace }: Resolver,
  { range: { path, end } }: Block,
  block: Pick<NewBlock, 'text' | 'label' | 'isNamed'>,
): NewBlock {
  const text = workspace.text(path);
  const newline = lineEndOf(text);
  const next = text.indexOf('\n', end);
  const lineEnd = next === -1 ? text.length : next - newline.length + 1;
  return { ...block, path, offset: lineEnd, text: `${newline}${newline}${block.text}` };
}
