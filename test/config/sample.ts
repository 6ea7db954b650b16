import { loadPolicy, type LoadResult } from '../../shared/config/load.ts';
import type { Policy } from '../../shared/config/policy.ts';
import { formatProblem } from '../../shared/config/problem.ts';

/** A valid file with one of everything. The tests change a line of it; the numbers at the edge are its line numbers. */
export const SAMPLE = [
  /*  1 */ `version: 1`,
  /*  2 */ `notify: [on-call@example.org]`,
  /*  3 */ `fleets:`,
  /*  4 */ `  - name: production`,
  /*  5 */ `    environment: production`,
  /*  6 */ `    region: eu-central-1`,
  /*  7 */ `    account: '111122223333'`,
  /*  8 */ `    services:`,
  /*  9 */ `      - name: core-api`,
  /* 10 */ `        cluster: main`,
  /* 11 */ `        service: core-api-v2`,
  /* 12 */ `        targetGroup: targetgroup/core-api/0123456789abcdef`,
  /* 13 */ `        loadBalancer: app/main/0123456789abcdef`,
  /* 14 */ `        min: 2`,
  /* 15 */ `        max: 10`,
  /* 16 */ `        hardLimit: 20`,
  /* 17 */ `        task: { cpuUnits: 1024, memoryMiB: 2048 }`,
  /* 18 */ `        connectsTo: pooler`,
  /* 19 */ `        pools: [{ name: app, maxConnections: 25 }, { name: admin, maxConnections: 25 }]`,
  /* 20 */ `      - name: portal`,
  /* 21 */ `        cluster: main`,
  /* 22 */ `        min: 2`,
  /* 23 */ `        max: 8`,
  /* 24 */ `        hardLimit: 8`,
  /* 25 */ `        task: { cpuUnits: 512, memoryMiB: 1024 }`,
  /* 26 */ `    pooler: { cluster: main, service: pgbouncer, tasks: 2, defaultPoolSize: 25, maxClientConnections: 1000 }`,
  /* 27 */ `    database:`,
  /* 28 */ `      identifier: main`,
  /* 29 */ `      maxConnections: 200`,
  /* 30 */ `      directConnections: [{ name: migrations, connections: 5 }, { name: monitoring, connections: 5 }]`,
  /* 31 */ `    cache: { replicationGroup: main }`,
  /* 32 */ `    freezes:`,
  /* 33 */ `      - { name: Weekend, cron: '0 16 * * 5', durationMinutes: 3840, timeZone: Europe/Berlin }`,
  /* 34 */ `      - { name: New year, from: 2026-12-31T18:00, to: 2027-01-01T12:00, timeZone: Europe/Berlin }`,
  /* 35 */ `    calendar:`,
  /* 36 */ `      - name: Tax deadline 2026`,
  /* 37 */ `        from: 2026-12-01T08:00`,
  /* 38 */ `        to: 2026-12-01T20:00`,
  /* 39 */ `        timeZone: Europe/Berlin`,
  /* 40 */ `        floors: { core-api: 8, portal: 4 }`,
  /* 41 */ `    levers:`,
  /* 42 */ `      ceiling: { mode: apply, sustained: { datapoints: 10, of: 10 } }`,
].join('\n');

/** The same services again, owned by nobody else. */
export const SECOND_FLEET = `
  - name: second
    environment: staging
    region: eu-central-1
    account: '111122223333'
    services:
      - { name: core-api, cluster: other, min: 1, max: 1, hardLimit: 1, task: { cpuUnits: 256, memoryMiB: 512 } }`;

/** @throws Error when the text to change is not there once. */
export function changed(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`not there once: ${from}`);
  return text.replace(from, () => to);
}

/** The problems of a text as a person reads them. */
export function problemsOf(text: string): readonly string[] {
  const result: LoadResult = loadPolicy(text, 'fulcrum.yml');
  return result.kind === 'ok' ? [] : result.problems.map(formatProblem);
}

/** @throws Error with the problems when the text is not valid. */
export function policyOf(text: string): Policy {
  const result = loadPolicy(text, 'fulcrum.yml');
  if (result.kind === 'ok') return result.policy;
  throw new Error(result.problems.map(formatProblem).join('\n'));
}
