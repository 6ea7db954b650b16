import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { explainReason } from '../../shared/domain/explain.ts';
import { explainUnseen } from '../../shared/domain/explain-unseen.ts';
import type { ReasonCode } from '../../shared/domain/reason.ts';
import { GUARDS } from '../../shared/guards/guards.ts';
import { LEVERS } from '../../shared/levers/registry.ts';
import { aNewFleetPolicy } from '../support/builders/policy.ts';
import { REASONS } from '../support/builders/reasons.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const find = (pattern: string): readonly string[] => globSync(pattern, { cwd: ROOT });

/** The cells of every row of every table, without their backticks. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );

const PAGES = find('docs/levers/*.md').map((path) => ({ path, text: read(path) }));
const INDEX = read('docs/levers/README.md');
const TEMPLATE = read('templates/lever/busy-floor.md');

const CODES = Object.keys(REASONS) as readonly ReasonCode[];
const isCode = (text: string | undefined): text is ReasonCode => CODES.some((code) => code === text);
const headingsOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('## '));

describe('every lever has a page', () => {
  it.each(LEVERS.map(({ name }) => name))('%s: with the headings of the template, and in the list', (name) => {
    const page = read(`docs/levers/${name}.md`);
    expect(page.split('\n')[0]).toBe(`# ${name}`);
    expect(headingsOf(page)).toEqual(headingsOf(TEMPLATE));
    expect(INDEX).toContain(`[${name}](${name}.md)`);
  });

  it.each(LEVERS.map(({ name }) => name))('%s: with every reason that its code names', (name) => {
    const named = [...read(`shared/levers/${name}.ts`).matchAll(/code: '([a-z-]+)'/g)].map(([, code]) => code);
    const told = rowsOf(read(`docs/levers/${name}.md`)).map(([code]) => code);
    expect([...new Set(named.filter(isCode))].filter((code) => !told.includes(code))).toEqual([]);
    expect(told.filter(isCode).filter((code) => !named.includes(code))).toEqual([]);
  });
});

describe('the pages tell what the code says', () => {
  const quotes = [...PAGES, { path: 'templates/lever/busy-floor.md', text: TEMPLATE }].flatMap(({ path, text }) =>
    rowsOf(text).flatMap(([code, sentence]) => (isCode(code) ? [{ path, code, sentence }] : [])),
  );

  it('in the same sentences', () => {
    expect(quotes.map(({ path, code, sentence }) => `${path} ${code}: ${sentence}`)).toEqual(
      quotes.map(({ path, code }) => `${path} ${code}: ${explainReason(REASONS[code])}`),
    );
  });

  it('with the defaults of fulcrum.yml', () => {
    const fleet: unknown = aNewFleetPolicy();
    const defaults = PAGES.flatMap(({ path, text }) =>
      rowsOf(text).flatMap(([key, value]) =>
        /^(levers|services\[\])\./.test(key ?? '') ? [{ path, key: key!, value }] : [],
      ),
    );
    expect(defaults.length).toBeGreaterThan(20);
    expect(defaults.map(({ path, key, value }) => `${path} ${key}: ${value}`)).toEqual(
      defaults.map(({ path, key }) => `${path} ${key}: ${JSON.stringify(valueAt(fleet, key))}`),
    );
  });

  it('with every setting of every lever', () => {
    const { levers } = aNewFleetPolicy();
    for (const [name, settings] of Object.entries(levers)) {
      const page = read(`docs/levers/${name}.md`);
      const missing = Object.keys(settings).filter((key) => !page.includes(`\`levers.${name}.${key}\``));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });

  it('with the guards in their order', () => {
    const rows = rowsOf(INDEX).map(([first]) => first);
    const start = rows.indexOf('guard') + 1;
    expect(rows.slice(start, start + GUARDS.length)).toEqual(GUARDS.map(({ name }) => name));
  });

  it('with every way in which a reading can be missing', () => {
    const told = rowsOf(INDEX).map(([first]) => first);
    expect(told).toEqual(
      expect.arrayContaining([
        explainUnseen({ code: 'no-data' }),
        explainUnseen({ code: 'too-old', ageSeconds: 312, limitSeconds: 300 }),
        explainUnseen({ code: 'incomplete', points: 9, needed: 10 }),
        explainUnseen({ code: 'invalid', value: 'NaN' }),
        explainUnseen({ code: 'not-asked' }),
      ]),
    );
  });

  it('with links that lead somewhere', () => {
    const broken = [...PAGES, { path: 'docs/adding-a-lever.md', text: read('docs/adding-a-lever.md') }].flatMap(
      ({ path, text }) =>
        [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)]
          .map(([, target]) => new URL(target!, `file://${ROOT}${path}`))
          .filter((url) => find(fileURLToPath(url).slice(ROOT.length)).length === 0)
          .map((url) => `${path}: ${url.pathname}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('every reason code', () => {
  const declared = [
    ...find('shared/domain/*reason.ts')
      .map(read)
      .join('\n')
      .matchAll(/readonly code: ([^;}]+)/g),
  ].flatMap(([, union]) => [...union!.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code!));
  // The two that hold an example of each code by construction prove nothing.
  const tests = find('test/**/*.test.ts')
    .filter((path) => !/test\/(domain\/explain|repository\/)/.test(path))
    .map(read);
  const tables = PAGES.flatMap(({ text }) => rowsOf(text).map(([code]) => code));

  it('is known to these tests', () => {
    expect([...new Set(declared)].sort()).toEqual([...CODES].sort());
  });

  it.each(CODES)('%s is reached by a test and told on a page', (code) => {
    const words = longestWords(explainReason(REASONS[code]));
    const named = new RegExp(`['( ]${code}[',)]`);
    const isReached = tests.some((text) => named.test(text) || (words.length > 12 && text.includes(words)));
    expect({ code, isReached, isTold: tables.includes(code) }).toEqual({ code, isReached: true, isTold: true });
  });
});

/** The part of a sentence that holds no number and no name: tables assert whole sentences, without the code. */
function longestWords(sentence: string): string {
  return sentence
    .split(/\d+(?:\.\d+)?|“[^”]*”|"[^"]*"|[{}]/)
    .reduce((a, b) => (b.trim().length > a.length ? b.trim() : a), '');
}

/** What stands at `levers.ceiling.maxStepFactor`, or at `services[].targetTracking.cpuPercent` of the first service. */
function valueAt(content: unknown, key: string): unknown {
  return key
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>((value, part) => (value as Readonly<Record<string, unknown>> | undefined)?.[part], content);
}
