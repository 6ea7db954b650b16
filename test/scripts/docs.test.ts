import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generatedFiles, referencePage, staleFiles } from '../../scripts/docs.ts';
import { configurationJsonSchema, type SchemaNode } from '../../shared/config/json-schema.ts';

const files = await generatedFiles();

describe('what is derived from the schema', () => {
  it('is up to date in the repository', async () => {
    expect((await staleFiles(files)).map(({ path }) => path)).toEqual([]);
  });

  const root = mkdtempSync(join(tmpdir(), 'fulcrum-docs-'));
  afterAll(() => rm(root, { recursive: true }));

  it('is stale when a copy differs or is not there', async () => {
    expect((await staleFiles(files, root)).map(({ path }) => path)).toEqual([
      'fulcrum.schema.json',
      'docs/configuration.md',
      'docs/permissions.md',
    ]);

    for (const { path, text } of files) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    expect(await staleFiles(files, root)).toEqual([]);

    await writeFile(join(root, 'docs/configuration.md'), 'edited by hand');
    expect((await staleFiles(files, root)).map(({ path }) => path)).toEqual(['docs/configuration.md']);
  });

  it('is checked by a command that changes nothing', () => {
    const script = join(import.meta.dirname, '../../scripts/docs.ts');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('the reference page', () => {
  const everyKey = (node: SchemaNode, path: string): readonly (readonly [string, SchemaNode])[] => {
    const inner = node.items ?? node;
    return Object.entries(inner.properties ?? {}).flatMap(([key, child]) => [
      [`${path}${key}`, child] as const,
      ...everyKey(child, `${path}${key}.`),
    ]);
  };
  const keys = everyKey(configurationJsonSchema(), '');

  it('says of every key what it is for', () => {
    expect(keys.length).toBeGreaterThan(80);
    expect(keys.filter(([, { description }]) => description === undefined).map(([key]) => key)).toEqual([]);
  });

  it('lists every key', () => {
    const page = files.find(({ path }) => path === 'docs/configuration.md')?.text ?? '';
    const missing = keys.filter(([key]) => !page.includes(`${key.split('.').at(-1) ?? key}\` |`)).map(([key]) => key);
    expect(missing).toEqual([]);
  });

  it('shows type, default and meaning, and what must be given', () => {
    const schema: SchemaNode = {
      properties: {
        period: { type: 'integer', minimum: 1, maximum: 15, default: 5, description: 'In minutes | or so.' },
        mode: { type: 'string', enum: ['off', 'on'], description: 'Switch.' },
        window: {
          default: { of: 3 },
          description: 'Window.',
          properties: { of: { type: 'integer', minimum: 1, description: 'So many.' } },
          required: ['of'],
        },
      },
      required: ['mode'],
    };
    const page = referencePage(
      { properties: { part: { description: 'Part.', properties: { deep: { ...schema, description: 'Deep.' } } } } },
      '',
    );
    expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual([
      '| `part` | [map](#part) | none | Part. |',
      '| `deep` | map | none | Deep. |',
      '| `deep.period` | whole, 1–15 | `5` | In minutes \\| or so. |',
      '| `deep.mode` | `off`, `on` | required | Switch. |',
      '| `deep.window` | map | `{ of: 3 }` | Window. |',
      '| `deep.window.of` | whole, at least 1 | `3` | So many. |',
    ]);
  });
});
