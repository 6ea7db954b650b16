import type { ScalableTargetId } from '../shared/domain/capacity.ts';
import type { InfrastructureScope } from './infrastructure-scope.ts';
import type { PoolerScope } from './pooler-scope.ts';
import type { Reference } from './template.ts';
import { sub } from './template.ts';

/** One statement of an IAM policy. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: '*' | Reference | readonly Reference[];
  readonly Condition?: Condition;
}

export type Condition = Readonly<
  Record<string, Readonly<Record<string, string | Reference | readonly (string | Reference)[]>>>
>;

/** What statements name. */
export interface Scope {
  readonly region: string;
  readonly account: string;
  /** Name of our event bus. */
  readonly bus: string;
  /** Of the function that is granted: `fulcrum-production-tick`. */
  readonly functionName: string;
  readonly services: readonly ScalableTargetId[];
  readonly poolers: PoolerScope;
  readonly infrastructure: InfrastructureScope;
  /** ARNs of the keys by which pull requests are opened. */
  readonly codeHostKeys: readonly string[];
}

export interface Grant {
  /** For docs/permissions.md. */
  readonly purpose: string;
  readonly statements: (scope: Scope) => readonly Statement[];
}

export function allow(
  Action: readonly string[],
  Resource: Statement['Resource'],
  Condition?: NonNullable<Statement['Condition']>,
): Statement {
  return { Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

/** The ARNs of services; `*` stands for every service of a cluster. */
export function servicesIn({ region, account }: Scope, targets: readonly ScalableTargetId[]): readonly Reference[] {
  return targets.map(({ cluster, service }) =>
    sub(`arn:\${AWS::Partition}:ecs:${region}:${account}:service/${cluster}/${service}`),
  );
}
