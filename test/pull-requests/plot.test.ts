import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, later } from '../../shared/domain/units.ts';
import { mermaidChart, sparkline, svgPlot } from '../../shared/pull-requests/plot.ts';
import { aPlot, NOON } from './samples.ts';

const rising = [0, 25, 50, 75, 100].map((value, hour) => ({ at: later(NOON, hour * HOUR), value }));
const gap = [0, 1, 2, 8, 9].map((hour) => ({ at: later(NOON, hour * HOUR), value: 50 }));

describe('sparkline', () => {
  it('rises with the values, from zero', () => {
    expect(sparkline(aPlot({ points: rising, threshold: null }))).toBe('▁▃▅▇█');
  });

  it('leaves room for the threshold', () => {
    const threshold = { label: 'limit', value: 200 };
    expect(sparkline(aPlot({ points: rising, threshold }))).toBe('▁▂▃▄▅');
  });

  it('shows minutes that were not measured as such', () => {
    expect(sparkline(aPlot({ points: gap }))).toMatch(/·/);
  });

  it('keeps a peak of a long series', () => {
    const points = Array.from({ length: 1_000 }, (_, minute) => ({
      at: later(NOON, minute * 60),
      value: minute === 500 ? 100 : 1,
    }));
    expect(sparkline(aPlot({ points }))).toHaveLength(48);
    expect(sparkline(aPlot({ points }))).toContain('█');
  });

  it.each([
    ['no point', []],
    ['one point', rising.slice(0, 1)],
    ['nothing finite', rising.map(({ at }) => ({ at, value: NaN }))],
  ])('is empty with %s', (_, points) => {
    expect(sparkline(aPlot({ points }))).toBe('');
    expect(mermaidChart(aPlot({ points }))).toBeNull();
    expect(svgPlot(aPlot({ points }))).toContain('nothing was measured');
  });
});

describe('chart of Mermaid', () => {
  it('draws values and threshold', () => {
    expect(mermaidChart(aPlot({ points: rising }))).toBe(
      [
        'xychart-beta',
        '  title "CPU of core-db"',
        '  x-axis "hours until 2026-12-01T16:00Z" -4 --> 0',
        '  y-axis "%" 0 --> 100',
        '  line "measured" [0, 25, 50, 75, 100]',
        '  line "limit" [70, 70, 70, 70, 70]',
      ].join('\n'),
    );
  });

  it('is not drawn across a gap', () => {
    expect(mermaidChart(aPlot({ points: gap }))).toBeNull();
  });

  it('law: names of others stay inside of their quotes, on their line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (title, unit) => {
        const chart = mermaidChart(
          aPlot({ title: `${title}"\n\`\`\`%%{init}%%`, unit, threshold: { label: title, value: 1 } }),
        );
        expect(chart?.split('\n')).toHaveLength(6);
        const names = chart?.match(/"[^"]*"/g) ?? [];
        expect(names).toHaveLength(5);
        expect(names.filter((name) => !/^"(?:[\p{L}\p{N} .:/()_]|-(?!-)|%(?!%))+"$/u.test(name))).toEqual([]);
      }),
    );
  });
});

describe('SVG', () => {
  it('draws a line and the threshold', () => {
    const svg = svgPlot(aPlot({ points: rising }));
    expect(svg).toContain('<polyline class="line" points="56.0,206.0 ');
    expect(svg).toContain('704.0,34.0"/>');
    expect(svg).toContain('limit: 70');
  });

  it('breaks the line where nothing was measured', () => {
    expect(svgPlot(aPlot({ points: gap })).match(/<polyline/g)).toHaveLength(2);
  });

  it('law: the same elements whatever the names are', () => {
    const elements = (svg: string) => [...svg.matchAll(/<(\/?[a-z]+)/g)].map(([, name]) => name);
    const expected = elements(svgPlot(aPlot()));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const hostile = `${name}"><script>alert(1)</script>&`;
        const svg = svgPlot(aPlot({ title: hostile, unit: hostile, threshold: { label: hostile, value: 70 } }));
        expect(elements(svg)).toEqual(expected);
      }),
    );
  });
});
