import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { EVENT_SOURCE, FORECAST_TYPE, HAND_OVER_TYPE } from '../../shared/adapters/aws/event-bus.ts';
import { alarmPrefix } from '../../shared/alarms/alarm-plan.ts';
import { poolerAlarmPrefix } from '../../shared/alarms/pooler-alarms.ts';
import { ORDER_TYPES } from '../../shared/domain/order.ts';
import { tuningSeconds } from '../../shared/workflow/pooler-craft.ts';
import { readEnvironment } from '../../functions/environment.ts';

interface Rule {
  readonly schedule?: string;
  readonly eventBus?: string;
  readonly pattern?: Readonly<Record<string, unknown>>;
  readonly retryPolicy?: string;
}

interface Declaration {
  readonly handler: string;
  readonly timeout?: number;
  readonly maximumEventAge?: number;
  readonly maximumRetryAttempts: number;
  readonly events: readonly { readonly eventBridge: Rule }[];
}

const ROOT = join(import.meta.dirname, '../..');
const { provider, functions, custom } = parse(await readFile(join(ROOT, 'serverless.yml'), 'utf8'), {
  logLevel: 'silent',
}) as {
  readonly provider: Readonly<Record<string, unknown>> & { readonly environment: Readonly<Record<string, string>> };
  readonly functions: Readonly<Record<string, Declaration>>;
  readonly custom: Readonly<Record<string, unknown>>;
};
const rulesOf = (name: string): readonly Rule[] => functions[name]!.events.map(({ eventBridge }) => eventBridge);
const BUS = '${self:custom.bus}';

describe('serverless.yml', () => {
  it.each(['triggers', 'actions'])('deploys every handler in functions/%s, under its name', async (folder) => {
    const files = (await readdir(join(ROOT, 'functions', folder))).map((file) => file.replace('.ts', ''));
    const declared = Object.entries(functions).filter(([, { handler }]) => handler.startsWith(`functions/${folder}/`));
    expect(declared.map(([name]) => name).sort()).toEqual(files.sort());
    for (const [name, { handler }] of declared) expect(handler).toBe(`functions/${folder}/${name}.handler`);
  });

  // Kinds that no action carries out are only proposed.
  const carriedOut = Object.entries(ORDER_TYPES).filter(([kind]) => Object.hasOwn(functions, kind));

  it.each(carriedOut)('brings orders of kind %s to their action', (kind, detailType) => {
    expect(rulesOf(kind)).toEqual([
      {
        eventBus: BUS,
        pattern: { source: [EVENT_SOURCE], 'detail-type': [detailType] },
        retryPolicy: '${self:custom.order}',
      },
    ]);
  });

  it('wakes the tick by the schedule of the policy, and by fleets that are handed over', () => {
    expect(rulesOf('tick')).toEqual([
      { schedule: '${fulcrum:schedule}', retryPolicy: '${self:custom.tick}' },
      {
        eventBus: BUS,
        pattern: { source: [EVENT_SOURCE], 'detail-type': [HAND_OVER_TYPE] },
        retryPolicy: '${self:custom.tick}',
      },
    ]);
  });

  it('wakes the forecast once an hour, not with the tick of a full one, and by services that are handed over', () => {
    expect(rulesOf('forecast')).toEqual([
      { schedule: 'cron(7 * * * ? *)', retryPolicy: '${self:custom.forecast}' },
      {
        eventBus: BUS,
        pattern: { source: [EVENT_SOURCE], 'detail-type': [FORECAST_TYPE] },
        retryPolicy: '${self:custom.forecast}',
      },
    ]);
  });

  it('wakes the probe once a minute and by clients that wait, where there is anything to probe', () => {
    const enabled = '${fulcrum:probes}';
    const retryPolicy = '${self:custom.probe}';
    const alarmName = [{ prefix: poolerAlarmPrefix('${sls:stage}') }];
    expect(rulesOf('probe-pgbouncer')).toEqual([
      { schedule: 'cron(* * * * ? *)', enabled, retryPolicy },
      {
        enabled,
        pattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName, state: { value: ['ALARM'] } },
        },
        retryPolicy,
      },
    ]);
  });

  it('gives a tuning as long as a hundred PgBouncers take, and no longer than its lease', () => {
    expect(functions['tune-pgbouncer']?.timeout).toBeLessThanOrEqual(tuningSeconds(100));
  });

  it('looks at the infrastructure by its own schedule, and at the end of deployments', () => {
    expect(rulesOf('infrastructure')).toEqual([
      { schedule: '${fulcrum:infrastructure-schedule}', retryPolicy: '${self:custom.forecast}' },
      {
        pattern: {
          source: ['aws.ecs'],
          'detail-type': ['ECS Deployment State Change'],
          detail: { eventName: ['SERVICE_DEPLOYMENT_COMPLETED', 'SERVICE_DEPLOYMENT_FAILED'] },
        },
        retryPolicy: '${self:custom.forecast}',
      },
    ]);
  });

  it('hears the alarms of its own stage when they begin to ring', () => {
    const prefix = alarmPrefix('${sls:stage}');
    expect(rulesOf('alarm')).toMatchObject([
      { pattern: { source: ['aws.cloudwatch'], detail: { alarmName: [{ prefix }], state: { value: ['ALARM'] } } } },
    ]);
  });

  it('lets nothing wake the known event but a person', () => {
    expect(functions['known-event']?.events).toEqual([]);
  });

  it.each([
    { name: 'tick', seconds: 60, attempts: 0, retryPolicy: 'tick' },
    { name: 'forecast', seconds: 1_800, attempts: 1, retryPolicy: 'forecast' },
    { name: 'probe-pgbouncer', seconds: 60, attempts: 0, retryPolicy: 'probe' },
    { name: 'alarm', seconds: 300, attempts: 2, retryPolicy: 'wakeUp' },
    { name: 'scaled-to-max', seconds: 300, attempts: 2, retryPolicy: 'wakeUp' },
    { name: 'ensure-target-tracking', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'set-capacity-bounds', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'schedule-capacity', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'infrastructure', seconds: 1_800, attempts: 1, retryPolicy: 'forecast' },
    { name: 'resize-task', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'set-aurora-capacity', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'set-read-replicas', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'set-storage-ceiling', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'change-database-class', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'set-cache-shape', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'change-cache-node-type', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'tune-pgbouncer', seconds: 300, attempts: 2, retryPolicy: 'order' },
    { name: 'keep-pool-sizes', seconds: 300, attempts: 2, retryPolicy: 'order' },
  ])('tries an event of $name for $seconds s and $attempts times more', ({ name, seconds, attempts, retryPolicy }) => {
    const limits = { maximumEventAge: seconds, maximumRetryAttempts: attempts };
    expect(functions[name]).toMatchObject(limits);
    expect(custom[retryPolicy]).toEqual(limits);
    for (const rule of rulesOf(name)) expect(rule.retryPolicy).toBe(`\${self:custom.${retryPolicy}}`);
  });

  it('ends a tick before the next one begins', () => {
    expect(functions['tick']?.timeout).toBeLessThan(60);
    expect(functions['probe-pgbouncer']?.timeout).toBeLessThan(60);
  });

  it('gives the functions every variable that they read', () => {
    const { region, ...read } = readEnvironment({ AWS_REGION: 'eu-central-1', ...provider.environment });
    expect(region).toBe('eu-central-1');
    expect(read).toEqual({
      auditTable: 'AuditTable',
      stateTable: 'StateTable',
      stage: '${sls:stage}',
      eventBus: BUS,
      codeVersion: '${fulcrum:code-version}',
    });
    expect(Object.keys(provider.environment)).toHaveLength(5);
  });

  it('runs on arm64 and Node.js 24, and keeps logs for 90 days', () => {
    expect(provider).toMatchObject({ runtime: 'nodejs24.x', architecture: 'arm64', logRetentionInDays: 90 });
  });
});
