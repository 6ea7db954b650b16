import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import type { AuditEntry } from '../../shared/domain/audit.ts';
import type { PoolerSnapshot } from '../../shared/domain/pooler.ts';
import { NOT_ASKED, seen } from '../../shared/domain/reading.ts';
import { tellVersions } from '../../shared/workflow/tell-versions.ts';
import { aPooler } from '../support/builders/pooler-readings.ts';
import { anObservedPooler } from '../support/builders/pooler-world.ts';
import { NOW } from '../support/builders/time.ts';

let audit: MemoryAuditLog;
beforeEach(() => {
  audit = new MemoryAuditLog();
});

const OCCASION = {
  fleet: 'production',
  trigger: { kind: 'probe', id: 'one' },
  now: NOW,
  codeVersion: 'test',
  policyVersion: 'p',
} as const;

const running = (...versions: readonly string[]): Pick<PoolerSnapshot, 'instances'> => ({
  instances: seen(
    versions.map((version, index) => ({
      ...anObservedPooler({ id: `${'abc'[index]}` }),
      samples: seen([{ at: NOW, reading: aPooler({ version }) }], NOW),
    })),
    NOW,
  ),
});
const tell = (see: Pick<PoolerSnapshot, 'instances'>): Promise<readonly AuditEntry[]> =>
  tellVersions(OCCASION, 'ecs/production/pgbouncer', see, audit);
const codes = (entries: readonly AuditEntry[]) => entries.flatMap(({ reasons }) => reasons.map(({ code }) => code));

describe('versions of PgBouncer with known security holes', () => {
  it('are told once, by version, with what mends them', async () => {
    const [told] = await tell(running('1.24.0', '1.25.2', '1.24.0'));
    expect(told).toMatchObject({ resource: 'ecs/production/pgbouncer/version', transition: 'noticed', lever: null });
    expect(told?.reasons).toEqual([
      {
        code: 'vulnerable-version',
        version: '1.24.0',
        instances: ['a', 'c'],
        cves: expect.arrayContaining(['CVE-2026-6667', 'CVE-2025-12819', 'CVE-2025-2291']),
        fixedIn: '1.25.2',
      },
    ]);
    expect(await tell(running('1.24.0', '1.25.2', '1.24.0'))).toEqual([]);
    // Another task with the same version is no news.
    expect(await tell(running('1.25.2', '1.24.0'))).toEqual([]);
  });

  it('are told again when they have changed, and when they are gone', async () => {
    await tell(running('1.24.0'));
    expect(codes(await tell(running('1.23.1')))).toEqual(['vulnerable-version']);
    expect(codes(await tell(running('1.25.2')))).toEqual(['no-vulnerable-version']);
    expect(await tell(running('1.25.2'))).toEqual([]);
  });

  it('are no story where there never was one', async () => {
    expect(await tell(running('1.25.2', '1.25.2'))).toEqual([]);
  });

  it.each([
    { what: 'nobody is seen', see: { instances: NOT_ASKED } },
    { what: 'none runs', see: running() },
    {
      what: 'one of two is silent',
      see: {
        instances: seen([anObservedPooler({ id: 'b', silent: 'refused' }), anObservedPooler({ id: 'a' })], NOW),
      },
    },
  ])('are not judged by half a picture: $what', async ({ see }) => {
    await tell(running('1.24.0'));
    expect(await tell(see)).toEqual([]);
  });
});
