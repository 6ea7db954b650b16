import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../../shared/adapters/system-clock.ts';
import { DAY, earlier, HOUR, later, MINUTE } from '../../../shared/domain/units.ts';
import { type EmulatedAws, startEmulatedAws } from '../servers/emulated-aws.ts';

const ROOT = join(import.meta.dirname, '../../..');
const REGION = 'eu-central-1';
const DAYS = 1;
const TASKS = 4;
/** In the order of their names, which matters to the emulator only. */
const DIMENSIONS = {
  requests: { LoadBalancer: 'app/shop/0123456789abcdef', TargetGroup: 'targetgroup/shop/0123456789abcdef' },
  cpu: { ClusterName: 'production', ServiceName: 'shop' },
};
const CONFIG = `
version: 1
fleets:
  - name: production
    environment: production
    region: ${REGION}
    account: '111122223333'
    services:
      - name: shop
        cluster: production
        min: 2
        max: 40
        hardLimit: 60
        task: { cpuUnits: 1024, memoryMiB: 2048 }
        loadBalancer: app/shop/0123456789abcdef
        targetGroup: targetgroup/shop/0123456789abcdef
`;

let aws: EmulatedAws;
const folder = await mkdtemp(join(tmpdir(), 'fulcrum-real-backtest-'));

beforeAll(async () => {
  aws = await startEmulatedAws(REGION);
  await writeFile(join(folder, 'fulcrum.yml'), CONFIG);
});

afterAll(async () => {
  await aws.stop();
  await rm(folder, { recursive: true });
});

const environment = () => ({
  PATH: process.env['PATH'],
  AWS_ENDPOINT_URL: aws.emulator.url,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

/** A person at a terminal, in the folder of `fulcrum.yml`. */
async function backtest(...args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  const command = [join(ROOT, 'cli/main.ts'), 'backtest', '--from-cloudwatch', '--service', 'shop', ...args];
  try {
    const options = { env: environment(), cwd: folder, encoding: 'utf8' } as const;
    return { status: 0, output: (await promisify(execFile)(process.execPath, command, options)).stdout };
  } catch (error) {
    const { code, stderr } = error as { readonly code: number; readonly stderr: string };
    return { status: code, output: stderr };
  }
}

async function publish(): Promise<void> {
  const start = earlier(Math.floor(systemClock.now() / 300_000) * 300_000, DAYS * DAY);
  // On for an hour: the day that is asked for ends later than this one by as long as all that takes.
  const minutes = Array.from({ length: (DAYS * DAY + HOUR) / MINUTE }, (_, minute) => later(start, minute * MINUTE));
  const perSecond = (at: number): number => 150 + 100 * Math.sin((2 * Math.PI * at) / 1000 / DAY);
  const datum = (MetricName: string, dimensions: Readonly<Record<string, string>>, at: number, value: number) => ({
    MetricName,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Timestamp: new Date(at),
    Value: value,
  });
  const requests = minutes.map((at) => datum('RequestCount', DIMENSIONS.requests, at, perSecond(at) * MINUTE));
  const cpu = minutes.flatMap((at) =>
    Array.from({ length: TASKS }, () => datum('CPUUtilization', DIMENSIONS.cpu, at, perSecond(at) / TASKS)),
  );
  for (const [Namespace, data] of [
    ['AWS/ApplicationELB', requests],
    ['AWS/ECS', cpu],
  ] as const) {
    for (let from = 0; from < data.length; from += 1_000) {
      await aws.clients.cloudWatch.send(
        new PutMetricDataCommand({ Namespace, MetricData: data.slice(from, from + 1_000) }),
      );
    }
  }
}

describe('fulcrum backtest --from-cloudwatch', () => {
  it('says that CloudWatch has nothing of a service', async () => {
    expect(await backtest()).toEqual({
      status: 1,
      output: expect.stringMatching(/^CloudWatch has no load of shop in the last 14 days: .*\n$/),
    });
  });

  it('walks through what the load balancer counted, with the task that CPU shows', async () => {
    await publish();
    const { status, output } = await backtest('--days', '1', '--policies', 'fulcrum,tt60');
    expect({ status, output }).toEqual({ status: 0, output: expect.any(String) });
    expect(output).toMatch(/^shop from \d{4}-\d\d-\d\d on \(CloudWatch\): 1 day from /m);
    expect(output).toContain('A task carries 100 a second at 100 % CPU');
    expect(output).toMatch(/^fulcrum +\S/m);
    expect(output).toMatch(/^tt60 \(70 %\) +\S/m);
  });
});
