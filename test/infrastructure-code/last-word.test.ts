import { describe, expect, it } from '@jest/globals';
import type { Expectation, UnreadFile } from '../../shared/infrastructure-code/edit.ts';
import { ANYTHING, code, diff, is, plan, service, setAttribute } from './support.ts';

const target = (ceiling: string, id = '"t"'): string =>
  `resource "aws_appautoscaling_target" "t" {\n  resource_id  = ${id}\n  max_capacity = ${ceiling}\n}\n`;

function changed(
  files: Readonly<Record<string, string>>,
  present: Expectation = ANYTHING,
  unread: readonly UnreadFile[] = [],
): string {
  const edit = setAttribute('aws_appautoscaling_target', service('t'), 'max_capacity', 30, present);
  return diff(plan({ ...code(files), unread }, edit)).join('; ');
}

const MAIN = `variable "ceiling" { default = 5 }\n${target('var.ceiling')}`;

describe('of several files the one that has the last word is edited', () => {
  it.each([
    ['prod.auto.tfvars', 'prod_eu.auto.tfvars'],
    ['Z.auto.tfvars', 'a.auto.tfvars'],
    ['terraform.tfvars', 'a.auto.tfvars'],
    ['terraform.tfvars', 'terraform.tfvars.json'],
  ])('by the order of bytes: after %s comes %s', (first, last) => {
    const sets = (path: string, value: number): string =>
      path.endsWith('.json') ? `{"ceiling": ${value}}` : `ceiling = ${value}\n`;
    const files = { 'main.tf': MAIN, [last]: sets(last, 7), [first]: sets(first, 6) };
    expect(changed(files)).toMatch(new RegExp(`^${last}:1: -`));
  });

  it.each([
    [target('5'), 'prod_override.tf.json', '{"resource":{"aws_appautoscaling_target":{"t":{"max_capacity":9}}}}'],
    [MAIN, 'override.tf.json', '{"variable":{"ceiling":{"default":9}}}'],
    [`locals {\n  top = 5\n}\n${target('local.top')}`, 'override.tf.json', '{"locals":{"top":9}}'],
  ])('and an override in JSON is not read over: %#', (main, path, override) => {
    expect(changed({ 'main.tf': main, [path]: override })).toMatch(
      new RegExp(`^refused: overridden: .* is overridden at ${path}:1`),
    );
  });

  it('and an override in JSON of something else does not matter', () => {
    const override = '{"resource":{"aws_appautoscaling_target":{"other":{"max_capacity":9}}}}';
    expect(changed({ 'main.tf': target('5'), 'override.tf.json': override })).toMatch(/^main.tf:3: -/);
    expect(changed({ 'main.tf': target('5'), 'else/override.tf.json': override.replace('other', 't') })).toMatch(
      /^main.tf:3: -/,
    );
  });
});

describe('variable files that are given together', () => {
  const main = `variable "name" {}\nvariable "ceiling" { default = 5 }\n${target('var.ceiling', 'var.name')}`;
  const files = { 'main.tf': main, 'common.tfvars': 'ceiling = 10\n', 'production.tfvars': 'name = "t"\n' };

  it('are two candidates with the default', () => {
    expect(changed(files)).toMatch(/^refused: several-candidates: .*: main.tf:2, common.tfvars:1/);
  });

  it('are told apart by what is live', () => {
    expect(changed(files, is(10))).toBe('common.tfvars:1: -ceiling = 10; common.tfvars:1: +ceiling = 30');
    expect(changed(files, is(5))).toMatch(/^main.tf:2: -/);
  });

  it('leave the last word to the one that names the resource', () => {
    expect(changed({ ...files, 'production.tfvars': 'name = "t"\nceiling = 8\n' })).toMatch(/^production.tfvars:2: -/);
  });

  it('do not matter where they set something else', () => {
    expect(changed({ ...files, 'common.tfvars': 'other = 10\n' })).toMatch(/^main.tf:2: -/);
  });
});

describe('what stands twice where Terraform takes it once is not guessed', () => {
  it.each([
    ['an attribute', target('5\n  max_capacity = 6'), 'several-candidates: max_capacity .*: main.tf:3, main.tf:4'],
    ['a local', `locals {\n  a = 5\n}\nlocals {\n  a = 6\n}\n${target('local.a')}`, 'several-candidates: local.a '],
    ['a variable', `variable "a" { default = 5 }\nvariable "a" {}\n${target('var.a')}`, 'several-candidates: var.a '],
  ])('%s', (_, main, refusal) => {
    expect(changed({ 'main.tf': main })).toMatch(new RegExp(`^refused: ${refusal}`));
  });

  it('a line of a variable file', () => {
    expect(changed({ 'main.tf': MAIN, 'terraform.tfvars': 'ceiling = 5\nceiling = 6\n' })).toMatch(
      /^refused: syntax-error: terraform.tfvars:2/,
    );
  });
});

describe('resources that AWS calls the same in two places', () => {
  const call = (more = ''): string => `module "m" {\n  source = "../m"\n${more}}\n`;

  it('share what their module says', () => {
    const files = { 'm/main.tf': target('5'), 'eu/main.tf': call(), 'us/main.tf': call() };
    expect(changed(files)).toMatch(/^refused: shared: .* is also used at us\/main.tf:1/);
  });

  it('share a replica that would be added beside it', () => {
    const primary = 'resource "aws_db_instance" "p" {\n  identifier = "db"\n  backup_retention_period = 7\n}\n';
    const edit = { kind: 'add-replica', of: { kind: 'instance', identifier: 'db' }, identifier: 'db-2' } as const;
    const of = (files: Readonly<Record<string, string>>) => diff(plan(code(files), edit)).join();
    expect(of({ 'm/main.tf': primary, 'eu/main.tf': call(), 'us/main.tf': call() })).toMatch(
      /^refused: shared: .* is also used at us\/main.tf:1/,
    );
    expect(of({ 'm/main.tf': primary, 'eu/main.tf': call() })).toContain('+resource "aws_db_instance" "db_2"');
  });

  it('are told apart by what each says for itself', () => {
    const module = `variable "ceiling" {}\n${target('var.ceiling')}`;
    const files = {
      'm/main.tf': module,
      'eu/main.tf': call('  ceiling = 5\n'),
      'us/main.tf': call('  ceiling = 6\n'),
    };
    expect(changed(files)).toMatch(/^refused: several-candidates: .*: eu\/main.tf:3, us\/main.tf:3/);
    expect(changed(files, is(6))).toMatch(/^us\/main.tf:3: -/);
  });
});

describe('a file that was not read', () => {
  const unread = (path: string): readonly UnreadFile[] => [{ path, because: 'not UTF-8' }];

  it.each(['prod_override.tf', 'terraform.tfvars', 'prod.auto.tfvars.json', 'environments/prod.tfvars'])(
    'and that may have a say forbids the edit: %s',
    (path) => {
      expect(changed({ 'main.tf': MAIN }, ANYTHING, unread(path))).toBe(
        `refused: unread-file: ${path} may have a say in it, and is not read here (not UTF-8). Look what it says, and change the value by hand.`,
      );
    },
  );

  it('may have what is nowhere else', () => {
    expect(changed({ 'else/main.tf': '' }, ANYTHING, unread('infra/main.tf'))).toMatch(
      /^refused: not-found: .*; infra\/main.tf may have it, and is not read here/,
    );
    const main = `variable "name" {}\n${target('5', 'var.name')}`;
    expect(changed({ 'main.tf': main }, ANYTHING, unread('prod.tfvars'))).toMatch(/^refused: unread-file: prod.tfvars/);
  });

  it.each(['providers.tf', 'else/terraform.tfvars', 'else/override.tf', 'README.md', 'notes.json'])(
    'does not matter elsewhere: %s',
    (path) => {
      expect(changed({ 'main.tf': MAIN, 'else/other.tf': '' }, ANYTHING, unread(path))).toMatch(/^main.tf:1: -/);
    },
  );
});

describe('the validation of a variable', () => {
  const main = (condition: string): string =>
    `variable "ceiling" {\n  default = 5\n  validation {\n    condition     = ${condition}\n    error_message = "no"\n  }\n}\n${target('var.ceiling')}`;

  it.each([
    'var.ceiling <= 20',
    'var.ceiling > 0 && var.ceiling < 30',
    '!(var.ceiling >= 30)',
    'contains([5, 10], var.ceiling)',
  ])('that does not take the value forbids the edit: %s', (condition) => {
    expect(changed({ 'main.tf': main(condition) })).toMatch(
      /^refused: not-valid: The value is not one that the variable ceiling takes: its validation at main.tf:4 is /,
    );
  });

  it.each([
    'var.ceiling <= 30',
    'contains([5, 30], var.ceiling)',
    'var.ceiling % 2 == 0',
    'can(tonumber(var.ceiling))',
  ])('that takes it, or that only Terraform works out, does not: %s', (condition) => {
    expect(changed({ 'main.tf': main(condition) })).toMatch(/^main.tf:2: -/);
  });

  it('of a module holds for the argument of its call', () => {
    const module = main('var.ceiling <= 20').replace('  default = 5\n', '');
    const call = 'module "m" {\n  source  = "./m"\n  ceiling = 5\n}\n';
    expect(changed({ 'm/main.tf': module, 'main.tf': call })).toMatch(/^refused: not-valid: .* at m\/main.tf:3/);
  });
});

it('a condition may be text', () => {
  const main = (count: string): string =>
    `variable "is_off" { default = "true" }\n${target('5').replace('{\n', `{\n  count = ${count}\n`)}`;
  expect(changed({ 'main.tf': main('!var.is_off ? 1 : 0') })).toMatch(/^refused: repeated/);
  expect(changed({ 'main.tf': main('var.is_off ? 1 : 0') })).toMatch(/^main.tf:5: -/);
});

it('a module whose folder may not be read is named, with the call that has the name', () => {
  const main = 'module "api" {\n  source = "../../modules/service"\n  id     = "t"\n}\n';
  expect(changed({ 'infra/production/main.tf': main })).toMatch(
    /^refused: remote-module: module.api at infra\/production\/main.tf:1 comes from ..\/..\/modules\/service, which is not among the files/,
  );
});
