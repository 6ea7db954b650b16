import { parse, type ValueNode } from '@humanwhocodes/momoa';
import { found, type Found, refused } from './refusal.ts';
import type { Expression, Notation } from './hcl/syntax.ts';
import { lineAt, quote, type Range } from './text.ts';

/**
 * JSON as the same expressions that HCL has, so that one way of following values serves both.
 *
 * @param content the part of the file that is JSON
 */
export function parseJson(text: string, content: Range, notation: Exclude<Notation, 'hcl'>): Found<Expression> {
  const fault = (offset: number): Found<Expression> => {
    const at = { path: content.path, line: lineAt(text, content.start + offset) };
    return refused({ code: 'syntax-error', at, near: quote(text.slice(content.start + offset).slice(0, 200)) });
  };
  const json = text.slice(content.start, content.end);
  const mark = json.startsWith('\uFEFF') ? 1 : 0;
  try {
    const { body } = parse(json.slice(mark), { mode: 'json', ranges: true });
    return found(expressionOf(body, { ...content, start: content.start + mark }, notation));
  } catch (error) {
    return fault(error instanceof Error && 'offset' in error && typeof error.offset === 'number' ? error.offset : 0);
  }
}

function expressionOf(node: ValueNode, content: Range, notation: Notation): Expression {
  const range = rangeOf(node, content);
  switch (node.type) {
    case 'Object':
      return {
        kind: 'object',
        range,
        elements: node.members.map(({ name, value }) => ({
          key: {
            kind: 'literal',
            range: rangeOf(name, content),
            value: name.type === 'String' ? name.value : name.name,
            notation,
          },
          value: expressionOf(value, content, notation),
        })),
      };
    case 'Array':
      return {
        kind: 'tuple',
        range,
        elements: node.elements.map(({ value }) => expressionOf(value, content, notation)),
      };
    case 'String':
      return notation === 'json-in-heredoc'
        ? inHeredoc(node.value, range)
        : { kind: 'literal', range, value: node.value, notation };
    case 'Number':
    case 'Boolean':
      return { kind: 'literal', range, value: node.value, notation };
    case 'Null':
      return { kind: 'literal', range, value: null, notation };
    default:
      return { kind: 'opaque', range, inner: [] };
  }
}

/** Terraform reads the text before JSON does: `$${` means `${`, and `${` is something only Terraform knows. */
function inHeredoc(text: string, range: Range): Expression {
  const isTemplate = /[$%]\{/.test(text.replaceAll(/([$%])\1\{/g, ''));
  return isTemplate
    ? { kind: 'opaque', range, inner: [] }
    : { kind: 'literal', range, value: text.replaceAll(/([$%])\1\{/g, '$1{'), notation: 'json-in-heredoc' };
}

function rangeOf(
  { loc }: { readonly loc: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } } },
  { path, start }: Range,
): Range {
  return { path, start: start + loc.start.offset, end: start + loc.end.offset };
}
