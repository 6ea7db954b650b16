import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { eventIdOf } from '../../shared/domain/known-event.ts';
import { FARGATE_SIZES } from '../../shared/capacity/fargate-sizes.ts';
import { changed, policyOf, SAMPLE } from './sample.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const task = fc.constantFrom(
  ...FARGATE_SIZES.flatMap(({ cpuUnits, memoryMiB }) => memoryMiB.map((memory) => ({ cpuUnits, memoryMiB: memory }))),
);
const service = fc.record({
  name,
  bounds: fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 }), fc.nat(20)),
  task,
  pools: fc.uniqueArray(fc.record({ name, maxConnections: fc.integer({ min: 1, max: 50 }) }), {
    selector: (pool) => pool.name,
    minLength: 1,
    maxLength: 3,
  }),
  startupSeconds: fc.option(fc.nat(600), { nil: undefined }),
  disableScaleIn: fc.option(fc.boolean(), { nil: undefined }),
});

/** Any valid configuration of one fleet: names, numbers and texts that YAML might misread. */
const configuration = fc
  .record({
    tickMinutes: fc.integer({ min: 1, max: 15 }),
    services: fc.uniqueArray(service, { selector: (one) => one.name, minLength: 1, maxLength: 5 }),
    events: fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 30 }).filter((text) => eventIdOf(text) !== ''),
        hour: fc.nat(22),
      }),
      { selector: (event) => eventIdOf(event.name), maxLength: 3 },
    ),
    mode: fc.constantFrom('off', 'observe', 'propose', 'apply'),
    account: fc.stringMatching(/^\d{12}$/),
  })
  .map(({ tickMinutes, services, events, mode, account }) => ({
    version: 1,
    tickMinutes,
    fleets: [
      {
        name: 'production',
        environment: 'production',
        region: 'eu-central-1',
        account,
        services: services.map(
          ({ name: id, bounds: [least, more, most], task: size, pools, startupSeconds, disableScaleIn }) => ({
            name: id,
            cluster: 'main',
            min: Math.min(least, more),
            max: more,
            hardLimit: more + most,
            task: size,
            connectsTo: 'database',
            pools,
            ...(startupSeconds === undefined ? {} : { startupSeconds }),
            ...(disableScaleIn === undefined ? {} : { targetTracking: { disableScaleIn } }),
          }),
        ),
        // Room for whatever the services open: the connection math has tests of its own.
        database: { identifier: 'main', maxConnections: 100_000 },
        calendar: events.map((event) => ({
          name: event.name,
          from: `2026-12-01T${String(event.hour).padStart(2, '0')}:00`,
          to: `2026-12-01T${String(event.hour + 1).padStart(2, '0')}:00`,
          timeZone: 'Europe/Berlin',
          floors: Object.fromEntries(services.slice(0, 1).map(({ name: id }) => [id, 1])),
        })),
        levers: { ceiling: { mode } },
      },
    ],
  }));

/** The same content with the keys of every map the other way round. */
function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, withKeysReversed(item)]),
  );
}

describe('the policy version', () => {
  it('is short and hexadecimal', () => {
    expect(policyOf(SAMPLE).policyVersion).toMatch(/^[0-9a-f]{12}$/);
  });

  it('survives writing out and reading again, in any order of keys and in another style', () => {
    fc.assert(
      fc.property(configuration, (content) => {
        const policy = policyOf(stringify(content));
        expect(policyOf(stringify(parse(stringify(content))))).toEqual(policy);
        expect(policyOf(stringify(withKeysReversed(content))).policyVersion).toBe(policy.policyVersion);
        expect(policyOf(JSON.stringify(content)).policyVersion).toBe(policy.policyVersion);
      }),
    );
  });

  it.each([
    ['a comment', 'max: 8', 'max: 8 # as agreed'],
    ['a default that is written out', 'version: 1', 'version: 1\ntickMinutes: 1'],
    ['the same instant in another zone’s words', 'name: portal', 'name: portal\n        service: portal'],
    ['other quotes', `'111122223333'`, '"111122223333"'],
  ])('does not change with %s', (_, from, to) => {
    expect(policyOf(changed(SAMPLE, from, to)).policyVersion).toBe(policyOf(SAMPLE).policyVersion);
  });

  it.each([
    ['a number', 'max: 8', 'max: 7'],
    ['a mode', 'mode: apply', 'mode: propose'],
    ['a time zone alone', 'timeZone: Europe/Berlin\n', 'timeZone: Europe/Madrid\n'],
    ['a name', 'Tax deadline 2026', 'Tax Deadline 2026'],
    [
      'the order of services’ pools',
      '[{ name: app, maxConnections: 25 }, { name: admin',
      '[{ name: b, maxConnections: 25 }, { name: admin',
    ],
  ])('changes with %s', (_, from, to) => {
    expect(policyOf(changed(SAMPLE, from, to)).policyVersion).not.toBe(policyOf(SAMPLE).policyVersion);
  });
});
