import type { Policy, PoolerPolicy } from '../shared/config/policy.ts';
import type { ScalableTargetId } from '../shared/domain/capacity.ts';
import { isProbed } from '../shared/workflow/probed-fleets.ts';

/** What of PgBouncers the permissions of a stack name. */
export interface PoolerScope {
  /** ECS services of which the tasks are PgBouncers that are found through ECS. */
  readonly found: readonly ScalableTargetId[];
  /** ARNs of the passwords of their consoles. */
  readonly secrets: readonly string[];
  readonly passwordParameters: readonly string[];
  /** ECS services whose task definitions hold pool sizes. */
  readonly kept: readonly ScalableTargetId[];
  /** Names or ARNs of parameters that hold pool sizes. */
  readonly keptParameters: readonly string[];
  /** ARNs of roles that are passed on with a task definition. */
  readonly passedRoles: readonly string[];
}

/** Where functions stand that speak to PgBouncer. */
export interface PoolerNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export type PoolerNetworkResult =
  | { readonly kind: 'ok'; readonly network: PoolerNetwork | null }
  /** `message` is for people: every fleet that differs. */
  | { readonly kind: 'refused'; readonly message: string };

export function poolerScope({ fleets }: Pick<Policy, 'fleets'>): PoolerScope {
  const poolers = fleets.filter(isProbed).map(({ pooler }) => pooler);
  const passwords = unique(poolers.map(({ console }) => console.passwordFrom));
  const inDefinitions = poolers.filter(({ durable }) => durable?.kind === 'task-definition');
  const inParameters = poolers.filter(({ durable }) => durable?.kind === 'ssm-parameter');
  return {
    found: services(poolers.filter(({ console }) => console.hosts === undefined)),
    secrets: passwords.filter((arn) => !isParameter(arn)),
    passwordParameters: passwords.filter(isParameter),
    kept: services(inDefinitions),
    keptParameters: unique(inParameters.flatMap(({ durable }) => Object.values(durable?.names ?? {}))),
    passedRoles: unique(inDefinitions.flatMap(({ durable }) => durable?.passRoles ?? [])),
  };
}

/** A function stands in one network, so all fleets of a stack have to name the same. */
export function poolerNetwork({ fleets }: Pick<Policy, 'fleets'>): PoolerNetworkResult {
  const byNetwork = Map.groupBy(fleets.filter(isProbed), ({ pooler }) => JSON.stringify(networkOf(pooler)));
  const groups = [...byNetwork.values()];
  const [first] = groups;
  if (groups.length > 1) {
    const told = groups.map((group) => group.map(({ name }) => name).join(' and ')).join('; ');
    const message =
      `PgBouncers of one stack are reached from one network, and these fleets name different ones in pooler.console.vpc: ` +
      `${told}. Give them the same, or make a file for each and deploy it with --param config=FILE --stage STAGE`;
    return { kind: 'refused', message };
  }
  return { kind: 'ok', network: first?.[0] === undefined ? null : networkOf(first[0].pooler) };
}

function networkOf({ console }: PoolerPolicy): PoolerNetwork | null {
  if (console?.vpc === undefined) return null;
  const { subnetIds, securityGroupIds } = console.vpc;
  return { subnetIds: subnetIds.toSorted(), securityGroupIds: securityGroupIds.toSorted() };
}

function isParameter(arn: string): boolean {
  return /^arn:[^:]+:ssm:/.test(arn);
}

function services(poolers: readonly PoolerPolicy[]): readonly ScalableTargetId[] {
  const targets = poolers.map(({ cluster, service }): [string, ScalableTargetId] => [
    `${cluster}/${service}`,
    { cluster, service },
  ]);
  return [...new Map(targets).values()];
}

function unique(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => text ?? []))];
}
