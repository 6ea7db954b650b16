import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ALONE, type Scenario, TOGETHER } from '../support/runbook.ts';

const PAGE = readFileSync(new URL('../../docs/which-lever.md', import.meta.url), 'utf8');

/** The cells of the table under a heading, without its head. */
const tableUnder = (heading: string): readonly (readonly string[])[] => {
  const section = PAGE.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
};

const rowOf = ({ when, pulled, held, why }: Scenario): readonly string[] => [
  when,
  pulled.join(', ') || '–',
  Object.keys(held).join(', ') || '–',
  why,
];

describe('the page says what the tests show', () => {
  it.each([
    { heading: 'One thing rises', scenarios: ALONE },
    { heading: 'Several things rise', scenarios: TOGETHER },
  ])('$heading', ({ heading, scenarios }) => {
    expect(tableUnder(heading)).toEqual(scenarios.map(rowOf));
  });
});
