import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');

it('the document names every code of a refusal', () => {
  const source = readFileSync(join(ROOT, 'shared/infrastructure-code/refusal.ts'), 'utf8');
  const codes = [...source.matchAll(/readonly code: '([a-z-]+)'/g)].map(([, name]) => name);
  const document = readFileSync(join(ROOT, 'docs/infrastructure-code.md'), 'utf8');
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((name) => !document.includes(`\`${String(name)}\``))).toEqual([]);
});
