import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ChangeKind } from '../../../shared/domain/change.ts';
import { type GrantName, statementsOf } from '../../../serverless/grants.ts';
import { infrastructureScope } from '../../../serverless/infrastructure-scope.ts';
import { poolerScope } from '../../../serverless/pooler-scope.ts';
import type { Scope } from '../../../serverless/statements.ts';
import { AUDIT_TABLE_ID, STATE_TABLE_ID } from '../../../serverless/tables.ts';

export type FunctionName = 'tick' | 'alarm' | 'scaled-to-max' | 'known-event' | ChangeKind;

/** The stack as serverless.yml declares it, as far as it says how functions are packaged, woken and permitted. */
interface Declared {
  readonly provider: { readonly environment: Readonly<Record<string, unknown>> };
  readonly functions: Readonly<Record<FunctionName, DeclaredFunction>>;
}

interface DeclaredFunction {
  /** `functions/triggers/tick.handler` */
  readonly handler: string;
  readonly events: readonly { readonly eventBridge: { readonly eventBus?: string; readonly pattern?: unknown } }[];
  readonly may: readonly GrantName[];
}

const ROOT = join(import.meta.dirname, '../../..');
const STACK = parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8'), { logLevel: 'silent' }) as Declared;

export const FUNCTION_NAMES = Object.keys(STACK.functions) as readonly FunctionName[];
/** Names of the variables that every function gets. */
export const ENVIRONMENT_NAMES = Object.keys(STACK.provider.environment);

/** The source file of a function. */
export function entryOf(name: FunctionName): string {
  return join(ROOT, STACK.functions[name].handler.replace(/\.handler$/, '.ts'));
}

/** What a function listens to on our own bus. */
export function patternsOf(name: FunctionName): readonly unknown[] {
  return STACK.functions[name].events.flatMap(({ eventBridge: { eventBus, pattern } }) =>
    eventBus === undefined ? [] : [pattern],
  );
}

/** What Application Auto Scaling and AWS itself demand of callers: granted, but never called by us. */
const DEMANDED: readonly GrantName[] = ['scale-services', 'let-aws-make-its-role'];

/** The calls that the role of a function grants, `dynamodb:Query fulcrum-state`. */
export function grantedCalls(
  name: FunctionName,
  tables: { readonly audit: string; readonly state: string },
): readonly string[] {
  const poolers = poolerScope({ fleets: [] });
  const scope: Scope = {
    region: 'any',
    account: 'any',
    bus: 'any',
    functionName: 'any',
    services: [],
    poolers,
    infrastructure: infrastructureScope({ fleets: [] }),
    codeHostKeys: [],
  };
  const grants = STACK.functions[name].may.filter((grant) => !DEMANDED.includes(grant));
  return statementsOf(grants, scope).flatMap(({ Action, Resource }) =>
    Action.map((action) => {
      if (!action.startsWith('dynamodb:')) return action;
      const text = JSON.stringify(Resource);
      const table = text.includes(AUDIT_TABLE_ID) ? tables.audit : text.includes(STATE_TABLE_ID) ? tables.state : '?';
      return `${action} ${table}`;
    }),
  );
}
