import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetricQuery } from '../../shared/domain/metric-query.ts';
import { MINUTE } from '../../shared/domain/units.ts';
import { aDatabase } from '../support/builders/infrastructure.ts';
import { CORE_API } from '../support/builders/decisions.ts';
import { A_DATABASE } from '../support/builders/policy.ts';
import { acting, expectSoundStory, InfrastructureScene } from '../support/infrastructure-scene.ts';

const GIB = 1024 ** 3;
const SERVICE = 'service/production/core-api';

let scene: InfrastructureScene;

/** Ten of ten tasks at 84 % CPU in front of a database of 4 GiB and 3,000 IOPS that is at ease. */
beforeEach(() => {
  scene = new InfrastructureScene(acting('ceiling', { database: A_DATABASE }), '2026-12-02T12:23:00Z');
  scene.infrastructure.putDatabase(A_DATABASE, aDatabase());
  scene.world.addService(CORE_API, 10);
  const cpu = (_: number, { namespace }: MetricQuery): number => (namespace === 'AWS/ECS' ? 84 : 40);
  scene.says('CPUUtilization', cpu);
  scene.says('DatabaseConnections', 60);
  scene.says('FreeableMemory', 2 * GIB);
  scene.says('SwapUsage', 0);
  scene.says('ReadIOPS', 300);
  scene.says('WriteIOPS', 100);
  scene.says('DiskQueueDepth', 0.5);
  scene.says('FreeStorageSpace', 40 * GIB);
});

async function newest() {
  return (await scene.records(SERVICE)).findLast(({ lever }) => lever === 'ceiling')!;
}

async function minuteLater(): Promise<void> {
  scene.clock.advance(MINUTE);
  await scene.tick();
}

describe('a ceiling in front of a database', () => {
  it('at ease: it rises, and the record says what held the fleet back and what nobody could see', async () => {
    await scene.look();
    await minuteLater();
    const { transition, diagnosis } = await newest();
    expect(transition).toBe('decided');
    expect(diagnosis).toEqual({
      bottlenecks: [{ kind: 'tasks', resource: SERVICE, because: expect.objectContaining({ code: 'pinned-at-max' }) }],
      unknown: [{ kind: 'database-load', because: { code: 'no-data' } }],
    });
  });

  it.each([
    {
      short: 'of memory',
      says: { FreeableMemory: 0.1 * GIB },
      then: 'memory of the database: 0.1 GiB free, less than 0.2',
    },
    {
      short: 'of memory, and swaps',
      says: { FreeableMemory: 0.3 * GIB, SwapUsage: GIB },
      then: 'memory of the database: 1 GiB swapped, more than 0.3',
    },
    {
      short: 'of I/O',
      says: { ReadIOPS: 2_500, WriteIOPS: 450, DiskQueueDepth: 31 },
      then: 'I/O of the database: 2950 IOPS of 2700, 31 requests queue',
    },
    {
      short: 'of CPU for all its sessions',
      says: { DBLoadRelativeToNumVCPUs: 2.6 },
      then: 'load of the database: 2.6 active sessions for each vCPU of 2',
    },
    { short: 'of disk', says: { FreeStorageSpace: GIB }, then: 'storage of the database: 1 GiB free, less than 2.5' },
  ])('that is short $short: it yields, once an hourly look has told what there is', async ({ says, then }) => {
    for (const [metric, value] of Object.entries(says)) scene.says(metric, value);
    await scene.look();
    await minuteLater();
    expect((await newest()).sentence).toMatch(
      `hold: the bottleneck is the ${then}, more load on it makes it worse; otherwise`,
    );
    await minuteLater();
    expect(await scene.story(SERVICE)).toEqual(['12:24 ceiling blocked']);
    await expectSoundStory(scene, SERVICE);
  });

  it('that is short of something else by now says so anew', async () => {
    scene.says('FreeableMemory', 0.1 * GIB);
    await scene.look();
    await minuteLater();
    scene.says('FreeStorageSpace', GIB);
    await minuteLater();
    // What comes and goes behind it is no news.
    scene.says('FreeableMemory', 2 * GIB);
    await minuteLater();
    expect(await scene.story(SERVICE)).toEqual(['12:24 ceiling blocked', '12:25 ceiling blocked']);
  });

  it('of which nobody knows what it has: it rises as it always has', async () => {
    scene.says('FreeableMemory', 0.1 * GIB);
    await minuteLater();
    expect((await newest()).transition).toBe('decided');
  });

  it('that has become larger: the next hourly look tells', async () => {
    scene.says('ReadIOPS', 2_900);
    scene.says('DiskQueueDepth', 31);
    await scene.look();
    await minuteLater();
    const storage = { ...aDatabase().storage!, allocatedGiB: 400, iops: 12_000 };
    scene.infrastructure.putDatabase(A_DATABASE, aDatabase({ storage }));
    await scene.look();
    await minuteLater();
    expect((await scene.story(SERVICE)).slice(0, 2)).toEqual(['12:24 ceiling blocked', '12:25 ceiling decided']);
  });
});
