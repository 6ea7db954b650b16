import { describe, expect, it } from '@jest/globals';
import type { InfrastructureCode, ValueEdit } from '../../shared/infrastructure-code/edit.ts';
import { ABSENT, ANYTHING, code, database, diff, fixture, is, plan, service, setAttribute } from './support.ts';

const flat = fixture('flat');
const modules = fixture('modules');
const locals = fixture('locals');
const aurora = fixture('aurora');
const odd = fixture('odd');

const instance = (name: string, attribute: string, to: string | number) =>
  setAttribute('aws_db_instance', database(name), attribute, to);
const target = (id: string, attribute: string, to: number) =>
  setAttribute('aws_appautoscaling_target', service(id), attribute, to);

interface Row {
  readonly what: string;
  readonly from: InfrastructureCode;
  readonly edit: ValueEdit;
  readonly then: readonly string[];
}

describe('an attribute of a resource', () => {
  it.each<Row>([
    {
      what: 'that stands in its block',
      from: flat,
      edit: instance('prod-records', 'instance_class', 'db.r6g.xlarge'),
      then: [
        'database.tf:6: -  instance_class = "db.r6g.large" # two vCPU, sixteen GiB',
        'database.tf:6: +  instance_class = "db.r6g.xlarge" # two vCPU, sixteen GiB',
      ],
    },
    {
      what: 'of a resource whose name is put together from others',
      from: flat,
      edit: target('service/production/api', 'max_capacity', 12),
      then: [
        'services.tf:21: -  max_capacity       = 10 # raised when the portal opened',
        'services.tf:21: +  max_capacity       = 12 # raised when the portal opened',
      ],
    },
    {
      what: 'that a longer literal would push the comments of its neighbours out of line of',
      from: flat,
      edit: target('service/production/api', 'max_capacity', 120),
      then: [
        'services.tf:20: -  min_capacity       = 4  # never fewer than one in each zone',
        'services.tf:21: -  max_capacity       = 10 # raised when the portal opened',
        'services.tf:20: +  min_capacity       = 4   # never fewer than one in each zone',
        'services.tf:21: +  max_capacity       = 120 # raised when the portal opened',
      ],
    },
    {
      what: 'that a variable file of the environment sets',
      from: modules,
      edit: instance('production-orders', 'instance_class', 'db.r6g.xlarge'),
      then: [
        'production.tfvars:2: -orders_instance_class = "db.r6g.large" # since the spring sale',
        'production.tfvars:2: +orders_instance_class = "db.r6g.xlarge" # since the spring sale',
      ],
    },
    {
      what: 'that comes from the default of a variable where the variable file is silent',
      from: modules,
      edit: instance('staging-orders', 'instance_class', 'db.t4g.large'),
      then: ['variables.tf:8: -  default = "db.t4g.medium"', 'variables.tf:8: +  default = "db.t4g.large"'],
    },
    {
      what: 'that comes from a local, which an output shows, too',
      from: locals,
      edit: instance('prod-ledger', 'instance_class', 'db.m6g.xlarge'),
      then: ['main.tf:3: -  db_class = "db.m6g.large"', 'main.tf:3: +  db_class = "db.m6g.xlarge"'],
    },
    {
      what: 'that a variable looks up in an object',
      from: locals,
      edit: instance('prod-tiered', 'instance_class', 'db.r6g.2xlarge'),
      then: ['main.tf:13: -    large = "db.r6g.xlarge"', 'main.tf:13: +    large = "db.r6g.2xlarge"'],
    },
    {
      what: 'of a nested block',
      from: aurora,
      edit: setAttribute(
        'aws_rds_cluster',
        ['cluster_identifier', 'prod-portal'],
        ['serverlessv2_scaling_configuration', 'min_capacity'],
        1.5,
        is(0.5),
      ),
      then: ['main.tf:7: -    min_capacity = 0.5', 'main.tf:7: +    min_capacity = 1.5'],
    },
    {
      what: 'of a cache',
      from: aurora,
      edit: setAttribute(
        'aws_elasticache_replication_group',
        ['replication_group_id', 'prod-sessions'],
        'replicas_per_node_group',
        2,
      ),
      then: ['main.tf:47: -  replicas_per_node_group = 1', 'main.tf:47: +  replicas_per_node_group = 2'],
    },
    {
      what: 'between carriage returns and comments',
      from: odd,
      edit: target('service/odd/crlf', 'min_capacity', 30),
      then: [
        'crlf.tf:4: -\tmin_capacity /* why */ = /* because */ 3 /* enough */\r',
        'crlf.tf:4: +\tmin_capacity /* why */ = /* because */ 30 /* enough */\r',
      ],
    },
    {
      what: 'in brackets, after a byte order mark, a heredoc that looks like it, and without a final newline',
      from: odd,
      edit: target('service/odd/bom', 'max_capacity', 50),
      then: ['bom.tf:16: -    5', 'bom.tf:16: +    50'],
    },
    {
      what: 'whose number stands in quotes and in an interpolation',
      from: odd,
      edit: target('service/odd/layers', 'max_capacity', 9),
      then: ['one-line.tf:8: -  max_capacity       = "${"8"}"', 'one-line.tf:8: +  max_capacity       = "${"9"}"'],
    },
  ])('$what', ({ from, edit, then }) => {
    expect(diff(plan(from, edit))).toEqual(then);
  });

  it('says where the value was found, and through which names', () => {
    expect(plan(modules, instance('production-orders', 'instance_class', 'db.r6g.xlarge'))).toMatchObject({
      kind: 'edited',
      values: [
        {
          at: { path: 'production.tfvars', line: 2 },
          name: 'module.orders_database.aws_db_instance.this.instance_class',
          through: ['var.instance_class', 'var.orders_instance_class'],
          before: '"db.r6g.large"',
          after: '"db.r6g.xlarge"',
        },
      ],
      notNeeded: [],
    });
  });

  it('adds what is not set beside its relatives, and lines up the signs of equality', () => {
    const edit: ValueEdit = {
      kind: 'set-attributes',
      resource: { type: 'aws_db_instance', identifiedBy: { identifier: 'prod-records' } },
      changes: [
        { attribute: ['allocated_storage'], present: is(300), to: 400 },
        { attribute: ['iops'], present: ABSENT, to: 12_000 },
        { attribute: ['storage_throughput'], present: ABSENT, to: 500 },
        { attribute: ['storage_type'], present: ANYTHING, to: 'gp3' },
      ],
    };
    const result = plan(flat, edit);
    const after = result.kind === 'edited' ? (result.files[0]?.after ?? '') : '';
    expect(after.split('\n').slice(7, 14)).toEqual([
      '  allocated_storage     = 400',
      '  max_allocated_storage = 500',
      '  storage_type          = "gp3"',
      '  storage_encrypted     = true',
      '  iops                  = 12000',
      '  storage_throughput    = 500',
      '',
    ]);
    expect(result).toMatchObject({
      values: [{ before: '300' }, { before: null, at: { line: 12 } }, { before: null, at: { line: 13 } }],
      notNeeded: [{ code: 'already-so' }],
    });
  });

  it.each([
    ['carriage returns and comments', '# x\r\n', '\r\n'],
    ['carriage returns', '\r\n', '\r\n'],
    ['comments', '# x\n', '\n'],
  ])('adds a line after one that ends with %s', (_, end, newline) => {
    const lines = ['resource "aws_db_instance" "a" {', '  identifier   = "a"', `  storage_type = "gp3" ${end}}`];
    const from = code({ 'a.tf': lines.join(newline) });
    const result = plan(from, setAttribute('aws_db_instance', database('a'), 'iops', 4000, ABSENT));
    const added = `${end}  iops         = 4000${newline}}`;
    expect(result).toMatchObject({
      files: [{ after: [...lines.slice(0, 2), `  storage_type = "gp3" ${added}`].join(newline) }],
      values: [{ after: 'iops         = 4000' }],
    });
  });

  it('sets apart what has a name longer than all others', () => {
    const from = code({ 'a.tf': 'resource "aws_db_instance" "a" {\n  identifier = "a"\n}\n' });
    expect(
      diff(plan(from, setAttribute('aws_db_instance', database('a'), 'max_allocated_storage', 9, ABSENT))),
    ).toEqual(['a.tf:3: +', 'a.tf:4: +  max_allocated_storage = 9']);
  });

  it.each([
    ['a quote and a backslash', 'a"b\\c', '"a\\"b\\\\c"'],
    ['what would be an interpolation', '${var.secret}', '"$${var.secret}"'],
    ['what would be a directive', '%{if true}x%{endif}', '"%%{if true}x%%{endif}"'],
    ['a new line', 'a\nb = 1', '"a\\nb = 1"'],
    ['a control character', 'a\u0000b', '"a\\u0000b"'],
    ['dollars that open nothing', '$$ {x} 5$', '"$$ {x} 5$"'],
  ])('writes %s as text', (_, to, literal) => {
    const result = plan(flat, instance('prod-records', 'instance_class', to));
    expect(result).toMatchObject({ kind: 'edited', values: [{ after: literal }] });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e-9, 'lone \ud800 half'])('does not write %p', (to) => {
    expect(plan(flat, instance('prod-records', 'allocated_storage', to))).toMatchObject({
      kind: 'refused',
      because: { code: 'value-not-expressible' },
    });
  });
});

describe('variable files', () => {
  const main = `
variable "class" { default = "from-default" }
variable "name" { default = "db" }
resource "aws_db_instance" "a" {
  identifier     = var.name
  instance_class = var.class
}
`;
  const changed = (files: Readonly<Record<string, string>>) =>
    diff(plan(code({ 'main.tf': main, ...files }), instance('db', 'instance_class', 'new')));

  it('that Terraform loads by itself win over the default, the last by name over the others', () => {
    expect(
      changed({
        'terraform.tfvars': 'class = "t"\n',
        'b.auto.tfvars': 'class = "b"\n',
        'a.auto.tfvars': 'class = "a"\n',
      }),
    ).toEqual(['b.auto.tfvars:1: -class = "b"', 'b.auto.tfvars:1: +class = "new"']);
  });

  it('may be JSON', () => {
    expect(changed({ 'terraform.tfvars.json': '{\n  "class": "t"\n}' })).toEqual([
      'terraform.tfvars.json:2: -  "class": "t"',
      'terraform.tfvars.json:2: +  "class": "new"',
    ]);
  });

  it('in a folder of their own belong to the Terraform above it', () => {
    expect(changed({ 'environments/prod.tfvars': 'name = "other"\n' })).toEqual([
      expect.stringContaining('refused: shared'),
    ]);
    expect(changed({ 'environments/prod.tfvars': 'name = "other"\nclass = "theirs"\n' })).toEqual([
      'main.tf:2: -variable "class" { default = "from-default" }',
      'main.tf:2: +variable "class" { default = "new" }',
    ]);
  });

  it('that lead to the same resource are told apart by what is live', () => {
    const from = code({ 'main.tf': main, 'big.tfvars': 'class = "big"\n', 'small.tfvars': 'class = "small"\n' });
    const edit = setAttribute('aws_db_instance', database('db'), 'instance_class', 'new', is('big'));
    expect(diff(plan(from, edit))).toEqual(['big.tfvars:1: -class = "big"', 'big.tfvars:1: +class = "new"']);
    expect(plan(from, instance('db', 'instance_class', 'new'))).toMatchObject({
      because: { code: 'several-candidates', places: expect.arrayContaining([{ path: 'big.tfvars', line: 1 }]) },
    });
  });
});
