import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isProbed } from '../shared/workflow/probed-fleets.ts';
import { bundling } from './bundling.ts';
import { codeHostKeys } from './proposal-grants.ts';
import { codeVersion } from './code-version.ts';
import { GRANT_NAMES, type GrantName, statementsOf } from './grants.ts';
import { infrastructureScope } from './infrastructure-scope.ts';
import { deadLettersOf, queueIdOf, roleIdOf, roleOf } from './roles.ts';
import { isInUse } from './functions-in-use.ts';
import { selfAlarms, type WatchedFunction } from './self-alarms.ts';
import { namedServices } from './service-arns.ts';
import { poolerScope, type PoolerNetwork } from './pooler-scope.ts';
import { readStack, type Stack } from './stack.ts';
import { tables } from './tables.ts';
import { getAtt, type Outputs, type Resources, withoutExports, withoutRedundantDependencies } from './template.ts';
import { wakeAlarms } from './wake-alarms.ts';

interface EventBridgeEvent {
  readonly eventBus?: string;
  deadLetterQueueArn?: unknown;
}

interface FunctionDefinition {
  /** The physical name, `fulcrum-production-tick`. */
  readonly name: string;
  readonly may?: readonly GrantName[];
  /** Given to what stands in the network of PgBouncer. */
  vpc?: PoolerNetwork;
  readonly events: readonly { readonly eventBridge?: EventBridgeEvent }[];
  role?: string;
  destinations?: unknown;
}

/** The little of osls that is used here; it publishes no types. */
interface Serverless {
  readonly serviceDir: string;
  readonly processedInput: { readonly isHelpRequest: boolean };
  readonly service: {
    custom: Record<string, unknown> & { readonly bus: string };
    readonly functions: Readonly<Record<string, FunctionDefinition>>;
    readonly resources: { Resources?: Resources };
    readonly provider: { readonly compiledCloudFormationTemplate: { Resources: Resources; Outputs: Outputs } };
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
  extendConfiguration(path: readonly string[], value: unknown): void;
  getProvider(name: 'aws'): {
    getStage(): string;
    getAccountId(): Promise<string>;
    readonly naming: { getNormalizedFunctionName(key: string): string; getLogGroupLogicalId(key: string): string };
  };
}

interface Options {
  readonly region?: string;
  /** `['config=examples/staging.yml']` */
  readonly param?: readonly string[];
}

interface Output {
  readonly log: { notice(text: string): void };
}

/** IAM quotas. */
const MOST_CHARACTERS_OF_A_ROLE_NAME = 64;

/**
 * What serverless.yml cannot say by itself: which fleets belong into the stack, the role and the dead-letter queue of each
 * function, tables, alarms, and how a function is bundled. `${fulcrum:…}` is what follows from fulcrum.yml.
 */
export default class FulcrumPlugin {
  readonly #serverless: Serverless;
  readonly #options: Options;
  readonly #output: Output;
  #stack: Stack | undefined;

  readonly hooks = {
    initialize: () => {
      this.#complete();
    },
    'before:package:initialize': () => {
      for (const notice of this.#notices()) this.#output.log.notice(`fulcrum: ${notice}`);
      // A build that failed leaves its work behind, and serverless-esbuild would put it into the next package.
      rmSync(join(this.#serverless.serviceDir, '.esbuild'), { recursive: true, force: true });
    },
    'before:aws:package:finalize:saveServiceState': () => {
      const template = this.#serverless.service.provider.compiledCloudFormationTemplate;
      template.Resources = withoutRedundantDependencies(template.Resources);
      template.Outputs = withoutExports(template.Outputs);
    },
    'before:deploy:deploy': () => this.#refuseOtherAccount(),
  };

  readonly configurationVariablesSources = {
    fulcrum: {
      resolve: async ({ address }: { readonly address: string }) => ({ value: await this.#valueOf(address) }),
    },
  };

  constructor(serverless: Serverless, options: Options, output: Output) {
    this.#serverless = serverless;
    this.#options = options;
    this.#output = output;
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { may: { type: 'array', items: { enum: GRANT_NAMES }, uniqueItems: true } },
    });
  }

  /** osls calls this before it resolves variables. */
  async asyncInit(): Promise<void> {
    if (this.#serverless.processedInput.isHelpRequest) return;
    const asked = this.#options.param?.find((param) => param.startsWith('config='))?.slice('config='.length);
    const file = asked ?? process.env['FULCRUM_CONFIG'] ?? 'fulcrum.yml';
    const read = await readStack(resolve(this.#serverless.serviceDir, file), this.#options.region);
    if (read.kind === 'refused') throw this.#failure(read.message);
    this.#stack = read.stack;
    this.#serverless.extendConfiguration(['provider', 'region'], read.stack.region);
  }

  get #theStack(): Stack {
    if (this.#stack === undefined) throw new Error('osls did not initialise the plugin');
    return this.#stack;
  }

  get #stage(): string {
    return this.#serverless.getProvider('aws').getStage();
  }

  async #valueOf(address: string): Promise<string | boolean | null> {
    const { tickMinutes, infrastructureLookHours, fleets } = this.#theStack.policy;
    switch (address) {
      case 'schedule':
        // On the clock, not at a rate: a rate begins at any minute, and what is looked at once an hour is due at minute 0.
        return `cron(0/${tickMinutes} * * * ? *)`;
      case 'probes':
        return fleets.some(isProbed);
      case 'infrastructure-schedule':
        // After the forecast of the hour, which says when the next hours are quiet.
        return `cron(23 0/${infrastructureLookHours} * * ? *)`;
      case 'code-version':
        return codeVersion(this.#serverless.serviceDir);
      default:
        return null;
    }
  }

  #notices(): readonly string[] {
    const { policy, notices } = this.#theStack;
    return [...notices, ...wakeAlarms(policy, this.#stage).notices, ...namedServices(policy).notices];
  }

  #complete(): void {
    const { service } = this.#serverless;
    const { policy } = this.#theStack;
    const watched = Object.entries(service.functions).map(([key, definition]) =>
      this.#completeFunction(key, definition),
    );
    this.#add(tables());
    this.#add(wakeAlarms(policy, this.#stage).resources);
    this.#add(
      selfAlarms(
        watched.filter(({ key }) => isInUse(key, policy)),
        {
          stage: this.#stage,
          tickMinutes: policy.tickMinutes,
          notify: policy.notify,
          probedFleets: policy.fleets.filter(isProbed).map(({ name }) => name),
        },
      ),
    );
    service.custom['esbuild'] = {
      ...bundling(() => policy),
      outputFileExtension: '.mjs',
      exclude: [],
      concurrency: 2,
      // Otherwise a build that fails leaves contexts of esbuild open, and `sls package` never ends.
      skipRebuild: true,
    };
  }

  #completeFunction(key: string, definition: FunctionDefinition): WatchedFunction {
    const { region, account, policy, poolerNetwork } = this.#theStack;
    const { naming } = this.#serverless.getProvider('aws');
    const { name: functionName, events } = definition;
    const longest = MOST_CHARACTERS_OF_A_ROLE_NAME - `-${region}`.length;
    if (functionName.length > longest) {
      const tooMany = functionName.length - longest;
      throw this.#failure(`the stage "${this.#stage}" is ${tooMany} characters too long for the name of a role`);
    }
    const stem = naming.getNormalizedFunctionName(key);
    const queueArn = getAtt(queueIdOf(stem), 'Arn');
    const rules = events.flatMap(({ eventBridge }) => eventBridge ?? []);
    const scope = {
      region,
      account,
      bus: this.#serverless.service.custom.bus,
      functionName,
      services: namedServices(policy).patterns,
      poolers: poolerScope(policy),
      infrastructure: infrastructureScope(policy),
      codeHostKeys: codeHostKeys(policy),
    };
    const may = (definition.may ?? []).filter((grant) => grant !== 'stand-in-network' || poolerNetwork !== null);
    if (poolerNetwork !== null && may.includes('stand-in-network')) definition.vpc = poolerNetwork;
    definition.role = roleIdOf(stem);
    definition.destinations = { onFailure: { type: 'sqs', arn: queueArn } };
    for (const rule of rules) rule.deadLetterQueueArn = queueArn;
    const prefixes = rules.map(({ eventBus }) => `${eventBus === undefined ? '' : `${eventBus}/`}${functionName}-`);
    this.#add(deadLettersOf(stem, [...new Set(prefixes)]));
    this.#add({
      [roleIdOf(stem)]: roleOf({
        stem,
        functionName,
        logGroupId: naming.getLogGroupLogicalId(key),
        statements: statementsOf(may, scope),
      }),
    });
    return { key, stem, functionName, queueId: queueIdOf(stem) };
  }

  #add(resources: Resources): void {
    const { service } = this.#serverless;
    service.resources.Resources = { ...service.resources.Resources, ...resources };
  }

  /** Permissions name the account: in another one every call would be refused. An emulator has accounts of its own. */
  async #refuseOtherAccount(): Promise<void> {
    if (process.env['AWS_ENDPOINT_URL'] !== undefined) return;
    const { account } = this.#theStack;
    const actual = await this.#serverless.getProvider('aws').getAccountId();
    if (actual === account) return;
    throw this.#failure(`the fleets are in account ${account}, and these credentials are of account ${actual}`);
  }

  /** osls prints an error of its own class without a stack: what is wrong is a file or an option, not this program. */
  #failure(message: string): Error {
    return new this.#serverless.classes.Error(message, 'FULCRUM');
  }
}
