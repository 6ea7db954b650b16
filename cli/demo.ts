import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPolicyFile } from '../shared/config/load-file.ts';
import type { Policy } from '../shared/config/policy.ts';
import { formatProblem } from '../shared/config/problem.ts';
import { filingWeek } from '../simulator/demo/filing-week.ts';
import { runOutage } from '../simulator/demo/outage.ts';
import { runDemo } from '../simulator/demo/run-demo.ts';
import { traceWorld } from '../simulator/demo/trace-world.ts';
import type { DemoWorld } from '../simulator/demo/world.ts';
import { renderReport } from '../simulator/report/render-report.ts';
import type { ReportData } from '../simulator/report/report-data.ts';
import { outageStory } from './outage-story.ts';
import { progressLine } from './progress.ts';
import { proposalsStory } from './proposals-story.ts';
import { storyOf } from './story.ts';

export interface DemoOptions {
  readonly trace?: string;
  readonly days: number;
  readonly html: string;
  readonly outage?: true;
}

export async function demo({ trace, days, html, outage }: DemoOptions): Promise<void> {
  if (outage === true) {
    if (trace !== undefined) throw new RangeError('--outage has a day of its own: give either it or --trace');
    return outageDemo(html);
  }
  const world = trace === undefined ? await embeddedWorld() : await traceWorld(trace, days);
  console.log(`${world.title}: ${world.subtitle}.`);
  const progress = progressLine(process.stderr, 'simulating');
  // The trace of somebody else has services that the code of the demo does not know.
  const codeFolder = trace === undefined ? join(dirname(resolve(html)), 'infrastructure-code') : null;
  const data = await runDemo(world, progress.show, codeFolder);
  progress.end();
  console.log(storyOf(data));
  if (codeFolder !== null && data.proposals.length > 0) console.log(`\n${proposalsStory(data.proposals, codeFolder)}`);
  await writeReport(data, html);
}

async function outageDemo(html: string): Promise<void> {
  const progress = progressLine(process.stderr, 'simulating');
  const { data, afternoons } = await runOutage(await embeddedPolicy('noon-outage.yml'), progress.show);
  progress.end();
  console.log(`${data.title}: ${data.subtitle}.`);
  console.log(storyOf(data));
  console.log(`\n${outageStory(afternoons)}`);
  await writeReport(data, html);
}

async function writeReport(data: ReportData, html: string): Promise<void> {
  const file = resolve(html);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, renderReport(data));
  console.log(`\nThe report, with plots and every audit record: ${file}`);
}

async function embeddedWorld(): Promise<DemoWorld> {
  return filingWeek(await embeddedPolicy('filing-week.yml'));
}

async function embeddedPolicy(name: string): Promise<Policy> {
  const loaded = await loadPolicyFile(fileURLToPath(new URL(`../simulator/demo/${name}`, import.meta.url)));
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.policy;
}
