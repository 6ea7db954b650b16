import { cpus } from 'node:os';
import { benchBundles } from './bundles.ts';
import { benchTicks } from './ticks.ts';

const SECTIONS: readonly { readonly name: string; readonly run: () => Promise<string> }[] = [
  { name: 'bundles', run: benchBundles },
  { name: 'ticks', run: benchTicks },
];

/** `npm run bench` runs everything, `npm run bench -- ticks` one section. */
const [only] = process.argv.slice(2);
const chosen = SECTIONS.filter(({ name }) => only === undefined || only === name);
if (chosen.length === 0) {
  console.error(`there is no section ${String(only)}; there are: ${SECTIONS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 1;
}
console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown processor'}`);
for (const { name, run } of chosen) console.log(`\n## ${name}\n\n${await run()}`);
