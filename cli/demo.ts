import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPolicyFile } from '../shared/config/load-file.ts';
import { formatProblem } from '../shared/config/problem.ts';
import { filingWeek } from '../simulator/demo/filing-week.ts';
import { runDemo } from '../simulator/demo/run-demo.ts';
import { traceWorld } from '../simulator/demo/trace-world.ts';
import type { DemoWorld } from '../simulator/demo/world.ts';
import { renderReport } from '../simulator/report/render-report.ts';
import { progressLine } from './progress.ts';
import { storyOf } from './story.ts';

export interface DemoOptions {
  readonly trace?: string;
  readonly days: number;
  readonly html: string;
}

export async function demo({ trace, days, html }: DemoOptions): Promise<void> {
  const world = trace === undefined ? await embeddedWorld() : await traceWorld(trace, days);
  console.log(`${world.title}: ${world.subtitle}.`);
  const progress = progressLine(process.stderr, 'simulating');
  const data = await runDemo(world, progress.show);
  progress.end();
  console.log(storyOf(data));
  const file = resolve(html);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, renderReport(data));
  console.log(`\nThe report, with plots and every audit record: ${file}`);
}

async function embeddedWorld(): Promise<DemoWorld> {
  const loaded = await loadPolicyFile(fileURLToPath(new URL('../simulator/demo/filing-week.yml', import.meta.url)));
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return filingWeek(loaded.policy);
}
