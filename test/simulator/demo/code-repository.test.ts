import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryAuditLog } from '../../../shared/adapters/memory/audit-log.ts';
import { MemoryStateStore } from '../../../shared/adapters/memory/state-store.ts';
import { loadPolicyFile } from '../../../shared/config/load-file.ts';
import { HOUR } from '../../../shared/domain/units.ts';
import { type CodeRepository, makeCodeRepository, withCode } from '../../../simulator/demo/code-repository.ts';
import { filingWeek } from '../../../simulator/demo/filing-week.ts';
import { runWithFulcrum } from '../../../simulator/demo/run.ts';
import type { DemoWorld } from '../../../simulator/demo/world.ts';
import { STEP_SECONDS } from '../../../simulator/load/steps.ts';

const SILENT = { tell: () => undefined, warn: () => undefined, count: () => undefined };

/** The first 48 hours: the news of Tuesday evening takes the portal to its ceiling. */
async function twoDays(): Promise<DemoWorld> {
  const file = fileURLToPath(new URL('../../../simulator/demo/filing-week.yml', import.meta.url));
  const loaded = await loadPolicyFile(file);
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const world = filingWeek(loaded.policy);
  const steps = (48 * HOUR) / STEP_SECONDS;
  const shortened = world.services.map((service) => ({
    ...service,
    load: { ...service.load, perSecond: service.load.perSecond.slice(0, steps) },
  }));
  return { ...world, services: shortened };
}

describe('the code of the demo', () => {
  let folder = '';
  let code: CodeRepository;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fulcrum-demo-'));
    const world = await twoDays();
    const made = await makeCodeRepository(join(folder, 'code'), world.startsAt);
    if (made === null) throw new Error('there is no git');
    code = made;
    const tables = { audit: new MemoryAuditLog(), state: new MemoryStateStore() };
    await runWithFulcrum(withCode(world, code.remote), tables, SILENT, () => undefined, code);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has a branch for the ceiling that was raised, with a diff of one line', async () => {
    const proposals = await code.proposals();
    const portal = proposals.find(({ title }) => title.startsWith('portal:'));
    expect(portal).toMatchObject({
      state: 'open',
      title: expect.stringMatching(/^portal: max capacity to \d+ tasks$/) as unknown,
    });
    const changed = portal?.diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
    expect(changed).toEqual([
      '-  portal   = { least = 2, most = 8 } # the news may need more',
      expect.stringMatching(/^\+ {2}portal {3}= \{ least = 2, most = \d+ \} # the news may need more$/),
    ]);
    expect(portal?.body).toContain('is live, infrastructure code was last known to say max 8');
  });

  it('has a branch for the pools that were tuned, which stand in the environment of their container', async () => {
    const proposals = await code.proposals();
    const pools = proposals.find(({ title }) => title.startsWith('pgbouncer:'));
    expect(pools).toMatchObject({
      state: 'open',
      title: expect.stringMatching(/^pgbouncer: default_pool_size to \d+$/) as unknown,
    });
    const changed = pools?.diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
    expect(changed).toEqual([
      '-        { name = "DEFAULT_POOL_SIZE", value = "13" },',
      expect.stringMatching(/^\+ {8}\{ name = "DEFAULT_POOL_SIZE", value = "\d+" \},$/),
    ]);
  });

  it('keeps the texts and plots beside it', async () => {
    const [first] = await code.proposals();
    expect(await readdir(join(folder, 'code/proposals', first?.id ?? ''))).toContain('text.md');
  });
});
