import { cpus } from 'node:os';
import { Command } from 'commander';
import { benchBundles } from './bundles.ts';
import { benchDecisionQuality } from './decision-quality.ts';
import { benchForecastQuality } from './forecast-quality.ts';
import { benchInfrastructureEdit } from './infrastructure-edit.ts';
import { benchOutage } from './outage-quality.ts';
import { benchPeers } from './peer-quality.ts';
import { benchPgbouncer } from './pgbouncer.ts';
import { benchPoolerModel } from './pooler-model.ts';
import { benchTicks } from './ticks.ts';

interface Section {
  readonly name: string;
  readonly run: () => Promise<string>;
}

const program = new Command('bench')
  .description('measures what the documents say; run without a section it measures everything')
  .argument(
    '[section]',
    '`bundles`, `ticks`, `edits`, `pgbouncer`, `pooler-model`, `decisions`, `peers`, `outage` or `forecast`',
  )
  .option('--traces <folder>', 'CSV files of `timestamp,value`, for the quality of decisions and forecasts')
  .action(async (section: string | undefined, { traces }: { readonly traces?: string }) => {
    const sections: readonly Section[] = [
      { name: 'bundles', run: benchBundles },
      { name: 'ticks', run: benchTicks },
      { name: 'edits', run: benchInfrastructureEdit },
      { name: 'pgbouncer', run: benchPgbouncer },
      { name: 'pooler-model', run: benchPoolerModel },
      ...(traces === undefined
        ? []
        : [
            { name: 'decisions', run: () => benchDecisionQuality(traces) },
            { name: 'peers', run: () => benchPeers(traces) },
            { name: 'outage', run: () => benchOutage(traces) },
            { name: 'forecast', run: () => benchForecastQuality(traces) },
          ]),
    ];
    const chosen = sections.filter(({ name }) => section === undefined || section === name);
    if (chosen.length === 0) {
      const isOfTraces = ['decisions', 'peers', 'outage', 'forecast'].includes(section ?? '');
      const advice = isOfTraces
        ? 'it needs --traces FOLDER'
        : 'there are bundles, ticks, edits, pgbouncer, pooler-model, decisions, peers, outage and forecast';
      program.error(`no section to run: ${String(section)}; ${advice}`);
    }
    console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown processor'}`);
    for (const { name, run } of chosen) console.log(`\n## ${name}\n\n${await run()}`);
  });

await program.parseAsync();
