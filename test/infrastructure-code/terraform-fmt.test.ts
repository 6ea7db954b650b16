import { describe, expect, it } from '@jest/globals';
import type { InfrastructureCode, InfrastructureEdit } from '../../shared/infrastructure-code/edit.ts';
import {
  ABSENT,
  code,
  database,
  fixture,
  plan,
  service,
  setAttribute,
  terraformFmt,
  terraformVersion,
} from './support.ts';

const version = terraformVersion();

const target = (id: string, attribute: string, to: number) =>
  setAttribute('aws_appautoscaling_target', service(id), attribute, to);

/** Edits of files that `terraform fmt` has nothing to say against. */
const EDITS: readonly (readonly [string, InfrastructureCode, InfrastructureEdit])[] = [
  ['a longer number', fixture('flat'), target('service/production/api', 'max_capacity', 1000)],
  [
    'a number that becomes the longest of its comments',
    fixture('flat'),
    target('service/production/api', 'min_capacity', 4000),
  ],
  ['a shorter number', fixture('flat'), target('service/production/api', 'max_capacity', 9)],
  [
    'a class before a comment',
    fixture('flat'),
    setAttribute('aws_db_instance', database('prod-records'), 'instance_class', 'db.t4g.small'),
  ],
  [
    'a value in a variable file',
    fixture('modules'),
    setAttribute('aws_db_instance', database('production-orders'), 'instance_class', 'db.r6g.16xlarge'),
  ],
  [
    'a local',
    fixture('locals'),
    setAttribute('aws_db_instance', database('prod-tiered'), 'instance_class', 'db.r6g.16xlarge'),
  ],
  [
    'a nested block',
    fixture('aurora'),
    setAttribute(
      'aws_rds_cluster',
      ['cluster_identifier', 'prod-portal'],
      ['serverlessv2_scaling_configuration', 'max_capacity'],
      128,
    ),
  ],
  [
    'a variable in jsonencode',
    fixture('ecs'),
    {
      kind: 'set-task-definition',
      family: 'pgbouncer',
      changes: [
        {
          what: { kind: 'environment', container: 'pgbouncer', variable: 'DEFAULT_POOL_SIZE' },
          present: { kind: 'anything' },
          to: 10_000,
        },
      ],
    },
  ],
  [
    'an attribute that is added to its group',
    fixture('flat'),
    setAttribute('aws_db_instance', database('prod-records'), 'iops', 12_000, ABSENT),
  ],
  [
    'an attribute that is too long for its group',
    code({ 'a.tf': 'resource "aws_db_instance" "a" {\n  identifier = "a" # b\n  tags = {\n    a = 1\n  }\n}\n' }),
    setAttribute('aws_db_instance', database('a'), 'max_allocated_storage', 9, ABSENT),
  ],
  [
    'comments with signs that are wider than their bytes',
    code({
      'a.tf':
        'resource "aws_db_instance" "a" {\n  identifier = "a" # ü\n  name       = "é" # 😀\n  iops       = 3   # x\n}\n',
    }),
    setAttribute('aws_db_instance', database('a'), 'iops', 30_000),
  ],
  [
    'a replica',
    fixture('flat'),
    { kind: 'add-replica', of: { kind: 'instance', identifier: 'prod-records' }, identifier: 'prod-records-2' },
  ],
  [
    'an instance of a cluster',
    fixture('aurora'),
    { kind: 'add-replica', of: { kind: 'cluster', identifier: 'prod-portal' }, identifier: 'prod-portal-2' },
  ],
];

function editedFiles(from: InfrastructureCode, edit: InfrastructureEdit): readonly string[] {
  const result = plan(from, edit);
  return result.kind === 'edited' ? result.files.map(({ after }) => after) : [];
}

const described =
  version === null ? 'terraform is not on this machine: only our own look at the columns' : `terraform ${version}`;

describe(`what is edited stays as terraform fmt wants it (${described})`, () => {
  it.each(EDITS)('%s', (_, from, edit) => {
    const files = editedFiles(from, edit);
    expect(files).not.toEqual([]);
    for (const text of files) {
      expect(ragged(text)).toEqual([]);
      expect(version === null ? text : terraformFmt(text)).toBe(text);
    }
  });

  it('what terraform fmt would have changed before is left as it is', () => {
    const text = 'resource "aws_db_instance" "a" {\nidentifier="a"   #x\n  iops   =   3 # y\n}\n';
    const edit = setAttribute('aws_db_instance', database('a'), 'iops', 30_000);
    expect(editedFiles(code({ 'a.tf': text }), edit)).toEqual([text.replace('3 #', '30000 #')]);
  });
});

const signs = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Neighbouring lines `name = value` whose signs of equality, or whose comments, do not stand below each other. */
function ragged(text: string): readonly string[] {
  const lines = text.split('\n');
  const columns = (line: string, sign: RegExp) => [...signs.segment(line.split(sign)[0] ?? '')].length;
  const differs = (sign: RegExp, isOne: (line: string) => boolean) =>
    lines.filter((line, index) => {
      const next = lines[index + 1] ?? '';
      return isOne(line) && isOne(next) && columns(line, sign) !== columns(next, sign);
    });
  const isAssignment = (line: string) => /^\s*\w+\s+= [^{[(<]*$/.test(line);
  const isCommented = (line: string) => /\S.* # /.test(line) && !/^\s*#/.test(line);
  return [...differs(/ = /, isAssignment), ...differs(/ # /, isCommented)];
}
