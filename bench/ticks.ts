import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median, table } from './table.ts';

interface TickResult {
  readonly services: number;
  readonly load: string;
  readonly millis: number;
  readonly metricCalls: number;
  readonly metrics: number;
  readonly peakMegabytes: number;
}

const RUNS = 3;

/** One tick over 10 to 10,000 services in one fleet, with adapters in memory: what our own code costs. */
export async function benchTicks(): Promise<string> {
  const rows: string[][] = [];
  for (const load of ['quiet', 'pinned']) {
    for (const services of [10, 100, 1_000, 10_000]) {
      const results: TickResult[] = [];
      for (let run = 0; run < RUNS; run += 1) results.push(await tick(services, load));
      const millis = median(results.map((result) => result.millis));
      const [first] = results;
      rows.push([
        `${services} services, ${load}`,
        millis.toFixed(1),
        ((millis * 1000) / services).toFixed(0),
        String(first?.metrics ?? ''),
        String(first?.metricCalls ?? ''),
        Math.max(...results.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
      ]);
    }
  }
  return table(['tick over', `ms (median of ${RUNS})`, 'µs a service', 'metrics', 'metric calls', 'peak MB'], rows);
}

async function tick(services: number, load: string): Promise<TickResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'tick.ts'),
    String(services),
    load,
  ]);
  return JSON.parse(stdout) as TickResult;
}
