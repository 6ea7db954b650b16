import { describe, expect, it } from '@jest/globals';
import { vulnerabilitiesOf } from '../../shared/capacity/pgbouncer-versions.ts';

const cves = (version: string): readonly string[] => vulnerabilitiesOf(version).map(({ cve }) => cve);
const FIXED_IN_1_25_2 = ['CVE-2026-6664', 'CVE-2026-6665', 'CVE-2026-6666'];

describe('known holes of PgBouncer', () => {
  it.each([
    { version: '1.25.2', holes: [] },
    { version: '1.26.0', holes: [] },
    { version: '2.0.0', holes: [] },
    { version: '1.25.1', holes: [...FIXED_IN_1_25_2, 'CVE-2026-6667'] },
    { version: '1.25.0', holes: [...FIXED_IN_1_25_2, 'CVE-2026-6667', 'CVE-2025-12819'] },
    { version: '1.24.1', holes: [...FIXED_IN_1_25_2, 'CVE-2026-6667', 'CVE-2025-12819'] },
    { version: '1.24.0', holes: [...FIXED_IN_1_25_2, 'CVE-2026-6667', 'CVE-2025-12819', 'CVE-2025-2291'] },
    { version: '1.23.1', holes: [...FIXED_IN_1_25_2, 'CVE-2025-12819', 'CVE-2025-2291'] },
    { version: '1.20.0', holes: [...FIXED_IN_1_25_2, 'CVE-2025-12819', 'CVE-2025-2291'] },
    { version: '1.18.0', holes: [...FIXED_IN_1_25_2, 'CVE-2025-2291'] },
    { version: '1.16.1', holes: [...FIXED_IN_1_25_2, 'CVE-2025-2291'] },
    { version: '1.16.0', holes: [...FIXED_IN_1_25_2, 'CVE-2025-2291', 'CVE-2021-3935'] },
    { version: '1.9', holes: [...FIXED_IN_1_25_2, 'CVE-2025-2291', 'CVE-2021-3935'] },
    { version: 'unheard of', holes: [] },
  ])('$version: $holes', ({ version, holes }) => {
    expect(cves(version)).toEqual(holes);
  });
});
