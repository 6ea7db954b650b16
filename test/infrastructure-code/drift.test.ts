import { describe, expect, it } from '@jest/globals';
import type { ValueEdit } from '../../shared/infrastructure-code/edit.ts';
import { describeDrift } from '../../shared/infrastructure-code/plan-edit.ts';
import { code, diff, fixture, parser, plan, service, setAttribute } from './support.ts';

const flat = fixture('flat');
const ceiling = (id: string, live: number) =>
  setAttribute('aws_appautoscaling_target', service(id), 'max_capacity', live);

describe('a live value beside what the code says', () => {
  it('would be undone by the next apply', () => {
    expect(describeDrift(parser, flat, ceiling('service/production/api', 14))).toEqual([
      {
        kind: 'would-undo',
        at: { path: 'services.tf', line: 21 },
        name: 'aws_appautoscaling_target.api.max_capacity',
        code: 10,
        live: 14,
      },
    ]);
  });

  it('is named to the end, also where it stands deep in a task definition', () => {
    const files = code({
      'p.tf':
        'resource "aws_ecs_task_definition" "pgbouncer" {\n  family = "p"\n  container_definitions = jsonencode([{ name = "pgbouncer", environment = [{ name = "DEFAULT_POOL_SIZE", value = "13" }] }])\n}\n',
    });
    const what = { kind: 'environment', container: 'pgbouncer', variable: 'DEFAULT_POOL_SIZE' } as const;
    const edit: ValueEdit = {
      kind: 'set-task-definition',
      family: 'p',
      changes: [{ what, present: { kind: 'anything' }, to: 31 }],
    };
    expect(describeDrift(parser, files, edit)).toMatchObject([
      {
        kind: 'would-undo',
        name: 'aws_ecs_task_definition.pgbouncer.container_definitions["pgbouncer"].environment["DEFAULT_POOL_SIZE"].value',
      },
    ]);
  });

  it('is in step', () => {
    expect(describeDrift(parser, flat, ceiling('service/production/api', 10))).toMatchObject([{ kind: 'in-step' }]);
  });

  it('is left alone where Terraform ignores its changes, and needs no edit', () => {
    const edit = ceiling('service/production/worker', 9);
    const at = { path: 'services.tf', line: 32 };
    expect(describeDrift(parser, flat, edit)).toMatchObject([{ kind: 'ignored-by-terraform', at }]);
    expect(plan(flat, edit)).toMatchObject({ kind: 'not-needed', because: [{ code: 'ignored-by-terraform', at }] });
  });

  it('is not set in the code', () => {
    const edit = setAttribute('aws_db_instance', ['identifier', 'prod-records'], 'iops', 3000);
    expect(describeDrift(parser, flat, edit)).toMatchObject([{ kind: 'not-set', live: 3000 }]);
  });

  it('is unknown where the code cannot tell, with the reason', () => {
    expect(describeDrift(parser, flat, ceiling('service/production/none', 9))).toMatchObject([
      { kind: 'unknown', because: { code: 'not-found' } },
    ]);
  });

  it('is told for every value that was asked for, whatever it is written in', () => {
    const edit: ValueEdit = {
      kind: 'set-autoscaler',
      name: 'portal',
      namespace: 'public',
      changes: [
        { field: 'minReplicas', present: { kind: 'anything' }, to: 3 },
        { field: 'maxReplicas', present: { kind: 'anything' }, to: 20 },
      ],
    };
    expect(describeDrift(parser, fixture('kubernetes'), edit)).toMatchObject([
      { kind: 'in-step', value: 3 },
      { kind: 'would-undo', code: 10, live: 20 },
    ]);
  });
});

describe('ignore_changes', () => {
  const cluster = (ignored: string) =>
    code({
      'a.tf': `resource "aws_rds_cluster" "a" {
  cluster_identifier = "a"
  serverlessv2_scaling_configuration {
    min_capacity = 1
    max_capacity = 8
  }
  lifecycle {
    ignore_changes = ${ignored}
  }
}
`,
    });
  const edit = setAttribute(
    'aws_rds_cluster',
    ['cluster_identifier', 'a'],
    ['serverlessv2_scaling_configuration', 'max_capacity'],
    16,
  );

  it.each([
    'all',
    '[serverlessv2_scaling_configuration]',
    '[tags, serverlessv2_scaling_configuration[0].max_capacity]',
    '["serverlessv2_scaling_configuration"]',
  ])('%s covers the attribute', (ignored) => {
    expect(diff(plan(cluster(ignored), edit))).toEqual([expect.stringContaining('not needed: ignored-by-terraform')]);
  });

  it.each(['[]', '[tags]', '[serverlessv2_scaling_configuration[0].min_capacity]', '[max_capacity]'])(
    '%s does not',
    (ignored) => {
      expect(plan(cluster(ignored), edit)).toMatchObject({ kind: 'edited' });
    },
  );
});
