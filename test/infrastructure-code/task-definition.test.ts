import { describe, expect, it } from '@jest/globals';
import type { Expectation, TaskDefinitionChange } from '../../shared/infrastructure-code/edit.ts';
import { ANYTHING, code, diff, fixture, is, plan } from './support.ts';

const ecs = fixture('ecs');
const environment = (container: string, variable: string) => ({ kind: 'environment', container, variable }) as const;

function set(
  family: string,
  what: TaskDefinitionChange['what'],
  to: string | number,
  present: Expectation = ANYTHING,
  from = ecs,
): readonly string[] {
  return diff(plan(from, { kind: 'set-task-definition', family, changes: [{ what, present, to }] }));
}

describe('a task definition', () => {
  it.each<{
    readonly what: string;
    readonly change: readonly [string, TaskDefinitionChange['what'], string | number];
    readonly then: readonly unknown[];
  }>([
    {
      what: 'a variable of one container of several, in jsonencode',
      change: ['pgbouncer', environment('pgbouncer', 'DEFAULT_POOL_SIZE'), 60],
      then: [
        'api.tf:20: -        { name = "DEFAULT_POOL_SIZE", value = "40" }, # connection math',
        'api.tf:20: +        { name = "DEFAULT_POOL_SIZE", value = "60" }, # connection math',
      ],
    },
    {
      what: 'a variable that comes from a variable of Terraform',
      change: ['pgbouncer', environment('pgbouncer', 'MAX_CLIENT_CONN'), '1000'],
      then: ['api.tf:3: -  default = 20', 'api.tf:3: +  default = 1000'],
    },
    {
      what: 'cpu that stands in quotes',
      change: ['pgbouncer', { kind: 'cpu' }, 512],
      then: ['api.tf:10: -  cpu                      = "256"', 'api.tf:10: +  cpu                      = "512"'],
    },
    {
      what: 'memory that stands without',
      change: ['pgbouncer', { kind: 'memory' }, '1024'],
      then: ['api.tf:11: -  memory                   = 512', 'api.tf:11: +  memory                   = 1024'],
    },
    {
      what: 'a variable in JSON in a heredoc',
      change: ['legacy', environment('legacy', 'WORKERS'), '${8}'],
      then: [
        'api.tf:45: -          { "name": "WORKERS", "value": "4" },',
        'api.tf:45: +          { "name": "WORKERS", "value": "$${8}" },',
      ],
    },
    {
      what: 'a variable in a JSON file',
      change: ['reports', environment('reports', 'THREADS'), 'a"b'],
      then: [
        'reports.json:7: -\t\t  "environment": [ {"name":"THREADS","value":"8"} ] }',
        'reports.json:7: +\t\t  "environment": [ {"name":"THREADS","value":"a\\"b"} ] }',
      ],
    },
    {
      what: 'cpu in a JSON file',
      change: ['reports', { kind: 'cpu' }, 1024],
      then: ['reports.json:3: -\t"cpu": "512",', 'reports.json:3: +\t"cpu": "1024",'],
    },
    {
      what: 'a value that only Terraform puts into the heredoc',
      change: ['legacy', environment('legacy', 'REGION'), 'x'],
      then: [expect.stringContaining('refused: computed: api.tf:46')],
    },
    {
      what: 'a variable that no container has',
      change: ['pgbouncer', environment('pgbouncer', 'NO_SUCH'), 'x'],
      then: [expect.stringContaining('refused: attribute-missing: ["NO_SUCH"] is not set at api.tf:18')],
    },
    {
      what: 'a family that is not there',
      change: ['nobody', { kind: 'cpu' }, 1],
      then: [expect.stringContaining('refused: not-found')],
    },
  ])('$what', ({ change: [family, what, to], then }) => {
    expect(set(family, what, to)).toEqual(then);
  });

  it.each([
    ['"0.5 vCPU"', '"1 vCPU"'],
    ['".5vcpu"', '"1vcpu"'],
    ['"512"', '"1024"'],
  ])('keeps the unit of its size: %s is %s', (before, after) => {
    const from = code({ 'a.json': `{"family":"a",\n"cpu":${before},\n"memory":"1.5 GB"}` });
    expect(set('a', { kind: 'cpu' }, 1024, is(512), from)).toEqual([
      `a.json:2: -"cpu":${before},`,
      `a.json:2: +"cpu":${after},`,
    ]);
    expect(set('a', { kind: 'memory' }, 3072, is(1536), from)).toContain('a.json:3: +"memory":"3 GB"}');
    expect(set('a', { kind: 'memory' }, 1536, is(1024), from)).toEqual([expect.stringContaining('not needed')]);
  });

  it('in two JSON files is not guessed', () => {
    const json = '{"family":"a","cpu":"256"}';
    const from = code({ 'a.json': json, 'b.json': json });
    expect(set('a', { kind: 'cpu' }, 512, is(256), from)).toEqual([
      expect.stringContaining(
        'refused: several-candidates: task definition "a" stands in several places: a.json:1, b.json:1',
      ),
    ]);
  });

  it('in JSON that is broken is named', () => {
    const from = code({ 'a.json': '{"family":"a",\n"cpu":}' });
    expect(set('a', { kind: 'cpu' }, 512, is(256), from)).toEqual([
      expect.stringContaining('refused: syntax-error: a.json:2'),
    ]);
  });

  it.each([
    'concat([{ name = "a", cpu = 1 }], local.more)',
    'file("task.json")',
    'templatefile("task.json.tpl", { cpu = 1 })',
    'jsonencode([for c in local.all : c])',
  ])('that Terraform computes, %s, is refused', (expression) => {
    const from = code({
      'a.tf': `resource "aws_ecs_task_definition" "a" {\n  family = "a"\n  container_definitions = ${expression}\n}\n`,
    });
    expect(set('a', environment('a', 'X'), 2, ANYTHING, from)).toEqual([
      expect.stringContaining('refused: computed: a.tf:3'),
    ]);
  });
});
