import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { bundling } from '../../serverless/bundling.ts';
import { hclWasmAsValue } from '../../serverless/hcl-wasm.ts';

const ROOT = join(import.meta.dirname, '../..');
const LIMIT_BYTES = 1_500_000;

let folder = '';
let bundle = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fulcrum-bundle-'));
  bundle = join(folder, 'edit.mjs');
  const options = bundling(() => {
    throw new Error('nothing here asks for the policy');
  });
  await build({
    ...options,
    // The ban on the YAML parser is for functions that would read the policy with it.
    plugins: [hclWasmAsValue, ...options.plugins.filter(({ name }) => name !== 'no-yaml-parser')],
    stdin: {
      contents: `
        export { planEdit } from './shared/infrastructure-code/plan-edit.ts';
        export { loadTerraformParser } from './shared/infrastructure-code/hcl/parser.ts';`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    outfile: bundle,
  });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the bundle for Lambda', () => {
  it('is one file, WASM and YAML parser included, that leaves room for a client of GitHub', async () => {
    expect((await stat(bundle)).size).toBeLessThan(LIMIT_BYTES / 2);
  });

  it('edits Terraform where there are no packages', async () => {
    const script = `
      const { planEdit, loadTerraformParser } = await import(process.argv[1]);
      const parser = await loadTerraformParser();
      const files = new Map([['main.tf', 'resource "aws_db_instance" "a" {\\n  identifier = "a"\\n  iops = 3000\\n}\\n']]);
      const result = planEdit(parser, { files, editable: ['.'] }, {
        kind: 'set-attributes',
        resource: { type: 'aws_db_instance', identifiedBy: { identifier: 'a' } },
        changes: [{ attribute: ['iops'], present: { kind: 'is', value: 3000 }, to: 4000 }],
      });
      console.log(result.files[0].after);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, bundle], {
      cwd: folder,
      env: {},
    });
    expect(stdout).toContain('iops = 4000');
  });
});
