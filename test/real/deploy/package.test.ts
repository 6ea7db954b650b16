import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFunction } from '../../../serverless/bundling.ts';
import { policyOf } from '../../config/sample.ts';
import { copyProject, exampleFulcrumYml, type Finished, type Project, runPython } from './project.ts';
import {
  type CompiledStatement,
  compiledTemplate,
  type CompiledTemplate,
  ofType,
  rolesIn,
  TEMPLATE,
} from './template.ts';

jest.setTimeout(1_200_000);

const MOST_BYTES = 450_000;
const MOST_BYTES_OF: Readonly<Record<string, number>> = {
  // It carries the library that fits models, and starts once an hour.
  forecast: 900_000,
  // It is called by hand, and carries the rules of time zones.
  'known-event': 490_000,
  // It carries the clients of RDS and ElastiCache, the levers of both, and all prices; it looks once an hour.
  infrastructure: 750_000,
  // They carry the driver of PostgreSQL and the clients of both places where a password may lie.
  'probe-pgbouncer': 750_000,
  'tune-pgbouncer': 550_000,
  // It carries the parser of Terraform as WASM, the client of GitHub, and the parser of YAML manifests.
  'tend-proposal': 1_500_000,
};
/** AWS CloudFormation quotas and IAM quotas. */
const MOST_RESOURCES = 500;
const MOST_CHARACTERS_OF_A_POLICY = 10_240;

const MEMORY_OF: Readonly<Record<string, number>> = {
  // It computes, and gets a whole vCPU.
  'fulcrum-test-forecast': 1_769,
  'fulcrum-test-tend-proposal': 1_024,
};

const FUNCTIONS = {
  alarm: 'functions/triggers/alarm.mjs',
  'change-cache-node-type': 'functions/actions/change-cache-node-type.mjs',
  'change-database-class': 'functions/actions/change-database-class.mjs',
  'ensure-target-tracking': 'functions/actions/ensure-target-tracking.mjs',
  forecast: 'functions/triggers/forecast.mjs',
  infrastructure: 'functions/triggers/infrastructure.mjs',
  'keep-pool-sizes': 'functions/actions/keep-pool-sizes.mjs',
  'known-event': 'functions/triggers/known-event.mjs',
  'probe-pgbouncer': 'functions/triggers/probe-pgbouncer.mjs',
  'resize-task': 'functions/actions/resize-task.mjs',
  'scaled-to-max': 'functions/triggers/scaled-to-max.mjs',
  'schedule-capacity': 'functions/actions/schedule-capacity.mjs',
  'set-aurora-capacity': 'functions/actions/set-aurora-capacity.mjs',
  'set-cache-shape': 'functions/actions/set-cache-shape.mjs',
  'set-capacity-bounds': 'functions/actions/set-capacity-bounds.mjs',
  'set-read-replicas': 'functions/actions/set-read-replicas.mjs',
  'set-storage-ceiling': 'functions/actions/set-storage-ceiling.mjs',
  'tend-proposal': 'functions/actions/tend-proposal.mjs',
  tick: 'functions/triggers/tick.mjs',
  'tune-pgbouncer': 'functions/actions/tune-pgbouncer.mjs',
};

let project: Project;
let packaged: Finished;
let template: CompiledTemplate;

/** No credentials, and nobody answers where AWS would be: packaging has to do without. */
const sls = (...args: readonly string[]): Promise<Finished> =>
  project.sls(args, { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });

beforeAll(async () => {
  project = await copyProject(await exampleFulcrumYml());
  packaged = await sls('package', '--stage', 'test');
  if (packaged.status !== 0) throw new Error(packaged.output);
  template = await compiledTemplate(project.folder);
});

afterAll(() => project.remove());

const contentOf = async (zip: string, extractTo: string): Promise<readonly string[]> => {
  const { status, output } = await runPython('python', '-m', 'zipfile', '-e', zip, extractTo);
  expect({ status, output }).toEqual({ status: 0, output: '' });
  const entries = await readdir(extractTo, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

describe('sls package', () => {
  it('needs no network and no credentials, and leaves no work behind', async () => {
    expect(packaged.output).toContain('Packaging fulcrum for stage test (eu-central-1)');
    expect(await readdir(project.folder)).not.toContain('.esbuild');
  });

  it('makes a template that cfn-lint finds nothing in', async () => {
    expect(await runPython('cfn-lint', join(project.folder, TEMPLATE))).toMatchObject({ status: 0, output: '' });
  });

  it('puts one handler into each package, small enough', async () => {
    const sizes = await Promise.all(
      Object.entries(FUNCTIONS).map(async ([name, file]) => {
        const zip = join(project.folder, '.serverless', `${name}.zip`);
        const folder = join(project.folder, 'unzipped', name);
        expect(await contentOf(zip, folder)).toEqual([join(folder, file)]);
        const { size } = await stat(join(folder, file));
        return { name, size, zipped: (await stat(zip)).size };
      }),
    );
    const lines = sizes.map(({ name, size, zipped }) => `${name}: ${size} bytes, zipped ${zipped}`);
    process.stdout.write(`packaged in ${packaged.seconds.toFixed(1)} s\n${lines.join('\n')}\n`);
    const most = (name: string): number => MOST_BYTES_OF[name] ?? MOST_BYTES;
    expect(sizes.filter(({ name, size }) => size > most(name))).toEqual([]);
  });

  it('bundles the same bytes as the bench and the closed loop do', async () => {
    const policy = policyOf(await readFile(join(project.folder, 'fulcrum.yml'), 'utf8'));
    for (const [name, file] of Object.entries(FUNCTIONS)) {
      const again = join(project.folder, 'again', `${name}.mjs`);
      await bundleFunction(join(project.folder, file.replace('.mjs', '.ts')), again, policy);
      const packagedFile = join(project.folder, 'unzipped-again', name);
      await contentOf(join(project.folder, '.serverless', `${name}.zip`), packagedFile);
      const same = (await readFile(again)).equals(await readFile(join(packagedFile, file)));
      expect({ name, same }).toEqual({ name, same: true });
    }
  });

  it('keeps and protects both tables', () => {
    const tables = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(2);
    for (const table of tables) {
      expect(table).toMatchObject({
        DeletionPolicy: 'Retain',
        Properties: {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      });
    }
    expect(tables.filter(({ Properties }) => 'ResourcePolicy' in Properties)).toHaveLength(1);
  });

  it('gives each function its own role, log and dead-letter queue, and every rule a queue', () => {
    expect([...rolesIn(template).keys()].sort()).toEqual(Object.keys(FUNCTIONS).map((name) => `fulcrum-test-${name}`));
    const count = Object.keys(FUNCTIONS).length;
    expect(ofType(template, 'AWS::SQS::Queue')).toHaveLength(count);
    expect(ofType(template, 'AWS::Logs::LogGroup').map((group) => group['RetentionInDays'])).toEqual(
      Array(count).fill(90),
    );
    for (const lambda of ofType(template, 'AWS::Lambda::Function')) {
      const MemorySize = MEMORY_OF[String(lambda['FunctionName'])] ?? 512;
      expect(lambda).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize });
    }
    for (const rule of ofType(template, 'AWS::Events::Rule')) {
      const [target] = rule['Targets'] as readonly unknown[];
      expect(target).toMatchObject({ DeadLetterConfig: expect.anything(), RetryPolicy: expect.anything() });
    }
  });

  it('names in every role every action, and the resource wherever there is one to name', () => {
    const statements = [...rolesIn(template).values()].flat();
    const actions = (chosen: readonly CompiledStatement[]) =>
      [...new Set(chosen.flatMap(({ Action }) => Action))].sort();
    expect(actions(statements).filter((action) => action.includes('*'))).toEqual([]);
    expect(statements.filter(({ Effect }) => Effect !== 'Allow')).toEqual([]);
    expect(actions(statements.filter(({ Resource }) => Resource === '*'))).toEqual([
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:DescribeScalingActivities',
      'application-autoscaling:DescribeScalingPolicies',
      'application-autoscaling:DescribeScheduledActions',
      'cloudwatch:GetMetricData',
      'ecs:DescribeTaskDefinition',
      // Held to clusters by a condition.
      'ecs:ListTasks',
      'rds:DescribeEvents',
      'rds:DescribeOrderableDBInstanceOptions',
    ]);
  });
});

describe('sls package of something else', () => {
  it('takes another file by --param, with its period and the people to tell', async () => {
    const other = (await exampleFulcrumYml())
      .replace('tickMinutes: 1', 'tickMinutes: 5')
      .replace('# notify: [on-call@example.org]', 'notify: [on-call@example.org]');
    await writeFile(join(project.folder, 'other.yml'), other);
    const { status, output } = await sls('package', '--stage', 'other', '--param', 'config=other.yml');
    expect({ status, output }).toMatchObject({ status: 0 });
    const changed = await compiledTemplate(project.folder);
    const schedules = ofType(changed, 'AWS::Events::Rule').map((rule) => rule['ScheduleExpression']);
    expect(schedules.filter((schedule) => schedule !== undefined).sort()).toEqual([
      // Of the probe: disabled, since the file names no console.
      'cron(* * * * ? *)',
      'cron(0/5 * * * ? *)',
      'cron(23 0/1 * * ? *)',
      'cron(7 * * * ? *)',
    ]);
    expect(ofType(changed, 'AWS::SNS::Subscription')).toMatchObject([{ Endpoint: 'on-call@example.org' }]);
    expect(await runPython('cfn-lint', join(project.folder, TEMPLATE))).toMatchObject({ status: 0, output: '' });
  });

  it('stops at a mistake in the file, with its place and a remedy and no stack trace', async () => {
    await writeFile(
      join(project.folder, 'wrong.yml'),
      (await exampleFulcrumYml()).replace('hardLimit: 20', 'hardLimt: 20'),
    );
    const { status, output } = await sls('package', '--param', 'config=wrong.yml');
    expect(status).toBe(1);
    expect(output).toMatch(
      /wrong\.yml:\d+:\d+ fleets\[0\]\.services\[0\]\.hardLimt: unknown key "hardLimt"; did you mean "hardLimit"\?/,
    );
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('packages a policy of thousands of services, and says what it had to leave out', async () => {
    const service = (index: number) =>
      `      - { name: service-${index}, cluster: cluster-${index % 40}, min: 1, max: 2, hardLimit: 4, task: { cpuUnits: 256, memoryMiB: 512 } }`;
    await writeFile(
      join(project.folder, 'many.yml'),
      [
        'version: 1',
        'fleets:',
        '  - name: many',
        '    environment: production',
        '    region: eu-central-1',
        "    account: '111122223333'",
        '    services:',
        ...Array.from({ length: 2_000 }, (_, index) => service(index)),
      ].join('\n'),
    );
    const { status, output } = await sls('package', '--param', 'config=many.yml');
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain('fulcrum: 1740 of 2000 alarms are left out');
    expect(output).toContain(
      'fulcrum: permissions name all clusters: 2000 services do not fit into the policy of a role',
    );
    const many = await compiledTemplate(project.folder);
    expect(Object.keys(many.Resources).length).toBeLessThanOrEqual(MOST_RESOURCES);
    for (const statements of rolesIn(many).values()) {
      expect(JSON.stringify(statements).length).toBeLessThan(MOST_CHARACTERS_OF_A_POLICY);
    }
  });
});
