import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { renderReport } from '../../../simulator/report/render-report.ts';
import type { LeverPull, PullStatus, ReportData } from '../../../simulator/report/report-data.ts';
import { reportFixture } from './report-fixture.ts';

const data = reportFixture();
const page = renderReport(data);

const count = (text: string, piece: string | RegExp): number => text.split(piece).length - 1;
const idsOf = (html: string): readonly string[] => [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!);

/** Every text of the data, except where only certain words are allowed, carries the attack. */
function poisoned(value: unknown, key: string, attack: string): unknown {
  if (typeof value === 'string') return FIXED_WORDS.has(key) ? value : `${attack}${value}`;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key, attack));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name, attack)]));
}
const FIXED_WORDS = new Set(['timeZone', 'status', 'at', 'transition']);

describe('the report', () => {
  it('stands alone: no address, no file, and a policy under which the browser asks for nothing', () => {
    expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|<link|<img|<iframe|<object/i);
    expect(page).not.toMatch(/\b(src|srcset|poster|action)=/);
    expect([...page.matchAll(/href="([^"]*)"/g)].every((match) => match[1]!.startsWith('#'))).toBe(true);
    expect(page).not.toContain('url(');
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('lets only its own script run', () => {
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    expect(script.length).toBeGreaterThan(1_000);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    expect(policy).toContain(`script-src 'sha256-${hash}';`);
  });

  it('stays small for a week with three services', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onfocus='alert(1)`,
    '</style></title>&amp;',
  ])('shows %s in any text as text', (attack) => {
    const html = renderReport(poisoned(data, '', attack) as ReportData);
    expect(html).not.toContain(attack);
    for (const tag of ['<script', '<img', '</style', '</title', '<a ', '<tr', '<li']) {
      expect([tag, count(html, tag)]).toEqual([tag, count(page, tag)]);
    }
  });

  it('has no two elements with one id, and every link in it leads somewhere', () => {
    const ids = idsOf(page);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(ids);
    const targets = [...page.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]!);
    expect(targets.filter((target) => !known.has(target))).toEqual([]);
  });

  it('marks every pull once, with its record behind it, and tells it in the list', () => {
    expect(data.pulls.length).toBeGreaterThan(5);
    expect(count(page, 'class="mark"')).toBe(data.pulls.length);
    const rows = new Map([...page.matchAll(/<tr id="(record-\d+)"[\s\S]*?<\/tr>/g)].map((row) => [row[1]!, row[0]]));
    for (const [index, { decisionId }] of data.pulls.toSorted((a, b) => a.at - b.at).entries()) {
      const mark = new RegExp(`class="mark" href="#(record-\\d+)" data-pull="pull-${index + 1}"`).exec(page);
      expect(page).toContain(`<li id="pull-${index + 1}"`);
      expect(rows.get(mark?.[1] ?? '')).toContain(decisionId);
    }
  });

  it('also marks pulls on what has no plot, and leads to the list where there is no record', () => {
    const stray: LeverPull = { ...data.pulls[0]!, resource: 'cache/production/sessions', decisionId: 'unrecorded' };
    const html = renderReport({ ...data, pulls: [stray] });
    expect(html).toContain('Elsewhere in the fleet');
    expect(html).toContain('class="mark" href="#pull-1" data-pull="pull-1"');
    expect(html).not.toContain('class="to-record"');
  });

  it.each<PullStatus>(['applied', 'skipped', 'failed', 'held', 'open'])('gives %s a shape of its own', (status) => {
    const html = renderReport({ ...data, pulls: [{ ...data.pulls[0]!, status }] });
    const shapes = (of: string): string | undefined =>
      new RegExp(`class="glyph ${of}"[^>]*><path d="([^"]*)"`).exec(of === status ? html : page)?.[1];
    expect(shapes(status)).toBeDefined();
    expect(shapes(status)).not.toBe(shapes(status === 'applied' ? 'failed' : 'applied'));
  });

  it('draws scheduled effects until a later pull of the lever replaces them', () => {
    const [start, hour] = [data.period.start, 3_600_000];
    const scheduled: LeverPull = {
      ...data.pulls[0]!,
      status: 'applied',
      at: start,
      effectiveAt: [start + 2 * hour, start + 9 * hour],
    };
    const later: LeverPull = { ...scheduled, at: start + 5 * hour, effectiveAt: [] };
    expect(count(renderReport({ ...data, pulls: [scheduled] }), '<i class="effect"')).toBe(2);
    expect(count(renderReport({ ...data, pulls: [scheduled, later] }), '<i class="effect"')).toBe(1);
    expect(
      count(renderReport({ ...data, pulls: [scheduled, { ...later, status: 'failed' }] }), '<i class="effect"'),
    ).toBe(2);
  });

  it('folds up the days and draws no lines when there are very many pulls', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      ...data.pulls[0]!,
      status: 'applied' as const,
      at: data.period.start + index * 1e6,
    }));
    const html = renderReport({ ...data, pulls: many });
    expect(count(html, 'class="mark"')).toBe(100);
    expect(count(html, 'class="pull-line')).toBe(0);
    expect(html).not.toContain('<details class="day" open');
    expect(count(page, 'class="pull-line')).toBeGreaterThan(0);
    expect(page).toContain('<details class="day" open');
  });

  it('describes every drawing in words', () => {
    expect(count(page, 'role="img"')).toBe(count(page, 'preserveAspectRatio="none"'));
    expect([...page.matchAll(/role="img" aria-label="([^"]*)"/g)].every((match) => match[1]!.length > 15)).toBe(true);
    expect(count(page, '<svg')).toBe(count(page, 'role="img"') + count(page, / aria-hidden="true"><(?:path|g) /));
  });

  it('shows who waits at the pooler, under Fulcrum and alone, where that is simulated', () => {
    const html = renderReport(data);
    expect(html).toContain('Pooler, clients that wait');
    expect(html).toContain('of 120 server connections');
    expect(html).toMatch(/Up to 9 clients wait for a connection of pgbouncer under Fulcrum, up to \d+ under/);
    expect(renderReport({ ...data, pooler: { ...data.pooler!, queue: null } })).not.toContain('clients that wait');
  });

  it('does without a database, a pooler, events, pulls and records', () => {
    const bare = {
      ...data,
      database: null,
      pooler: null,
      knownEvents: [],
      freezeWindows: [],
      pulls: [],
      running: null,
      records: [],
    };
    const html = renderReport(bare);
    expect(html).toContain('No lever was pulled');
    expect(html).not.toContain('id="database"');
    expect(html).toContain('these 0 records');
  });

  it('leaves gaps where nothing was measured', () => {
    const [first, ...others] = data.services;
    const cpuPercent = first!.fulcrum.cpuPercent.map((cpu, index) => (index > 100 && index < 200 ? null : cpu));
    const html = renderReport({
      ...data,
      services: [{ ...first!, fulcrum: { ...first!.fulcrum, cpuPercent } }, ...others],
    });
    const lines = (text: string): number =>
      count(/CPU against its target[\s\S]*?<\/figure>/.exec(text)?.[0] ?? '', 'M');
    expect(lines(html)).toBe(lines(page) + 1);
  });

  it('survives JSON, as its data must', () => {
    expect(renderReport(JSON.parse(JSON.stringify(data)) as ReportData)).toBe(page);
  });

  it.each<{ when: string; broken: ReportData; says: RegExp }>([
    {
      when: 'a series is too short',
      broken: { ...data, database: { ...data.database!, cpuPercent: [1] } },
      says: /database cpuPercent: 1 values where 2016 belong/,
    },
    {
      when: 'a value is no number',
      broken: {
        ...data,
        pooler: { ...data.pooler!, serverConnections: data.pooler!.serverConnections.map(() => Infinity) },
      },
      says: /Infinity is not a number/,
    },
    {
      when: 'the period is empty',
      broken: { ...data, period: { start: 5, end: 5 } },
      says: /the end has to lie after the start/,
    },
    { when: 'a step has no length', broken: { ...data, stepSeconds: 0 }, says: /stepSeconds: 0/ },
    {
      when: 'two services have one name',
      broken: { ...data, services: [data.services[0]!, data.services[0]!] },
      says: /two have one name/,
    },
    { when: 'there is no service', broken: { ...data, services: [] }, says: /there is none/ },
  ])('refuses to draw when $when', ({ broken, says }) => {
    expect(() => renderReport(broken)).toThrow(says);
  });
});

describe('the colours', () => {
  const styles = readFileSync(new URL('../../../simulator/report/page-style.css', import.meta.url), 'utf8');
  const schemes = [...styles.matchAll(/:root \{([^}]*--paper[^}]*)\}/g)].map((match) => match[1]!);

  const luminance = (hex: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.040_45 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const colour = (scheme: string, name: string): string =>
    new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(scheme)?.[1] ?? '';
  const contrast = (scheme: string, one: string, other: string): number => {
    const [light, dark] = [one, other].map((name) => luminance(colour(scheme, name))).toSorted((a, b) => b - a);
    return (light! + 0.05) / (dark! + 0.05);
  };

  it('come in a light and a dark scheme', () => {
    expect(schemes).toHaveLength(2);
  });

  // WCAG 2.2: 4.5 for text (1.4.3), 3 for what a plot is read by (1.4.11).
  it.each([
    ...['ink', 'soft', 'good', 'bad'].flatMap((text) =>
      ['paper', 'card'].map((ground) => ({ text, ground, least: 4.5 })),
    ),
    { text: 'event-ink', ground: 'event-bar', least: 4.5 },
    ...['fulcrum', 'baseline', 'load-edge', 'lost', 'missed'].map((text) => ({ text, ground: 'card', least: 3 })),
  ])('let $text be read on $ground in both', ({ text, ground, least }) => {
    for (const scheme of schemes) expect(contrast(scheme, text, ground)).toBeGreaterThanOrEqual(least);
  });
});
