import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTerraformParser } from '../shared/infrastructure-code/hcl/parser.ts';
import { planEdit } from '../shared/infrastructure-code/plan-edit.ts';
import { median, table } from './table.ts';

const FLAT = join(import.meta.dirname, '../test/fixtures/infrastructure/flat');
const LINES = [500, 5_000, 20_000] as const;
const RUNS = 11;

/** How long one edit takes in a file of many services, its checks included; the first one finds the code cold. */
export async function benchInfrastructureEdit(): Promise<string> {
  const template = `${await readFile(join(FLAT, 'database.tf'), 'utf8')}\n${await readFile(join(FLAT, 'services.tf'), 'utf8')}\n`;
  const started = performance.now();
  const parser = await loadTerraformParser();
  const loadMs = performance.now() - started;
  const rows = LINES.map((lines) => {
    const text = repeated(template, lines);
    const times = Array.from({ length: RUNS }, () => {
      const start = performance.now();
      const result = planEdit(
        parser,
        { files: new Map([['main.tf', text]]), editable: ['.'] },
        {
          kind: 'set-attributes',
          resource: {
            type: 'aws_appautoscaling_target',
            identifiedBy: { resource_id: 'service/production3/api3' },
          },
          changes: [{ attribute: ['max_capacity'], present: { kind: 'is', value: 10 }, to: 1_000 }],
        },
      );
      if (result.kind !== 'edited') throw new Error(`the edit was not made: ${result.kind}`);
      return performance.now() - start;
    });
    return [text.split('\n').length, (times[0] ?? 0).toFixed(0), median(times.slice(1)).toFixed(0)] as const;
  });
  return `${table(['lines', 'first edit ms', `edit ms (median of ${RUNS - 1})`], rows)}\n\nThe parser was loaded in ${loadMs.toFixed(0)} ms.`;
}

/** The same resources again and again, with a number in every name. */
function repeated(template: string, lines: number): string {
  let text = '';
  for (let number = 0; text.split('\n').length < lines; number += 1) {
    text += template
      .replaceAll(/(records|sessions|production|worker|api|main)(?=["./-])/g, `$1${number}`)
      .replaceAll(/\b(aws_\w+)\.(main|api)\d*\./g, `$1.$2${number}.`);
  }
  return text;
}
