import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudWatchTrace } from '../../cli/cloudwatch-trace.ts';
import { AwsMetricReader } from '../../shared/adapters/aws/metric-reader.ts';
import { DAY, type EpochMs, instant, isoInstant, later } from '../../shared/domain/units.ts';
import { readTrace } from '../../simulator/load/read-trace.ts';
import { awsError } from '../adapters/aws/faults.ts';
import { aPolicy, servicePolicyOf } from '../support/policies.ts';

const BALANCED = ['loadBalancer: app/shop/0123456789abcdef', 'targetGroup: targetgroup/shop/0123456789abcdef'];
const POLICY = aPolicy({ services: { api: BALANCED, worker: [] } });
const API = servicePolicyOf(POLICY, 'api');
const WORKER = servicePolicyOf(POLICY, 'worker');
const NOW = instant('2026-11-19T10:00:20Z');
/** CloudWatch keeps points of a minute for 15 days, and of five minutes for 63. */
const KEPT: Readonly<Record<number, number>> = { 60: 15 * DAY, 300: 63 * DAY };

const client = new CloudWatchClient({ region: 'eu-central-1' });
const aws = mockClient(client);
const reader = new AwsMetricReader(client);

const folder = await mkdtemp(join(tmpdir(), 'fulcrum-cloudwatch-'));
afterAll(() => rm(folder, { recursive: true }));

/** Requests of a minute: one an instant plus ten times the hour of the day, so that every hour is another. */
const requestsAt = (at: EpochMs): number => 600 + 600 * new Date(at).getUTCHours();
const TASKS = 4;
const cpuAt = (at: EpochMs): number => requestsAt(at) / 60 / TASKS;

interface Recording {
  readonly since: EpochMs;
  readonly isSilent?: (at: EpochMs) => boolean;
  readonly metrics?: readonly string[];
}

/** The simulated CloudWatch: what a minute was, by any period, as far as it is kept. */
function recorded({ since, isSilent = () => false, metrics = ['RequestCount', 'CPUUtilization'] }: Recording): void {
  aws.on(GetMetricDataCommand).callsFake((input: GetMetricDataCommandInput) => ({
    MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id, MetricStat }) => {
      const period = MetricStat!.Period!;
      const name = MetricStat!.Metric!.MetricName!;
      const first = Math.max(input.StartTime!.getTime(), since, later(NOW, -(KEPT[period] ?? 0)));
      const from = Math.ceil(first / 1000 / period) * period * 1000;
      const Timestamps: Date[] = [];
      const Values: number[] = [];
      for (let at = from; at < input.EndTime!.getTime() && metrics.includes(name); at += period * 1000) {
        if (isSilent(at)) continue;
        const minutes = period / 60;
        const value = { Sum: requestsAt(at) * minutes, SampleCount: TASKS * minutes, Average: cpuAt(at) }[
          MetricStat!.Stat!
        ];
        Timestamps.push(new Date(at));
        Values.push(value!);
      }
      return { Id, Timestamps, Values, StatusCode: 'Complete' };
    }),
  }));
}

const daysAgo = (days: number): EpochMs => later(instant('2026-11-19T10:00:00Z'), -days * DAY);

beforeEach(() => {
  aws.reset();
});

describe('the load of a service from CloudWatch', () => {
  it('is the same trace as a file of its minutes', async () => {
    recorded({ since: daysAgo(9) });
    const { trace, taskCapacity, notes } = await cloudWatchTrace(API, 14, reader, NOW);
    const rows = Array.from(trace.amounts, (_, minute) => {
      const at = later(trace.startsAt, minute * 60);
      return `${isoInstant(at)},${requestsAt(at)}`;
    });
    const file = join(folder, 'shop.csv');
    await writeFile(file, `timestamp,value\n${rows.join('\n')}\n`);
    const fromFile = await readTrace(file);
    expect({ ...trace, name: '' }).toEqual({ ...fromFile, name: '' });
    expect(trace.amounts).toHaveLength(9 * 1_440);
    expect(trace.name).toBe('api from 2026-11-10 on (CloudWatch)');
    // 25 requests a second of the task are 100 % of its CPU: 100 a second of four tasks.
    expect(taskCapacity).toBeCloseTo(100, 6);
    expect(notes).toEqual([
      'The load is the requests that the load balancer counted in 9.0 days; a task carries 100.0 a second, by its CPU under load.',
    ]);
  });

  it('asks for minutes as far as CloudWatch keeps them, and for five minutes before that', async () => {
    recorded({ since: daysAgo(100) });
    const { trace } = await cloudWatchTrace(API, 40, reader, NOW);
    const asked = aws.commandCalls(GetMetricDataCommand).map(({ args: [{ input }] }) => ({
      periods: [...new Set(input.MetricDataQueries!.map(({ MetricStat }) => MetricStat!.Period!))],
      days: (NOW - input.StartTime!.getTime()) / 1000 / DAY,
    }));
    for (const { periods, days } of asked) expect(days).toBeLessThanOrEqual(KEPT[Math.min(...periods)]! / DAY);
    expect(Math.max(...asked.map(({ days }) => days))).toBeCloseTo(40, 1);
    expect(trace.intervalSeconds).toBe(60);
    expect(trace.amounts).toHaveLength(40 * 1_440);
    expect([...trace.missing].filter((missing) => missing === 1)).toEqual([]);
    expect(trace.amounts[20 * 1_440]).toBe(requestsAt(later(trace.startsAt, 20 * DAY)));
    expect(trace.amounts[39 * 1_440]).toBe(requestsAt(later(trace.startsAt, 39 * DAY)));
  });

  it('is the CPU of all tasks where no load balancer counts, and says what that hides', async () => {
    recorded({ since: daysAgo(5), metrics: ['CPUUtilization'] });
    const { trace, taskCapacity, notes } = await cloudWatchTrace(WORKER, 14, reader, NOW);
    expect(taskCapacity).toBe(1);
    const busyTasks = (cpuAt(later(trace.startsAt, 60)) / 100) * TASKS;
    expect(trace.amounts[1]! / 60).toBeCloseTo(busyTasks, 9);
    expect(notes).toEqual([
      expect.stringContaining('because no target group of an Application Load Balancer is configured for the service'),
    ]);
    expect(notes[0]).toContain('CPU saturates: what came above it does not show.');
  });

  it('has a straight line over what is missing, which is told and not scored', async () => {
    const gap = { from: daysAgo(2), to: later(daysAgo(2), 3_600) };
    recorded({ since: daysAgo(5), isSilent: (at) => at >= gap.from && at < gap.to });
    const { trace, notes } = await cloudWatchTrace(API, 14, reader, NOW);
    expect([...trace.missing].filter((missing) => missing === 1)).toHaveLength(60);
    expect(notes.at(-1)).toMatch(/^Missing and not scored: (60.min|1.h)\.$/);
    expect(trace.amounts.every((amount) => amount >= 600)).toBe(true);
  });

  it('is as short as the service is young, and of its CPU until requests and CPU can be compared', async () => {
    recorded({ since: daysAgo(2) });
    expect((await cloudWatchTrace(API, 14, reader, NOW)).trace.amounts).toHaveLength(2 * 1_440);
    recorded({ since: daysAgo(0.5) });
    const { trace, notes } = await cloudWatchTrace(API, 14, reader, NOW);
    // Of the newest minute some tasks may not have reported.
    expect(trace.amounts).toHaveLength(719);
    expect(notes[0]).toContain('because too little of the time had both requests and CPU');
  });
});

describe('what CloudWatch does not tell', () => {
  it('of a service that it does not know, names where to look', async () => {
    recorded({ since: daysAgo(5), metrics: [] });
    await expect(cloudWatchTrace(API, 14, reader, NOW)).rejects.toThrow(
      'CloudWatch has no load of api in the last 14 days: are cluster "production" and service "api" those of ECS, and the credentials those of their account?',
    );
  });

  // prettier-ignore
  it.each([
    { what: 'no credentials',      error: awsError('CredentialsProviderError', 400), then: 'no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' },
    { what: 'a login that ended',  error: awsError('ExpiredTokenException', 403),    then: 'ExpiredTokenException; log in again' },
    { what: 'a missing permission', error: awsError('AccessDeniedException', 403),   then: 'AccessDeniedException: AccessDeniedException happened; the credentials must be allowed to call cloudwatch:GetMetricData' },
    { what: 'a throttle',          error: awsError('ThrottlingException', 400),      then: 'ThrottlingException: ThrottlingException happened; try again later' },
  ])('because of $what, says what to do', async ({ error, then }) => {
    aws.on(GetMetricDataCommand).rejects(error);
    await expect(cloudWatchTrace(API, 14, reader, NOW)).rejects.toThrow(
      `CloudWatch does not tell the load of api: ${then}`,
    );
  });
});
