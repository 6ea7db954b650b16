import { describe, expect, it } from '@jest/globals';
import type { InfrastructureCode, ValueEdit } from '../../shared/infrastructure-code/edit.ts';
import { ANYTHING, code, database, diff, fixture, is, plan, service, setAttribute } from './support.ts';

const locals = fixture('locals');
const modules = fixture('modules');
const odd = fixture('odd');

const classOf = (identifier: string) =>
  setAttribute('aws_db_instance', database(identifier), 'instance_class', 'db.new');
const ceilingOf = (id: string) => setAttribute('aws_appautoscaling_target', service(id), 'max_capacity', 30);

describe('an edit that cannot be made safely is refused, with advice', () => {
  it.each<{ readonly from: InfrastructureCode; readonly edit: ValueEdit; readonly then: string }>([
    {
      from: locals,
      edit: classOf('conditional'),
      then: 'conditional: refused.tf:14 chooses the value by a condition: var.is_large ? "db.r6g.large" : "db.t4g.medium". Change the branch that holds for this environment by hand.',
    },
    {
      from: locals,
      edit: classOf('computed'),
      then: 'computed: refused.tf:19 computes the value: join(".", ["db", "r6g", "large"]). Change what it is computed from, or put a literal there.',
    },
    {
      from: locals,
      edit: setAttribute('aws_db_instance', database('computed'), 'allocated_storage', 400),
      then: 'computed: refused.tf:20 computes the value: 100 * 2. Change what it is computed from, or put a literal there.',
    },
    {
      from: locals,
      edit: classOf('parameter'),
      then: 'data-source: refused.tf:25 takes the value from a data source, data.aws_ssm_parameter.class.value. Change it where that is defined.',
    },
    {
      from: locals,
      edit: classOf('follower'),
      then: 'another-resource: refused.tf:30 takes the value from another resource, aws_db_instance.ledger.instance_class. Change it there if both shall change, else put a literal here.',
    },
    {
      from: locals,
      edit: classOf('given'),
      then: 'variable-not-set: The variable given_elsewhere at refused.tf:6 has no value in these files: no default, no variable file, no argument. Change it where it is given, such as in the settings of the pipeline.',
    },
    {
      from: locals,
      edit: classOf('lost'),
      then: 'nothing-there: refused.tf:40 names local.no_such_name, which is not in these files. Change it where that is defined.',
    },
    {
      from: locals,
      edit: classOf('prod-invoices'),
      then: 'repeated: for_each makes several of it from one block, at main.tf:32: local.databases. Change the entry of this one by hand, or give it a block of its own.',
    },
    {
      from: locals,
      edit: ceilingOf('service/prod/pair'),
      then: 'repeated: count makes several of it from one block, at main.tf:52: 2. Change the entry of this one by hand, or give it a block of its own.',
    },
    {
      from: locals,
      edit: ceilingOf('service/prod/one'),
      then: 'shared: The value at main.tf:4 (local.ceiling) is also used at main.tf:48, which would change along. Give this resource a value of its own, or change main.tf:4 by hand if all of them shall change.',
    },
    {
      from: locals,
      edit: setAttribute(
        'aws_rds_cluster',
        ['cluster_identifier', 'dynamic'],
        ['serverlessv2_scaling_configuration', 'max_capacity'],
        30,
      ),
      then: 'dynamic-block: A dynamic block at refused.tf:46 makes serverlessv2_scaling_configuration. Change what its content is computed from.',
    },
    {
      from: modules,
      edit: classOf('production-warehouse'),
      then: 'remote-module: module.warehouse at main.tf:29 comes from terraform-aws-modules/rds/aws, which is not among the files that may be read here. Set the value in the arguments of the call by hand, as that module wants it.',
    },
    {
      // The same text makes the database of staging, for only the names differ.
      from: modules,
      edit: classOf('production-billing'),
      then: 'shared: The value at main.tf:17 (var.instance_class) is also used at staging.tfvars:1, which would change along. Give this resource a value of its own, or change main.tf:17 by hand if all of them shall change.',
    },
    {
      // A default that another call of the module takes as well.
      from: modules,
      edit: setAttribute('aws_db_instance', database('production-billing'), 'allocated_storage', 200),
      then: 'shared: The value at modules/database/main.tf:14 (module.billing_database.aws_db_instance.this.allocated_storage) is also used at main.tf:5, staging.tfvars:1, which would change along. Give this resource a value of its own, or change modules/database/main.tf:14 by hand if all of them shall change.',
    },
    {
      from: odd,
      edit: ceilingOf('service/odd/commented'),
      then: 'not-found: There is no aws_appautoscaling_target with resource_id = "service/odd/commented" in the files. Look whether it is made elsewhere, and change it there.',
    },
  ])('$then', ({ from, edit, then }) => {
    expect(diff(plan(from, edit))).toEqual([`refused: ${then}`]);
  });
});

const DATABASE = 'resource "aws_db_instance" "a" {\n  identifier     = "a"\n  instance_class = "db.old"\n}\n';

describe('drift', () => {
  it('between the code and what was read is said with both values', () => {
    const edit = setAttribute('aws_db_instance', database('a'), 'instance_class', 'db.new', is('db.other'));
    expect(diff(plan(code({ 'a.tf': DATABASE }), edit))).toEqual([
      'refused: unexpected-value: a.tf:3 says "db.old", but "db.other" was read from the running system: code and system have drifted apart. Bring them in step first, then set aws_db_instance.a.instance_class to "db.new".',
    ]);
  });

  it('is no matter where the code already says what is wanted', () => {
    const edit = setAttribute('aws_db_instance', database('a'), 'instance_class', 'db.old', is('db.other'));
    expect(diff(plan(code({ 'a.tf': DATABASE }), edit))).toEqual([
      'not needed: already-so at a.tf:3 (aws_db_instance.a.instance_class)',
    ]);
  });
});

describe('files', () => {
  const refusal = (files: Readonly<Record<string, string>>, editable?: readonly string[]) =>
    plan(code(files, editable), classOf('a'));

  it('with a syntax error are named with the line', () => {
    expect(refusal({ 'a.tf': DATABASE, 'b.tf': 'locals {\n  a = [1,\n}\nresource "x" {' })).toMatchObject({
      because: { code: 'syntax-error', at: { path: 'b.tf', line: 3 } },
    });
    expect(refusal({ 'a.tf': `${DATABASE}\nlocals {\n  a = \n}\n` })).toMatchObject({
      because: { code: 'syntax-error', at: { path: 'a.tf', line: expect.any(Number) } },
    });
  });

  it('with a syntax error that say something of the resource forbid the edit', () => {
    const files = { 'a.tf': DATABASE.replace('"db.old"', 'local.class'), 'b.tf': 'locals {\n  class = "x" "y"\n}\n' };
    expect(refusal(files)).toMatchObject({ because: { code: 'syntax-error', at: { path: 'b.tf', line: 2 } } });
  });

  it('with a syntax error in another folder do not matter', () => {
    expect(refusal({ 'a.tf': DATABASE, 'other/b.tf': 'resource "aws_db_instance" {{{' })).toMatchObject({
      kind: 'edited',
    });
  });

  it('with the same resource twice are several candidates', () => {
    expect(refusal({ 'a/a.tf': DATABASE, 'b/b.tf': DATABASE })).toMatchObject({
      because: {
        code: 'several-candidates',
        places: [
          { path: 'a/a.tf', line: 1 },
          { path: 'b/b.tf', line: 1 },
        ],
      },
    });
  });

  it('that override a resource have the last word', () => {
    const override = 'resource "aws_db_instance" "a" {\n  instance_class = "db.last"\n}\n';
    expect(refusal({ 'a.tf': DATABASE, 'prod_override.tf': override })).toMatchObject({
      because: { code: 'overridden', at: { path: 'a.tf', line: 1 }, by: { path: 'prod_override.tf', line: 1 } },
    });
  });

  it.each([
    ['infrastructure/production/a.tf', ['infrastructure/staging'], 'outside-editable-folders'],
    ['infrastructure/production/a.tf', ['infrastructure/prod'], 'outside-editable-folders'],
    ['infrastructure/production/a.tf', [], 'outside-editable-folders'],
    ['production/../secrets/a.tf', ['production'], 'not-a-plain-path'],
    ['/etc/a.tf', ['.'], 'not-a-plain-path'],
    ['a\\b.tf', ['.'], 'not-a-plain-path'],
    ['.git/a.tf', ['.'], 'not-a-plain-path'],
    ['C:a.tf', ['.'], 'not-a-plain-path'],
    ['x\n/a.tf', ['.'], 'not-a-plain-path'],
  ])('at %j, where %j may be edited: %s', (path, editable, why) => {
    expect(refusal({ [path]: DATABASE }, editable)).toMatchObject({ because: { code: 'path-not-allowed', path, why } });
  });

  it.each([['.'], ['infrastructure'], ['infrastructure/production/'], ['./infrastructure/production']])(
    'in a folder below %j may be edited',
    (folder) => {
      expect(refusal({ 'infrastructure/production/a.tf': DATABASE }, [folder])).toMatchObject({ kind: 'edited' });
    },
  );

  it('that look like symbolic links are not followed', () => {
    const files = { 'a.tf': DATABASE.replace('"db.old"', 'var.class'), 'variables.tf': '../shared/variables.tf' };
    expect(refusal(files)).toMatchObject({
      because: { code: 'path-not-allowed', path: 'variables.tf', why: 'symbolic-link' },
    });
  });

  it('in the JSON syntax of Terraform are named where nothing else is found', () => {
    const json = '{"resource":{"aws_db_instance":{"a":{"identifier":"a"}}}}';
    expect(refusal({ 'a.tf.json': json })).toMatchObject({ because: { code: 'not-found', unreadable: ['a.tf.json'] } });
  });
});

describe('code that was made to hurt', () => {
  it('leads in circles', () => {
    const circle = `locals {\n  a = local.b\n  b = local.a\n}\n${DATABASE.replace('"db.old"', 'local.a')}`;
    expect(plan(code({ 'a.tf': circle }), classOf('a'))).toMatchObject({ because: { code: 'computed' } });
  });

  it('leads in circles through resources', () => {
    const circle =
      'resource "aws_db_instance" "a" {\n  identifier = aws_db_instance.b.identifier\n}\n' +
      'resource "aws_db_instance" "b" {\n  identifier = aws_db_instance.a.identifier\n}\n';
    expect(plan(code({ 'a.tf': circle }), classOf('a'))).toMatchObject({ kind: 'refused' });
  });

  it('doubles itself without end', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `  x${n} = "\${local.x${n + 1}}\${local.x${n + 1}}"`);
    const bomb = `locals {\n${lines.join('\n')}\n  x60 = "boom"\n}\n${DATABASE.replace('"a"\n', 'local.x0\n')}`;
    expect(plan(code({ 'a.tf': bomb }), classOf('a'))).toMatchObject({ because: { code: 'computed' } });
  });

  it('has modules that call each other', () => {
    const call = (name: string, source: string) => `module "${name}" {\n  source = "${source}"\n}\n`;
    const files = {
      'a/main.tf': Array.from({ length: 8 }, (_, n) => call(`b${n}`, '../b')).join(''),
      'b/main.tf': Array.from({ length: 8 }, (_, n) => call(`a${n}`, '../a')).join(''),
      'c/main.tf': call('a', '../a'),
    };
    expect(plan(code(files), classOf('a'))).toMatchObject({ because: { code: 'not-found' } });
  });

  it.each([
    ['brackets', `${'('.repeat(5_000)}5${')'.repeat(5_000)}`],
    ['lists', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['objects', `${'{a='.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['calls', `${'f('.repeat(5_000)}1${')'.repeat(5_000)}`],
    ['templates', `${'"${'.repeat(2_000)}1${'}"'.repeat(2_000)}`],
    ['conditions', `${'true ? 1 : '.repeat(5_000)}1`],
    ['negations', `${'!'.repeat(5_000)}true`],
    ['sums', `${'1 + '.repeat(5_000)}1`],
  ])('nests thousands of %s', (_, value) => {
    const file = DATABASE.replace('"db.old"', value);
    expect(plan(code({ 'a.tf': file }), classOf('a'))).toMatchObject({ kind: 'refused' });
  });

  it('puts control characters and long text into the advice', () => {
    const name = `\u001b[31m${'x'.repeat(500)}`;
    const file = DATABASE.replace('"db.old"', `upper("${name}\n<script>")`.replace('\n', ' '));
    const result = plan(code({ 'a.tf': file }), classOf('a'));
    const advice = result.kind === 'refused' ? result.advice : '';
    expect(advice.length).toBeLessThan(300);
    expect(advice).not.toMatch(/\p{Cc}/u);
  });

  it('holds other types of resources with the same name', () => {
    const other = 'data "aws_db_instance" "a" {\n  db_instance_identifier = "a"\n}\n';
    expect(plan(code({ 'a.tf': other + DATABASE }), classOf('a'))).toMatchObject({ kind: 'edited' });
  });
});

it('every change of an edit is made, or none', () => {
  const edit: ValueEdit = {
    kind: 'set-attributes',
    resource: { type: 'aws_db_instance', identifiedBy: { identifier: 'a' } },
    changes: [
      { attribute: ['instance_class'], present: ANYTHING, to: 'db.new' },
      { attribute: ['identifier', 'deeper'], present: ANYTHING, to: 1 },
    ],
  };
  expect(plan(code({ 'a.tf': DATABASE }), edit)).toMatchObject({ kind: 'refused', because: { code: 'computed' } });
});
