import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrantName } from '../../serverless/grants.ts';
import type { PoolerNetwork } from '../../serverless/pooler-scope.ts';
import FulcrumPlugin from '../../serverless/plugin.ts';
import type { Outputs, Resources } from '../../serverless/template.ts';

class PrintedError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

const fulcrumYml = (over: { readonly region?: string; readonly tickMinutes?: number; readonly max?: number } = {}) => `
version: 1
tickMinutes: ${over.tickMinutes ?? 1}
fleets:
  - name: shop
    environment: production
    region: ${over.region ?? 'eu-central-1'}
    account: '111122223333'
    services:
      - { name: api, cluster: shop, min: 2, max: ${over.max ?? 4}, hardLimit: 8, task: { cpuUnits: 256, memoryMiB: 512 } }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fulcrum-plugin-'));
});
afterEach(async () => {
  delete process.env['FULCRUM_CONFIG'];
  delete process.env['AWS_ENDPOINT_URL'];
  await rm(folder, { recursive: true });
});

interface TickDefinition {
  readonly name: string;
  may: readonly GrantName[];
  vpc?: PoolerNetwork;
  readonly events: readonly { readonly eventBridge: { readonly eventBus?: string; readonly schedule?: string } }[];
}

/** As much of osls as the plugin touches. */
function anOsls({ stage = 'dev', account = '111122223333', isHelpRequest = false } = {}) {
  const tick: TickDefinition = {
    name: `fulcrum-${stage}-tick`,
    may: ['read-metrics', 'hand-over'],
    events: [{ eventBridge: { schedule: 'cron(0/1 * * * ? *)' } }, { eventBridge: { eventBus: `fulcrum-${stage}` } }],
  };
  const configuration: Record<string, unknown> = {};
  const resources: { Resources?: Resources } = {};
  const compiledCloudFormationTemplate: { Resources: Resources; Outputs: Outputs } = { Resources: {}, Outputs: {} };
  const custom: Record<string, unknown> & { readonly bus: string } = { bus: `fulcrum-${stage}` };
  return {
    serviceDir: folder,
    processedInput: { isHelpRequest },
    service: { custom, functions: { tick }, resources, provider: { compiledCloudFormationTemplate } },
    classes: { Error: PrintedError },
    configSchemaHandler: { defineFunctionProperties: () => undefined },
    extendConfiguration: (path: readonly string[], value: unknown) => {
      configuration[path.join('.')] = value;
    },
    getProvider: () => ({
      getStage: () => stage,
      getAccountId: () => Promise.resolve(account),
      naming: { getNormalizedFunctionName: () => 'Tick', getLogGroupLogicalId: () => 'TickLogGroup' },
    }),
    configuration,
    tick,
  };
}

const notices: string[] = [];
const output = { log: { notice: (text: string) => notices.push(text) } };

describe('which configuration is packaged', () => {
  it('is fulcrum.yml, and its region is that of the stack', async () => {
    await writeFile(join(folder, 'fulcrum.yml'), fulcrumYml());
    const osls = anOsls();
    await new FulcrumPlugin(osls, {}, output).asyncInit();
    expect(osls.configuration).toEqual({ 'provider.region': 'eu-central-1' });
  });

  it.each(['relative', 'absolute'])('is what FULCRUM_CONFIG names, %s, unless --param says otherwise', async (kind) => {
    await writeFile(join(folder, 'one.yml'), fulcrumYml({ region: 'us-east-1' }));
    await writeFile(join(folder, 'two.yml'), fulcrumYml({ region: 'us-west-2' }));
    process.env['FULCRUM_CONFIG'] = kind === 'absolute' ? join(folder, 'one.yml') : 'one.yml';
    const osls = anOsls();
    await new FulcrumPlugin(osls, { param: ['other=1'] }, output).asyncInit();
    expect(osls.configuration).toEqual({ 'provider.region': 'us-east-1' });
    await new FulcrumPlugin(osls, { param: ['config=two.yml'] }, output).asyncInit();
    expect(osls.configuration).toEqual({ 'provider.region': 'us-west-2' });
  });

  it('is refused with an error that osls prints without a stack', async () => {
    await writeFile(join(folder, 'fulcrum.yml'), fulcrumYml({ max: 1 }));
    const refused = new FulcrumPlugin(anOsls(), {}, output).asyncInit();
    await expect(refused).rejects.toBeInstanceOf(PrintedError);
    await expect(refused).rejects.toThrow(/fulcrum\.yml:10:\d+ fleets\[0\]\.services\[0\]\.min: found 2/);
  });

  it('does not matter to somebody who asks for help', async () => {
    await expect(new FulcrumPlugin(anOsls({ isHelpRequest: true }), {}, output).asyncInit()).resolves.toBeUndefined();
  });
});

const initialised = async (osls: ReturnType<typeof anOsls>, yml = fulcrumYml()): Promise<FulcrumPlugin> => {
  await writeFile(join(folder, 'fulcrum.yml'), yml);
  const plugin = new FulcrumPlugin(osls, {}, output);
  await plugin.asyncInit();
  return plugin;
};

describe('what follows from the configuration', () => {
  it.each([
    { tickMinutes: 1, schedule: 'cron(0/1 * * * ? *)' },
    { tickMinutes: 5, schedule: 'cron(0/5 * * * ? *)' },
    { tickMinutes: 7, schedule: 'cron(0/7 * * * ? *)' },
  ])('is the schedule, with a look at minute 0 of every hour: $schedule', async ({ tickMinutes, schedule }) => {
    const plugin = await initialised(anOsls(), fulcrumYml({ tickMinutes }));
    const { resolve } = plugin.configurationVariablesSources.fulcrum;
    expect(await resolve({ address: 'schedule' })).toEqual({ value: schedule });
    expect(await resolve({ address: 'nonsense' })).toEqual({ value: null });
  });

  it('is what a function needs beside its code', async () => {
    const osls = anOsls();
    (await initialised(osls)).hooks.initialize();
    const queue = { 'Fn::GetAtt': ['TickDeadLetters', 'Arn'] };
    expect(osls.tick).toMatchObject({
      role: 'TickRole',
      destinations: { onFailure: { type: 'sqs', arn: queue } },
      events: [{ eventBridge: { deadLetterQueueArn: queue } }, { eventBridge: { deadLetterQueueArn: queue } }],
    });
    expect(Object.keys(osls.service.resources.Resources ?? {})).toEqual([
      'TickDeadLetters',
      'TickDeadLettersPolicy',
      'TickRole',
      'AuditTable',
      'StateTable',
      expect.stringMatching(/^FulcrumDevShopServiceApiCpu[0-9a-f]{8}Alarm$/),
      'TickDeadLettersAlarm',
      'TickErrorsAlarm',
      'NoSuccessfulTickAlarm',
    ]);
    expect(osls.service.custom['esbuild']).toMatchObject({
      minify: true,
      outputFileExtension: '.mjs',
      skipRebuild: true,
    });
  });

  const WITH_CONSOLE = `${fulcrumYml()}
    database: { identifier: shop, maxConnections: 200 }
    pooler:
      cluster: shop
      service: pgbouncer
      tasks: 2
      defaultPoolSize: 25
      maxClientConnections: 1000
      console:
        passwordFrom: arn:aws:secretsmanager:eu-central-1:111122223333:secret:pgbouncer-AbCdEf
        vpc: { subnetIds: [subnet-0b, subnet-0a], securityGroupIds: [sg-0c] }
`;

  it.each([
    { yml: fulcrumYml(), value: false },
    { yml: WITH_CONSOLE, value: true },
  ])('is whether there is anything to probe: $value', async ({ yml, value }) => {
    const plugin = await initialised(anOsls(), yml);
    expect(await plugin.configurationVariablesSources.fulcrum.resolve({ address: 'probes' })).toEqual({ value });
  });

  it('is the network of PgBouncer, and the right to stand in it, for what says so', async () => {
    const [there, nowhere, other] = [anOsls(), anOsls(), anOsls()];
    for (const osls of [there, nowhere]) osls.tick.may = ['stand-in-network'];
    (await initialised(there, WITH_CONSOLE)).hooks.initialize();
    (await initialised(nowhere)).hooks.initialize();
    (await initialised(other, WITH_CONSOLE)).hooks.initialize();
    expect(there.tick.vpc).toEqual({ subnetIds: ['subnet-0a', 'subnet-0b'], securityGroupIds: ['sg-0c'] });
    expect(JSON.stringify(there.service.resources.Resources?.['TickRole'])).toContain('ec2:CreateNetworkInterface');
    for (const osls of [nowhere, other]) {
      expect(osls.tick.vpc).toBeUndefined();
      expect(JSON.stringify(osls.service.resources.Resources?.['TickRole'])).not.toContain('ec2:');
    }
  });

  it('is an alarm for each fleet of which the PgBouncers cannot be seen', async () => {
    const osls = anOsls();
    (await initialised(osls, WITH_CONSOLE)).hooks.initialize();
    const alarms = Object.keys(osls.service.resources.Resources ?? {}).filter((id) => /Unseen|Waiting/.test(id));
    expect(alarms).toEqual([
      expect.stringMatching(/^FulcrumDevShopClientsWaiting[0-9a-f]{8}Alarm$/),
      expect.stringMatching(/^Shop[0-9a-f]{8}PoolersUnseenAlarm$/),
    ]);
  });

  it('is a refusal when the stage makes the name of a role too long', async () => {
    const plugin = await initialised(anOsls({ stage: 'a-very-long-name-for-a-stage-of-ours-of-ours' }));
    expect(() => {
      plugin.hooks.initialize();
    }).toThrow(
      'the stage "a-very-long-name-for-a-stage-of-ours-of-ours" is 6 characters too long for the name of a role',
    );
  });

  it('cleans the template before it is written', async () => {
    const osls = anOsls();
    const template = osls.service.provider.compiledCloudFormationTemplate;
    template.Resources = { A: { Type: 'AWS::Any', DependsOn: 'B', Properties: { Ref: 'B' } } };
    template.Outputs = { A: { Value: 1, Export: { Name: 'a' } } };
    (await initialised(osls)).hooks['before:aws:package:finalize:saveServiceState']();
    expect(template).toEqual({
      Resources: { A: { Type: 'AWS::Any', Properties: { Ref: 'B' } } },
      Outputs: { A: { Value: 1 } },
    });
  });
});

describe('credentials', () => {
  it('of the account in fulcrum.yml may deploy', async () => {
    const plugin = await initialised(anOsls());
    await expect(plugin.hooks['before:deploy:deploy']()).resolves.toBeUndefined();
  });

  it('of another account may not', async () => {
    const plugin = await initialised(anOsls({ account: '444455556666' }));
    await expect(plugin.hooks['before:deploy:deploy']()).rejects.toThrow(
      'the fleets are in account 111122223333, and these credentials are of account 444455556666',
    );
  });

  it('do not matter to an emulator', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9';
    const plugin = await initialised(anOsls({ account: '123456789012' }));
    await expect(plugin.hooks['before:deploy:deploy']()).resolves.toBeUndefined();
  });
});
