import type { Range } from '../text.ts';
import { rangeOf, type Source, textOf } from './source.ts';
import { decodeHclString } from './literal.ts';
import type { SyntaxNode } from './parser.ts';
import type { Expression, ObjectElement, ReferenceStep, TemplatePart } from './syntax.ts';

/** From the concrete syntax, where every operator and bracket is a node, to what it means. */
export function convertExpression(node: SyntaxNode, source: Source): Expression {
  const named = namedChildren(node);
  if (node.type !== 'expression' && node.type !== '_expr_term') return convertTerm(node, [], source);
  const [first, ...rest] = named;
  if (first === undefined) return { kind: 'opaque', range: rangeOf(node, source), inner: [] };
  // Parentheses change nothing: what is in them is the expression.
  const inner = first.type === 'expression' ? convertExpression(first, source) : convertTerm(first, rest, source);
  if (first.type !== 'expression' || rest.length === 0) return inner;
  return { kind: 'opaque', range: rangeOf(node, source), inner: [inner] };
}

function convertTerm(node: SyntaxNode, steps: readonly SyntaxNode[], source: Source): Expression {
  const range = steps.length === 0 ? rangeOf(node, source) : { ...rangeOf(node, source), end: steps.at(-1)?.end ?? 0 };
  if (node.type === 'variable_expr') {
    return {
      kind: 'reference',
      range,
      root: textOf(node, source),
      steps: steps.map((step) => stepOf(step, source)).flat(),
    };
  }
  const value = convertValue(node, source);
  return steps.length === 0 ? value : { kind: 'opaque', range, inner: [value] };
}

function convertValue(node: SyntaxNode, source: Source): Expression {
  const range = rangeOf(node, source);
  const [first] = namedChildren(node);
  switch (node.type) {
    case 'literal_value':
      return first === undefined ? opaque(node, source) : literalOf(first, source);
    case 'template_expr':
      return first === undefined ? opaque(node, source) : convertTemplate(first, source);
    case 'collection_value':
      return first === undefined ? opaque(node, source) : collectionOf(first, source);
    case 'function_call':
      return {
        kind: 'call',
        range,
        function: first === undefined ? '' : textOf(first, source),
        arguments: argumentsOf(node, source),
      };
    case 'conditional':
      return conditionalOf(node, source);
    case 'operation':
      return first === undefined ? opaque(node, source) : operationOf(first, source);
    default:
      return opaque(node, source);
  }
}

function opaque(node: SyntaxNode, source: Source): Expression {
  return { kind: 'opaque', range: rangeOf(node, source), inner: innermost(node, source) };
}

/** Expressions in a node that has no meaning of its own for us, so that their references are seen. */
function innermost(node: SyntaxNode, source: Source): readonly Expression[] {
  return namedChildren(node).flatMap((child) =>
    child.type === 'expression' ? [convertExpression(child, source)] : innermost(child, source),
  );
}

function literalOf(node: SyntaxNode, source: Source): Expression {
  const range = rangeOf(node, source);
  const text = textOf(node, source);
  const literal = (value: string | number | boolean | null): Expression => ({
    kind: 'literal',
    range,
    value,
    notation: 'hcl',
  });
  switch (node.type) {
    case 'numeric_lit':
      return literal(Number(text));
    case 'bool_lit':
      return literal(text === 'true');
    case 'null_lit':
      return literal(null);
    default:
      return literal(decodeHclString(text.slice(1, -1)));
  }
}

function collectionOf(node: SyntaxNode, source: Source): Expression {
  const range = rangeOf(node, source);
  const children = namedChildren(node);
  if (node.type === 'tuple') {
    const elements = children
      .filter(({ type }) => type === 'expression')
      .map((child) => convertExpression(child, source));
    return { kind: 'tuple', range, elements };
  }
  const elements = children
    .filter(({ type }) => type === 'object_elem')
    .flatMap((child): readonly ObjectElement[] => {
      const [key, value] = namedChildren(child);
      return key === undefined || value === undefined
        ? []
        : [{ key: keyOf(key, source), value: convertExpression(value, source) }];
    });
  return { kind: 'object', range, elements };
}

/** `a` in `{ a = 1 }` is a name; only `(a)` is a reference. */
function keyOf(node: SyntaxNode, source: Source): Expression {
  const [only, ...others] = node.children;
  return only?.type === 'variable_expr' && others.length === 0
    ? { kind: 'literal', range: rangeOf(node, source), value: textOf(node, source), notation: 'hcl' }
    : convertExpression(node, source);
}

function argumentsOf(node: SyntaxNode, source: Source): readonly Expression[] {
  const list = node.children.find(({ type }) => type === 'function_arguments');
  return list === undefined ? [] : namedChildren(list).flatMap((child) => argumentOf(child, source));
}

function argumentOf(node: SyntaxNode, source: Source): readonly Expression[] {
  if (node.type === 'expression') return [convertExpression(node, source)];
  // `f(list...)`: how many arguments there are is not known.
  return [{ kind: 'opaque', range: rangeOf(node, source), inner: [] }];
}

function conditionalOf(node: SyntaxNode, source: Source): Expression {
  const [condition, then, otherwise] = namedChildren(node);
  if (condition === undefined || then === undefined || otherwise === undefined) return opaque(node, source);
  return {
    kind: 'conditional',
    range: rangeOf(node, source),
    condition: convertExpression(condition, source),
    then: convertExpression(then, source),
    otherwise: convertExpression(otherwise, source),
  };
}

const OPERATORS = new Set(['-', '!', '*', '/', '%', '+', '>', '>=', '<', '<=', '==', '!=', '&&', '||']);

function operationOf(node: SyntaxNode, source: Source): Expression {
  const range = rangeOf(node, source);
  const operator = node.children.find(({ named, type }) => !named && OPERATORS.has(type));
  const operands = operandsOf(node, operator, source);
  const [first] = operands;
  const isNegative = node.type === 'unary_operation' && operator?.type === '-';
  if (isNegative && first?.kind === 'literal' && typeof first.value === 'number') {
    return { ...first, range, value: -first.value };
  }
  return { kind: 'operation', range, operator: operator?.type ?? '', operands };
}

/** Operands stand in the operation without a node of their own: each is a term and what follows it. */
function operandsOf(node: SyntaxNode, operator: SyntaxNode | undefined, source: Source): readonly Expression[] {
  const sides = [
    node.children.filter((child) => operator !== undefined && child.end <= operator.start),
    node.children.filter((child) => operator === undefined || child.start >= operator.end),
  ];
  return sides.flatMap((side) => {
    const [first, ...rest] = side.filter(({ named, type }) => named && type !== 'comment');
    if (first === undefined) return [];
    if (first.type !== 'expression') return [convertTerm(first, rest, source)];
    const inner = convertExpression(first, source);
    return [rest.length === 0 ? inner : { kind: 'opaque', range: inner.range, inner: [inner] }];
  });
}

function stepOf(node: SyntaxNode, source: Source): readonly ReferenceStep[] {
  const [first] = namedChildren(node);
  switch (node.type) {
    case 'get_attr':
      return first === undefined ? [] : [{ kind: 'attribute', name: textOf(first, source) }];
    case 'index':
      return first === undefined ? [] : stepOf(first, source);
    case 'new_index':
      return first === undefined ? [] : [{ kind: 'index', key: convertExpression(first, source) }];
    case 'legacy_index': {
      const value = Number(textOf(node, source).replaceAll(/\D/g, ''));
      return [{ kind: 'index', key: { kind: 'literal', range: rangeOf(node, source), value, notation: 'hcl' } }];
    }
    default:
      return [{ kind: 'splat' }];
  }
}

function convertTemplate(node: SyntaxNode, source: Source): Expression {
  const range = rangeOf(node, source);
  if (node.type === 'heredoc_template') return heredocOf(node, source);
  const content = { path: source.path, start: range.start + 1, end: range.end - 1 };
  const inner = namedChildren(node).filter(
    ({ type }) => type === 'template_interpolation' || type === 'template_directive',
  );
  if (inner.some(({ type }) => type === 'template_directive')) return opaque(node, source);
  const parts = templateParts(inner, content, source);
  const [only, ...others] = parts;
  // `"${var.a}"` is an old way to write `var.a`.
  return only?.kind === 'value' && others.length === 0 ? only.expression : { kind: 'template', range, parts };
}

function templateParts(inner: readonly SyntaxNode[], content: Range, source: Source): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = content.start;
  const text = (end: number): void => {
    if (end > at) parts.push({ kind: 'text', text: decodeHclString(source.text.slice(at, end)) });
  };
  for (const node of inner) {
    text(node.start);
    const value = namedChildren(node).find(({ type }) => type === 'expression');
    const expression: Expression =
      value === undefined
        ? { kind: 'opaque', range: rangeOf(node, source), inner: [] }
        : convertExpression(value, source);
    parts.push({ kind: 'value', expression });
    at = node.end;
  }
  text(content.end);
  return parts;
}

/** Its content begins on the line after the opening marker and ends with the line before the closing one. */
function heredocOf(node: SyntaxNode, source: Source): Expression {
  const range = rangeOf(node, source);
  const marks = node.children.filter(({ type }) => type === 'heredoc_identifier');
  const opening = marks[0]?.end ?? node.start;
  const closing = marks.at(-1)?.start ?? node.end;
  const start = source.text.indexOf('\n', opening) + 1;
  const end = Math.max(start, source.text.lastIndexOf('\n', closing));
  return { kind: 'heredoc', range, content: { path: source.path, start, end }, inner: innermost(node, source) };
}

function namedChildren({ children }: SyntaxNode): readonly SyntaxNode[] {
  return children.filter(({ named, type }) => named && type !== 'comment');
}
