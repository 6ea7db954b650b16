import type { Value } from '../at.ts';
import type { Range } from '../text.ts';

/** How a literal is written, and thus how another one must be written in its place. */
export type Notation =
  | 'hcl'
  | 'json'
  /** JSON inside of a heredoc: escaped as JSON, and `${` once more for Terraform. */
  | 'json-in-heredoc';

export type Expression =
  | {
      readonly kind: 'literal';
      readonly range: Range;
      readonly value: Value | null;
      readonly notation: Notation;
    }
  | { readonly kind: 'template'; readonly range: Range; readonly parts: readonly TemplatePart[] }
  /** `content` is the text between its markers. */
  | { readonly kind: 'heredoc'; readonly range: Range; readonly content: Range; readonly inner: readonly Expression[] }
  | { readonly kind: 'object'; readonly range: Range; readonly elements: readonly ObjectElement[] }
  | { readonly kind: 'tuple'; readonly range: Range; readonly elements: readonly Expression[] }
  | {
      readonly kind: 'reference';
      readonly range: Range;
      readonly root: string;
      readonly steps: readonly ReferenceStep[];
    }
  | {
      readonly kind: 'call';
      readonly range: Range;
      readonly function: string;
      readonly arguments: readonly Expression[];
    }
  | {
      readonly kind: 'conditional';
      readonly range: Range;
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | {
      readonly kind: 'operation';
      readonly range: Range;
      readonly operator: string;
      readonly operands: readonly Expression[];
    }
  /** `for` and all else that only Terraform can work out. */
  | { readonly kind: 'opaque'; readonly range: Range; readonly inner: readonly Expression[] };

export type TemplatePart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'value'; readonly expression: Expression };

export interface ObjectElement {
  /** `a` in `{ a = 1 }` is a name, not a reference. */
  readonly key: Expression;
  readonly value: Expression;
}

export type ReferenceStep =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'index'; readonly key: Expression }
  | { readonly kind: 'splat' };

export interface Attribute {
  readonly name: string;
  readonly range: Range;
  readonly expression: Expression;
}

export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly range: Range;
  /** Of its last label; of its type where it has none. */
  readonly nameRange: Range;
  readonly body: Body;
}

export interface Body {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

export function attributeOf(body: Body, name: string): Attribute | undefined {
  return body.attributes.find((attribute) => attribute.name === name);
}

/** Expressions directly inside of an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'template':
      return expression.parts.flatMap((part) => (part.kind === 'value' ? [part.expression] : []));
    case 'heredoc':
    case 'opaque':
      return expression.inner;
    case 'object':
      return expression.elements.flatMap(({ key, value }) => [key, value]);
    case 'tuple':
      return expression.elements;
    case 'reference':
      return expression.steps.flatMap((step) => (step.kind === 'index' ? [step.key] : []));
    case 'call':
      return expression.arguments;
    case 'conditional':
      return [expression.condition, expression.then, expression.otherwise];
    case 'operation':
      return expression.operands;
  }
}

/** Every reference in a body, at any depth. */
export function referencesIn(body: Body): readonly Extract<Expression, { kind: 'reference' }>[] {
  const inExpression = (expression: Expression): readonly Extract<Expression, { kind: 'reference' }>[] => [
    ...(expression.kind === 'reference' ? [expression] : []),
    ...partsOf(expression).flatMap(inExpression),
  ];
  return [
    ...body.attributes.flatMap(({ expression }) => inExpression(expression)),
    ...body.blocks.flatMap((block) => referencesIn(block.body)),
  ];
}
