import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InfrastructureCode, ValueEdit } from '../../shared/infrastructure-code/edit.ts';
import type { Value } from '../../shared/infrastructure-code/at.ts';
import type { SyntaxNode } from '../../shared/infrastructure-code/hcl/parser.ts';
import { code, filesAfter, fixture, is, parser, plan, service, setAttribute } from './support.ts';

/** Ways in which a value gets to a resource, the literal marked with `@`. */
const WAYS: readonly Readonly<Record<string, string>>[] = [
  { 'main.tf': 'BEFORE resource "aws_appautoscaling_target" "t" {\n  resource_id = "id"\n  max_capacity = @ AFTER\n}' },
  {
    'main.tf':
      'resource "aws_appautoscaling_target" "t" {\n  resource_id  = "id"   # x\n  min_capacity = 1    # y\n  max_capacity = @ AFTER\n}',
  },
  {
    'main.tf':
      'BEFORE locals {\n\tmost = (\n\t\t@ AFTER\n\t)\n}\nresource aws_appautoscaling_target t {\n  resource_id = "id"\n  max_capacity = local.most\n}',
  },
  {
    'main.tf':
      'variable "most" {}\nBEFORE resource "aws_appautoscaling_target" "t" {\n  resource_id = "id"\n  max_capacity = "${var.most}"\n}',
    'terraform.tfvars': 'BEFORE most = @ AFTER\n',
  },
  {
    'main.tf': 'module "m" {\n  source = "./m"\n  sizes = { a = 1, "most" : @ }\n AFTER\n}',
    'm/main.tf':
      'variable "sizes" {}\nBEFORE resource "aws_appautoscaling_target" "t" {\n  resource_id = "id"\n  max_capacity = var.sizes["most"]\n}',
  },
];

const BEFORE = [
  '',
  '# max_capacity = 5\n',
  '/* resource "aws_appautoscaling_target" "t" {\n max_capacity = 1\n} */',
  'locals {\n  text = <<-EOT\n    max_capacity = 7 ${"}"} "\n  EOT\n}\n',
  'locals {\n  ünï = "😀 ${jsonencode({ a = "}" })} $${x} %%{y}"\n}\n',
  'output "o" { value = [for k, v in { a = 1 } : "${k}=${v}" if v > 0] }\n',
];
const AFTER = ['', '# trailing', '// trailing "', '/* a */ # b', '\n  # own line 9'];

const anyFile = fc
  .record({
    way: fc.constantFrom(...WAYS),
    before: fc.constantFrom(...BEFORE),
    after: fc.constantFrom(...AFTER),
    newline: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    end: fc.constantFrom('', '\n', '\n\n'),
    quoted: fc.boolean(),
  })
  .map(({ way, before, after, newline, mark, end, quoted }) => (literal: Value): InfrastructureCode => {
    const written = quoted ? `"${literal}"` : String(literal);
    const text = (template: string) =>
      mark +
      (template.replace('BEFORE', () => before).replace('AFTER', () => after) + end)
        .replaceAll('\n', newline)
        .replace('@', () => written);
    return code(Object.fromEntries(Object.entries(way).map(([path, template]) => [path, text(template)])));
  });

const anyNumber = fc.oneof(fc.nat(), fc.constantFrom(0, 7, 0.5, 12.25, 100_000));
const ceiling = (to: Value, present: Value): ValueEdit =>
  setAttribute('aws_appautoscaling_target', service('id'), 'max_capacity', to, is(present));

describe('laws of an edit', () => {
  it('the edited code is the code that somebody would have written with the other number', () => {
    fc.assert(
      fc.property(anyFile, anyNumber, anyNumber, (file, from, to) => {
        fc.pre(from !== to);
        const result = plan(file(from), ceiling(to, from));
        expect(result.kind).toBe('edited');
        const { files } = filesAfter(file(from), result);
        for (const [path, text] of file(to).files) {
          expect(withoutBlanksBeforeComments(files.get(path) ?? '')).toBe(withoutBlanksBeforeComments(text));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('edited there and back again is the same bytes', () => {
    fc.assert(
      fc.property(anyFile, anyNumber, anyNumber, (file, from, to) => {
        fc.pre(from !== to);
        const there = filesAfter(file(from), plan(file(from), ceiling(to, from)));
        const back = filesAfter(there, plan(there, ceiling(from, to)));
        expect(back.files).toEqual(file(from).files);
      }),
      { numRuns: 100 },
    );
  });

  it('to the value that is there is no edit', () => {
    fc.assert(
      fc.property(anyFile, anyNumber, (file, value) => {
        expect(plan(file(value), ceiling(value, value))).toMatchObject({
          kind: 'not-needed',
          because: [{ code: 'already-so' }],
        });
      }),
      { numRuns: 50 },
    );
  });

  it('any text is read back as it was meant, and leaves the rest of the tree as it was', () => {
    const flat = fixture('flat');
    const before = tree(flat.files.get('database.tf') ?? '');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (to) => {
        fc.pre(to !== 'db.r6g.large' && to.isWellFormed());
        const edit = setAttribute('aws_db_instance', ['identifier', 'prod-records'], 'instance_class', to);
        const result = plan(flat, edit);
        expect(result.kind).toBe('edited');
        const after = filesAfter(flat, result);
        expect(tree(after.files.get('database.tf') ?? '')).toEqual(before);
        expect(plan(after, edit)).toMatchObject({ because: [{ code: 'already-so', value: to }] });
      }),
      { numRuns: 100 },
    );
  });

  it('any bytes as a file end in a result, never in an exception', () => {
    const piece = fc.constantFrom(
      ...['resource', '"aws_appautoscaling_target"', '"t"', '{', '}', '=', '\n', '"', '${', '<<EOT', 'EOT', '[', ']'],
      ...[
        'resource_id',
        '"id"',
        'max_capacity',
        '5',
        '?',
        ':',
        '#',
        '/*',
        '*/',
        '(',
        ')',
        ',',
        'local.x',
        '\u0000',
        '\\',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const from = code({ 'main.tf': pieces.join(' ') });
        expect(['edited', 'not-needed', 'refused']).toContain(plan(from, ceiling(9, 5)).kind);
      }),
      { numRuns: 200 },
    );
  });
});

/** `terraform fmt` moves comments along with the literals before them. */
function withoutBlanksBeforeComments(text: string): string {
  return text.replaceAll(/[ \t]+(?=#|\/\/)/g, ' ');
}

/** Types and texts of a whole file, the value of `instance_class` left out. */
function tree(text: string): unknown {
  const parse = parser.parse(text);
  const plain = (node: SyntaxNode): unknown => {
    const own = text.slice(node.start, node.end);
    if (node.type === 'attribute' && own.startsWith('instance_class')) return 'instance_class';
    return node.children.length === 0 ? [node.type, own] : [node.type, ...node.children.map(plain)];
  };
  try {
    return parse.statements.map((statement) => plain(statement.copy()));
  } finally {
    parse.free();
  }
}
