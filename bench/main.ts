import { cpus } from 'node:os';
import { Command } from 'commander';
import { benchBundles } from './bundles.ts';
import { benchDecisionQuality } from './decision-quality.ts';
import { benchTicks } from './ticks.ts';

interface Section {
  readonly name: string;
  readonly run: () => Promise<string>;
}

const program = new Command('bench')
  .description('measures what the documents say; run without a section it measures everything')
  .argument('[section]', '`bundles`, `ticks` or `decisions`')
  .option('--traces <folder>', 'CSV files of `timestamp,value`, for the quality of decisions')
  .action(async (section: string | undefined, { traces }: { readonly traces?: string }) => {
    const sections: readonly Section[] = [
      { name: 'bundles', run: benchBundles },
      { name: 'ticks', run: benchTicks },
      ...(traces === undefined ? [] : [{ name: 'decisions', run: () => benchDecisionQuality(traces) }]),
    ];
    const chosen = sections.filter(({ name }) => section === undefined || section === name);
    if (chosen.length === 0) {
      const advice = section === 'decisions' ? 'it needs --traces FOLDER' : 'there are bundles, ticks and decisions';
      program.error(`no section to run: ${String(section)}; ${advice}`);
    }
    console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown processor'}`);
    for (const { name, run } of chosen) console.log(`\n## ${name}\n\n${await run()}`);
  });

await program.parseAsync();
