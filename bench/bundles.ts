import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunction } from '../serverless/bundling.ts';
import { loadPolicyFile } from '../shared/config/load-file.ts';
import { formatProblem } from '../shared/config/problem.ts';
import { median, table } from './table.ts';

const ROOT = join(import.meta.dirname, '..');
const FUNCTIONS = [
  'triggers/tick',
  'triggers/alarm',
  'triggers/scaled-to-max',
  'triggers/known-event',
  'triggers/forecast',
  'triggers/probe-pgbouncer',
  'actions/ensure-target-tracking',
  'actions/set-capacity-bounds',
  'actions/schedule-capacity',
  'actions/tune-pgbouncer',
  'actions/keep-pool-sizes',
  'actions/tend-proposal',
  'triggers/infrastructure',
  'actions/change-cache-node-type',
  'actions/change-database-class',
  'actions/resize-task',
  'actions/set-aurora-capacity',
  'actions/set-cache-shape',
  'actions/set-read-replicas',
  'actions/set-storage-ceiling',
] as const;
const RUNS = 25;

/** Size and import time of every bundle as it is deployed, beside an empty handler, run in turn. */
export async function benchBundles(): Promise<string> {
  const loaded = await loadPolicyFile(join(ROOT, 'fulcrum.yml'));
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(formatProblem).join('\n'));
  const folder = await mkdtemp(join(tmpdir(), 'fulcrum-bench-'));
  try {
    const empty = join(folder, 'empty.mjs');
    await writeFile(empty, 'export const handler = async () => undefined;\n');
    const files = new Map([['(empty handler)', empty]]);
    for (const name of FUNCTIONS) {
      const file = join(folder, `${name.replace('/', '-')}.mjs`);
      await bundleFunction(join(ROOT, 'functions', `${name}.ts`), file, loaded.policy);
      files.set(name, file);
    }
    const times = await importTimes([...files.values()]);
    const rows = await Promise.all(
      [...files].map(async ([name, file]) => {
        const { size } = await stat(file);
        return [name, (size / 1000).toFixed(0), median(times.get(file) ?? []).toFixed(1)];
      }),
    );
    return table(['handler', 'bundle KB', `import ms (median of ${RUNS})`], rows);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One process an import, all files in turn, so that a slow moment of the machine meets all of them. */
async function importTimes(files: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>(files.map((file) => [file, []]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const file of files) {
      const script = `const t = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - t);`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
      times.get(file)?.push(Number(stdout));
    }
  }
  return times;
}
