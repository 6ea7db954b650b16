import { applySplice } from '../apply-splice.ts';
import type { At } from '../at.ts';
import { judge } from '../choose-place.ts';
import type { EditResult, InfrastructureCode, ReplicaEdit, ResourceIdentity } from '../edit.ts';
import { attributeOf, type Block } from '../hcl/syntax.ts';
import type { TerraformParser } from '../hcl/parser.ts';
import { allowEdit } from '../paths.ts';
import { found, type Found, refused } from '../refusal.ts';
import { openSession, type Session } from '../session.ts';
import { findResource, type FoundResource, type ResourceAt } from '../terraform/find-resource.ts';
import { locateAttribute } from '../terraform/locate.ts';
import { otherWays, sharedUse } from '../terraform/shared-use.ts';
import type { Splice } from '../text.ts';
import { copyOfSibling, type NewBlock, replicaOfPrimary } from './render-replica.ts';

type Planned = Exclude<EditResult, { kind: 'refused' }>;

/** What replicas of a kind are in Terraform, and how they say whose replicas they are. */
interface ReplicaKind {
  readonly type: 'aws_db_instance' | 'aws_rds_cluster_instance';
  readonly source: ResourceIdentity;
  readonly sourceAttribute: 'replicate_source_db' | 'cluster_identifier';
}

/** Adds a replica as a block beside its siblings, or raises their `count`. */
export function addReplica(parser: TerraformParser, code: InfrastructureCode, edit: ReplicaEdit): Found<Planned> {
  const session = openSession(code, parser);
  try {
    const kind = replicaKind(edit);
    const existing = findResource(session.resolver, session.instances(), identityOf(kind, edit));
    if (existing.kind === 'found') return found(alreadyThere(session, existing.value, edit));
    const source = findResource(session.resolver, session.instances(), kind.source);
    if (source.kind === 'refused') return source;
    const [at] = source.value.matches;
    const [sibling] = source.value.siblings;
    if (at === undefined) return refused({ code: 'not-found', sought: edit.of.identifier, unreadable: [] });
    const others = [
      ...(sibling === undefined ? [] : usedFor(session, sibling)),
      ...otherWays(session.resolver.workspace, source.value.matches),
    ];
    const name = at.block.labels.join('.');
    if (sibling !== undefined || others.length > 0) {
      return refused({ code: 'shared', at: session.resolver.workspace.at(at.block.range), name, others });
    }
    return besideSource(parser, code, { session, edit, kind, source: at });
  } finally {
    session.free();
  }
}

function replicaKind({ of }: ReplicaEdit): ReplicaKind {
  return of.kind === 'instance'
    ? {
        type: 'aws_db_instance',
        source: { type: 'aws_db_instance', identifiedBy: { identifier: of.identifier } },
        sourceAttribute: 'replicate_source_db',
      }
    : {
        type: 'aws_rds_cluster_instance',
        source: { type: 'aws_rds_cluster', identifiedBy: { cluster_identifier: of.identifier } },
        sourceAttribute: 'cluster_identifier',
      };
}

function identityOf({ type }: ReplicaKind, { identifier }: ReplicaEdit): ResourceIdentity {
  return { type, identifiedBy: { identifier } };
}

function alreadyThere({ resolver }: Session, { matches }: FoundResource, { identifier }: ReplicaEdit): Planned {
  return {
    kind: 'not-needed',
    because: matches.slice(0, 1).map(({ block }) => ({
      code: 'already-so',
      at: resolver.workspace.at(block.range),
      name: block.labels.join('.'),
      value: identifier,
    })),
  };
}

/** A block in a module that is called for other databases as well would give each of them a replica. */
function usedFor({ resolver: { workspace } }: Session, { instance }: ResourceAt): readonly At[] {
  return instance.caller === null ? [] : [workspace.at(instance.caller.call.range)];
}

interface Beside {
  readonly session: Session;
  readonly edit: ReplicaEdit;
  readonly kind: ReplicaKind;
  readonly source: ResourceAt;
}

function besideSource(parser: TerraformParser, code: InfrastructureCode, beside: Beside): Found<Planned> {
  const { session, kind, source, edit } = beside;
  const siblings = session.resolver.workspace
    .blocks(source.instance.folder, 'resource')
    .filter((block) => block.labels[0] === kind.type && isOf(session, block, beside));
  const counted = siblings.find(({ body }) => attributeOf(body, 'count') !== undefined);
  if (counted !== undefined) return raiseCount(parser, code, beside, counted);
  const model = siblings.at(-1);
  if (model === undefined && edit.of.kind === 'cluster') {
    const sought = `an aws_rds_cluster_instance of ${edit.of.identifier} to model another on`;
    return refused({ code: 'not-found', sought, unreadable: [] });
  }
  const block =
    model === undefined
      ? replicaOfPrimary(session.resolver, source, edit.identifier)
      : copyOfSibling(session.resolver, { block: model, instance: source.instance }, edit.identifier);
  return block.kind === 'refused' ? block : insertBlock(parser, code, beside, block.value);
}

/** Whether a block is a replica of the source, by reference or by name. */
function isOf({ resolver }: Session, { body }: Block, { kind, source, edit }: Beside): boolean {
  const expression = attributeOf(body, kind.sourceAttribute)?.expression;
  if (expression === undefined) return false;
  if (expression.kind === 'reference') {
    const [name] = expression.steps;
    const [type, label] = source.block.labels;
    if (expression.root === type && name?.kind === 'attribute' && name.name === label) return true;
  }
  const value = resolver.evaluate(expression, source.instance);
  return value.kind === 'found' && value.value === edit.of.identifier;
}

function raiseCount(
  parser: TerraformParser,
  code: InfrastructureCode,
  { session, source }: Beside,
  block: Block,
): Found<Planned> {
  const resource: ResourceAt = { block, instance: source.instance };
  const place = locateAttribute(session.resolver, resource, ['count']);
  if (place.kind === 'refused') return place;
  const { present, at, name } = place.value;
  if (typeof present !== 'number') {
    const expression = session.resolver.workspace.quote(place.value.range);
    return refused({ code: 'computed', at, expression });
  }
  const path = ['count'] as const;
  const whole = { matches: [resource], siblings: [], partial: [] };
  const shared = { ...place.value, sharedWith: () => sharedUse(session.resolver, whole, path, place.value) };
  const verdict = judge(shared, { present: { kind: 'anything' }, to: present + 1 }, code);
  if (verdict.kind === 'refused') return verdict;
  if (verdict.value.kind === 'not-needed') return found({ kind: 'not-needed', because: [verdict.value.because] });
  const { splice } = verdict.value;
  const applied = applySplice(parser, session, splice);
  if (applied.kind === 'refused') return applied;
  applied.value.free();
  const value = { at, name, through: place.value.through, before: String(present) };
  return found(edited(code, applied.value.files, splice, { ...value, after: splice.text }));
}

function insertBlock(
  parser: TerraformParser,
  code: InfrastructureCode,
  { session, edit, kind }: Beside,
  { path, offset, text, label, isNamed }: NewBlock,
): Found<Planned> {
  const allowed = allowEdit(path, session.resolver.workspace.text(path), code.editable);
  if (allowed.kind === 'refused') return allowed;
  const splice: Splice = { range: { path, start: offset, end: offset }, text };
  const applied = applySplice(parser, session, splice);
  if (applied.kind === 'refused') return applied;
  const after = applied.value;
  try {
    const { workspace } = after.resolver;
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const block = workspace.block(folder, 'resource', [kind.type, label]);
    const identity = findResource(after.resolver, after.instances(), identityOf(kind, edit));
    if (block === undefined || (isNamed && identity.kind === 'refused')) {
      return refused({ code: 'failed-its-own-check', path, detail: 'the new block is not found in the edited code' });
    }
    const value = { at: workspace.at(block.range), name: `${kind.type}.${label}`, through: [], before: null };
    return found(edited(code, after.files, splice, { ...value, after: text.trim() }));
  } finally {
    after.free();
  }
}

function edited(
  { files }: InfrastructureCode,
  after: ReadonlyMap<string, string>,
  { range: { path } }: Splice,
  value: Extract<Planned, { kind: 'edited' }>['values'][number],
): Planned {
  const file = { path, before: files.get(path) ?? '', after: after.get(path) ?? '' };
  return { kind: 'edited', files: [file], values: [value], notNeeded: [] };
}
