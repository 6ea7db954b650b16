import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InfrastructureCode, ValueEdit } from '../../shared/infrastructure-code/edit.ts';
import { ANYTHING, code, diff, filesAfter, fixture, plan } from './support.ts';

const pools = fixture('pool-sizes');

function variable(family: string | null, name: string, to: number, container = 'pgbouncer'): ValueEdit {
  const what = { kind: 'environment', container, variable: name } as const;
  return { kind: 'set-task-definition', family, changes: [{ what, present: ANYTHING, to }] };
}

function parameter(name: string, to: number): ValueEdit {
  return { kind: 'set-parameters', changes: [{ parameter: name, present: ANYTHING, to }] };
}

describe('sizes of PgBouncer in a task definition', () => {
  it.each<{ readonly what: string; readonly edit: ValueEdit; readonly then: readonly string[] }>([
    {
      what: 'in an entry of a local that a list of variables names',
      edit: variable('pgbouncer', 'DEFAULT_POOL_SIZE', 60),
      then: [
        'pooler.tf:4: -    pool    = "25" # per user and database',
        'pooler.tf:4: +    pool    = "60" # per user and database',
      ],
    },
    {
      what: 'without its quotes, where a template puts them around',
      edit: variable('pgbouncer', 'RESERVE_POOL_SIZE', 10),
      then: ['pooler.tf:5: -    reserve = 5', 'pooler.tf:5: +    reserve = 10'],
    },
    {
      what: 'in the default of a variable',
      edit: variable('pgbouncer', 'MAX_CLIENT_CONN', 2_000),
      then: ['pooler.tf:21: -  default = "1000"', 'pooler.tf:21: +  default = "2000"'],
    },
    {
      what: 'in the argument of a module',
      edit: variable('reports-pgbouncer', 'DEFAULT_POOL_SIZE', 12, 'pooler'),
      then: [
        'pooler.tf:39: -    DEFAULT_POOL_SIZE = 8 # the reports are few',
        'pooler.tf:39: +    DEFAULT_POOL_SIZE = 12 # the reports are few',
      ],
    },
    {
      what: 'in a JSON file with a byte order mark, carriage returns, tabs and no last line end',
      edit: variable('edge-pgbouncer', 'DEFAULT_POOL_SIZE', 60),
      then: [
        'edge.json:8: -\t{ "name": "DEFAULT_POOL_SIZE" , "value" :\t"25" } ],\r',
        'edge.json:8: +\t{ "name": "DEFAULT_POOL_SIZE" , "value" :\t"60" } ],\r',
      ],
    },
    {
      what: 'of a family that nobody knows: the only one with that container and variable',
      edit: variable(null, 'MAX_CLIENT_CONN', 2_000),
      then: ['pooler.tf:21: -  default = "1000"', 'pooler.tf:21: +  default = "2000"'],
    },
    {
      what: 'the same in JSON',
      edit: variable(null, 'POOL', 30),
      then: ['edge.json:7: -\t{"value": "25" ,"name":"POOL"},\r', 'edge.json:7: +\t{"value": "30" ,"name":"POOL"},\r'],
    },
  ])('$what', ({ edit, then }) => {
    expect(diff(plan(pools, edit))).toEqual(then);
  });

  const task = (container: string, rest = '') =>
    `resource "aws_ecs_task_definition" "p" {\n  family = "p"\n  container_definitions = ${container}\n}\n${rest}`;
  const one = (environment: string) => `jsonencode([{ name = "pgbouncer", environment = ${environment} }])`;
  const entry = '{ name = "SIZE", value = "25" }';

  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ['made of a map by for', 'computed', { 'a.tf': task(one('[for k, v in local.e : { name = k, value = v }]')) }],
    ['joined of two lists', 'computed', { 'a.tf': task(one(`concat(local.common, [${entry}])`)) }],
    [
      'chosen by a condition',
      'conditional',
      { 'a.tf': task(one('[{ name = "SIZE", value = var.large ? "60" : "25" }]')) },
    ],
    ['reckoned', 'computed', { 'a.tf': task(one('[{ name = "SIZE", value = 5 * 5 }]')) }],
    [
      'set twice',
      'several-candidates',
      { 'a.tf': task(one(`[${entry}, ${entry}]`)), 'b.json': '{"family":"x","containerDefinitions":[]}' },
    ],
    ['in a template that stands elsewhere', 'computed', { 'a.tf': task('templatefile("p.json.tpl", {})') }],
    ['of a task definition of which there are two', 'repeated', { 'a.tf': task(`${one(`[${entry}]`)}\n  count = 2`) }],
    [
      'in a heredoc that is no JSON without Terraform',
      'computed',
      { 'a.tf': task('<<-EOT\n  [{ "name": "pgbouncer", "environment": ${jsonencode(local.e)} }]\n  EOT') },
    ],
    [
      'that another service uses, too',
      'shared',
      {
        'a.tf': task(one('[{ name = "SIZE", value = local.size }]'), 'locals {\n  size = "25"\n}\n'),
        'b.tf': 'output "x" { value = 1 }\nresource "x" "y" {\n  size = local.size\n}\n',
      },
    ],
    [
      'in a JSON file and in Terraform, both of that family',
      'several-candidates',
      {
        'a.tf': task(one(`[${entry}]`)),
        'b.json':
          '{"family":"p","containerDefinitions":[{"name":"pgbouncer","environment":[{"name":"SIZE","value":"25"}]}]}',
      },
    ],
  ])('%s is refused: %s', (_, refusal, files) => {
    expect(plan(code(files), variable('p', 'SIZE', 60))).toMatchObject({
      kind: 'refused',
      because: { code: refusal },
    });
  });

  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    [
      'stands in two',
      'several-candidates',
      {
        'a.tf': task(one(`[${entry}]`)),
        'b.json':
          '{"family":"q","containerDefinitions":[{"name":"pgbouncer","environment":[{"name":"SIZE","value":"25"}]}]}',
      },
    ],
    ['stands in none', 'not-found', { 'a.tf': task(one('[]')) }],
    ['stands where it cannot be followed', 'computed', { 'a.tf': task('file("p.json")') }],
    [
      'stands in one of which the name is not known',
      'data-source',
      { 'a.tf': task(one(`[${entry}]`)).replace('"p"\n', 'data.x.y.z\n') },
    ],
  ])('a variable of an unknown family that %s is refused: %s', (_, refusal, files) => {
    expect(plan(code(files), variable(null, 'SIZE', 60))).toMatchObject({
      kind: 'refused',
      because: { code: refusal },
    });
  });
});

describe('sizes of PgBouncer in parameters', () => {
  it.each<{ readonly what: string; readonly edit: ValueEdit; readonly then: readonly unknown[] }>([
    {
      what: 'in quotes, under a name that is put together',
      edit: parameter('/production/pgbouncer/default_pool_size', 60),
      then: [
        'parameters.tf:10: -  value = "25" # twice as many tasks: half of it',
        'parameters.tf:10: +  value = "60" # twice as many tasks: half of it',
      ],
    },
    {
      what: 'as a value that Terraform shows',
      edit: parameter('/production/pgbouncer/reserve_pool_size', 10),
      then: ['parameters.tf:16: -  insecure_value = 5', 'parameters.tf:16: +  insecure_value = 10'],
    },
    {
      what: 'in a local',
      edit: parameter('/production/pgbouncer/max_client_conn', 2_000),
      then: ['parameters.tf:5: -locals { clients = "1000" }', 'parameters.tf:5: +locals { clients = "2000" }'],
    },
    {
      what: 'that Terraform leaves alone',
      edit: parameter('/kept/default_pool_size', 60),
      then: ['not needed: ignored-by-terraform at parameters.tf:31 (aws_ssm_parameter.ours.value)'],
    },
    {
      what: 'of which for_each makes several',
      edit: parameter('/each/default_pool_size', 60),
      then: [expect.stringContaining('refused: repeated: for_each makes several of it from one block')],
    },
    {
      what: 'that is write-only',
      edit: parameter('/secret/default_pool_size', 60),
      then: [
        expect.stringContaining('refused: value-not-expressible: 60 cannot be written at parameters.tf:45 as value_wo'),
      ],
    },
    {
      what: 'that is not there',
      edit: parameter('/nowhere', 60),
      then: [expect.stringContaining('refused: repeated')],
    },
  ])('$what', ({ edit, then }) => {
    expect(diff(plan(pools, edit))).toEqual(then);
  });

  it('that comes from a data source, a random number or a secret is refused', () => {
    const withValue = (value: string) =>
      code({ 'a.tf': `resource "aws_ssm_parameter" "p" {\n  name = "/p"\n  value = ${value}\n}\n` });
    const refusals = ['data.aws_ssm_parameter.x.value', 'jsonencode({ size = 25 })', 'var.nowhere', 'x_y.z.result'].map(
      (value) => {
        const result = plan(withValue(value), parameter('/p', 60));
        return result.kind === 'refused' ? result.because.code : result.kind;
      },
    );
    expect(refusals).toEqual(['data-source', 'computed', 'nothing-there', 'another-resource']);
  });
});

/** Ways in which a size is written, `@` where its number stands. */
const STYLES: readonly { readonly path: string; readonly text: string; readonly edit: (to: number) => ValueEdit }[] = [
  {
    path: 'p.json',
    text: '{"family":"p",\n "containerDefinitions": [\n {"name":"pgbouncer","environment":[{"name":"A","value":"25"},\n {"name": "SIZE",\n"value"  : "@"}]}]}',
    edit: (to) => variable('p', 'SIZE', to),
  },
  {
    path: 'p.json',
    text: '{ "containerDefinitions": [{"environment":[{"value":"@","name":"SIZE"}],"name":"pgbouncer"}],\n\t"family" :\t"p" }\n',
    edit: (to) => variable(null, 'SIZE', to),
  },
  {
    path: 'p.tf',
    text: 'resource "aws_ecs_task_definition" "p" {\nHERE  family = "p"\n  container_definitions = jsonencode([{\nHERE    name = "pgbouncer"\n    environment = [\nHERE      { name = "OTHER", value = "25" }, HERE\n      { value = "@", name = "SIZE" }, HERE\n    ]\n  }])\n}\n',
    edit: (to) => variable('p', 'SIZE', to),
  },
  {
    path: 'p.tf',
    text: 'locals {\n  size = @ HERE\nHERE}\nresource "aws_ecs_task_definition" "p" {\n  family = "p"\n  container_definitions = jsonencode([{ name = "pgbouncer", environment = [{ name = "SIZE", value = tostring(local.size) }] }])\n}\n',
    edit: (to) => variable(null, 'SIZE', to),
  },
  {
    path: 'p.tf',
    text: 'resource "aws_ecs_task_definition" "p" {\n  family = "p"\n  container_definitions = <<-EOT\n    [{"name":"pgbouncer","environment":[{"name":"SIZE","value":"@"},{"name":"H","value":"25"}]}]\n  EOT\nHERE}\n',
    edit: (to) => variable('p', 'SIZE', to),
  },
  {
    path: 'p.tf',
    text: 'HEREresource "aws_ssm_parameter" "p" {\n  name      = "/p" HERE\n  value     = "@" HERE\n  type      = "String" HERE\n}\n',
    edit: (to) => parameter('/p', to),
  },
];

const anySize = fc.integer({ min: 0, max: 99_999 });
const anyFile = fc.record({
  style: fc.constantFrom(...STYLES),
  comment: fc.constantFrom(
    '',
    '# value = "25"\n',
    '// "SIZE" }\n',
    '/* { name = "SIZE", value = "1" } */\n',
    '# 😀 ${x}\n',
  ),
  newline: fc.constantFrom('\n', '\r\n'),
  mark: fc.constantFrom('', '\uFEFF'),
});

/** What is between one value and another: blanks before comments move along, and nothing else. */
function plain(text: string): string {
  return text.replaceAll(/[ \t]+(?=#|\/\/|\/\*)/g, ' ');
}

describe('laws of sizes', () => {
  it('the edited file is the file that somebody would have written with the other number, and back again is the first', () => {
    fc.assert(
      fc.property(anyFile, anySize, anySize, ({ style, comment, newline, mark }, from, to) => {
        fc.pre(from !== to);
        const written = (size: number): InfrastructureCode => {
          const text = style.text
            .replaceAll('HERE', () => (comment === '' ? '\n' : comment))
            .replace('@', String(size));
          return code({ [style.path]: mark + text.replaceAll('\n', newline) });
        };
        const there = plan(written(from), style.edit(to));
        expect(there).toMatchObject({ kind: 'edited', values: [{ after: expect.stringContaining(String(to)) }] });
        const after = filesAfter(written(from), there);
        expect(plain(after.files.get(style.path) ?? '')).toBe(plain(written(to).files.get(style.path) ?? ''));
        expect(filesAfter(after, plan(after, style.edit(from)))).toEqual(written(from));
      }),
      { numRuns: 150 },
    );
  });
});
