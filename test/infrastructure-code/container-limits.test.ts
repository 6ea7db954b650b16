import { describe, expect, it } from '@jest/globals';
import { code, diff, is, plan } from './support.ts';

/** The edit of `resize-task`, from 512 CPU units and 1024 MiB to twice as much. */
function resized(files: Readonly<Record<string, string>>): readonly string[] {
  return diff(
    plan(code(files), {
      kind: 'set-task-definition',
      family: 'api',
      changes: [
        { what: { kind: 'cpu' }, present: is(512), to: 1024 },
        { what: { kind: 'memory' }, present: is(1024), to: 2048 },
      ],
    }),
  );
}

const task = (size: string, containers: string): string =>
  `resource "aws_ecs_task_definition" "api" {\n  family = "api"\n${size}\n  container_definitions = ${containers}\n}\n`;
const SIZE = '  cpu = 512\n  memory = 1024';

const plus = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => /^\S+: \+(.*)/.exec(line)?.[1]?.trim() ?? (line.startsWith('refused') ? [line] : []));

describe('a container that has the whole of its task', () => {
  it('gets the whole of the larger one, in jsonencode', () => {
    const containers = 'jsonencode([{\n    name = "app"\n    cpu = 512\n    memory = 1024\n  }])';
    expect(plus(resized({ 'a.tf': task(SIZE, containers) }))).toEqual([
      ...['cpu = 1024', 'memory = 2048', 'container_definitions = jsonencode([{', 'name = "app"'],
      ...['cpu = 1024', 'memory = 2048'],
    ]);
  });

  it('gets it in a heredoc and in a file of JSON, its reservation, too', () => {
    const json = (size: string): string =>
      `{"family": "api",${size} "containerDefinitions": [{"name": "app", "memoryReservation": 1024,\n"memory": 1024}]}`;
    const heredoc = '<<JSON\n[{"name": "app",\n"memory": 1024}]\nJSON';
    expect(plus(resized({ 'a.tf': task(SIZE, heredoc) }))).toContain('"memory": 2048}]');
    const whole = resized({ 'a.json': json('"cpu": "512", "memory": "1024",') }).join();
    expect(whole).toContain('+{"family": "api","cpu": "1024", "memory": "2048", ');
    expect(whole).toContain('"memoryReservation": 2048');
    expect(whole).toContain('+"memory": 2048}]}');
  });

  it('goes along where both are one variable, whose one value is edited', () => {
    const main =
      'variable "cpu" { default = 512 }\nvariable "memory" { default = 1024 }\n' +
      task(
        '  cpu = var.cpu\n  memory = var.memory',
        'jsonencode([{ name = "app", cpu = var.cpu, memory = var.memory }])',
      );
    expect(plus(resized({ 'a.tf': main }))).toEqual([
      'variable "cpu" { default = 1024 }',
      'variable "memory" { default = 2048 }',
    ]);
  });

  it('does not go along where the variable is used for something else besides', () => {
    const main =
      'variable "memory" { default = 1024 }\n' +
      task(
        '  cpu = 512\n  memory = var.memory',
        'jsonencode([{ name = "app", memory = var.memory, command = ["-Xmx${var.memory}m"] }])',
      );
    expect(resized({ 'a.tf': main })).toEqual([expect.stringContaining('refused: shared: ')]);
  });

  it('is in the way where its limit cannot be edited', () => {
    const containers = 'jsonencode([{ name = "app", memory = true ? 1024 : 1 }])';
    expect(resized({ 'a.tf': task(SIZE, containers) })).toEqual([expect.stringContaining('refused: conditional: ')]);
  });
});

describe('a container that has a share of its task', () => {
  it('keeps it, because only its owner knows what it needs', () => {
    const containers = 'jsonencode([{ name = "app", cpu = 384, memory = 896 }, { name = "log", cpu = 128 }])';
    expect(plus(resized({ 'a.tf': task(SIZE, containers) }))).toEqual(['cpu = 1024', 'memory = 2048']);
  });

  it.each(['file("containers.json")', 'jsonencode(concat([{ name = "a", memory = 1024 }], var.more))'])(
    'or may have: %s is left as it is',
    (containers) => {
      expect(plus(resized({ 'a.tf': task(SIZE, containers) }))).toEqual(['cpu = 1024', 'memory = 2048']);
    },
  );

  it('keeps it, too, where the task has the size already', () => {
    const containers = 'jsonencode([{ name = "app", memory = 1024 }])';
    expect(resized({ 'a.tf': task('  cpu = 1024\n  memory = 2048', containers) })).toEqual([
      expect.stringContaining('not needed: already-so'),
      expect.stringContaining('not needed: already-so'),
    ]);
  });
});
