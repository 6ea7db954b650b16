import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { bundleFunction } from '../../serverless/bundling.ts';
import { aPolicy } from '../support/builders/policy.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = await mkdtemp(join(tmpdir(), 'fulcrum-functions-'));
afterAll(() => rm(folder, { recursive: true }));

const bundled = async (name: string): Promise<{ readonly file: string; readonly bytes: number }> => {
  const file = join(folder, `${name.replace('/', '-')}.mjs`);
  return { file, bytes: await bundleFunction(join(ROOT, 'functions', `${name}.ts`), file, aPolicy([{}])) };
};

/** Words of the parser, of the client of GitHub, of the text of proposals, and of the YAML parser. */
const WORDS = ['ts_parser_', '/repos/{owner}', 'Fulcrum proposes this change', 'Nested mappings are not allowed'];

describe('the function that looks after pull requests', () => {
  it('is at most 1.5 MB with the WASM of its parser, and starts where there are no packages', async () => {
    const { file, bytes } = await bundled('actions/tend-proposal');
    expect(bytes).toBeLessThan(1_500_000);
    const text = await readFile(file, 'utf8');
    expect(WORDS.filter((word) => !text.includes(word))).toEqual([]);
    const script = `const { handler } = await import(process.argv[1]); console.log(typeof handler);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file], {
      cwd: folder,
      env: {},
    });
    expect(stdout.trim()).toBe('function');
  });

  it.each([
    'triggers/tick',
    'triggers/alarm',
    'triggers/scaled-to-max',
    'triggers/known-event',
    'actions/set-capacity-bounds',
  ])('leaves nothing of itself in %s', async (name) => {
    const text = await readFile((await bundled(name)).file, 'utf8');
    expect(WORDS.filter((word) => text.includes(word))).toEqual([]);
  });
});
