import { describe, expect, it } from '@jest/globals';
import { DATABASE_CLASSES } from '../../shared/capacity/database-classes.ts';
import type { Order } from '../../shared/domain/order.ts';
import { instant } from '../../shared/domain/units.ts';
import { aDatabase } from '../support/builders/infrastructure.ts';
import { A_DATABASE } from '../support/builders/policy.ts';
import { acting, expectSoundStory, InfrastructureScene } from '../support/infrastructure-scene.ts';

const START = '2026-12-02T12:23:00Z';
const GIB = 1024 ** 3;
const DATABASE = 'database/production';
const APPROVAL = {
  by: 'database on-call',
  instanceClass: 'db.m6g.large',
  from: '2026-12-01T00:00:00Z',
  until: '2026-12-02T18:00:00Z',
  window: 'any-time',
} as const;

function busy(scene: InfrastructureScene): void {
  scene.says('CPUUtilization', 92);
  scene.says('FreeableMemory', 1.5 * GIB);
  scene.says('DatabaseConnections', 60);
  scene.says('SwapUsage', 0);
  scene.says('DBLoadCPU', 1);
  scene.says('DBLoadNonCPU', 0.2);
  scene.says('EBSIOBalance%', 99);
  scene.says('EBSByteBalance%', 99);
}

/** Which class the lever wants for two weeks of busy CPU, as it would propose it. */
async function wantedClass(): Promise<string> {
  const scene = new InfrastructureScene(acting('database-class', { database: A_DATABASE }), START);
  scene.infrastructure.putDatabase(A_DATABASE, aDatabase());
  busy(scene);
  await scene.look();
  return /→ (db\.\S+?):/.exec((await scene.lastSentence(DATABASE)) ?? '')?.[1] ?? 'none';
}

const instanceClass = await wantedClass();

function approved(over: Partial<Record<keyof typeof APPROVAL, string>> = {}) {
  const approval = { ...APPROVAL, instanceClass, ...over };
  return acting('database-class', { database: A_DATABASE }, { approval });
}

function busyDatabase(policy = approved()): InfrastructureScene {
  const scene = new InfrastructureScene(policy, START);
  scene.infrastructure.putDatabase(A_DATABASE, aDatabase());
  busy(scene);
  return scene;
}

describe('the class of a database', () => {
  it('is changed while an approval names it, and verified', async () => {
    const scene = busyDatabase();
    await scene.look();
    scene.infrastructure.settle();
    await scene.hours(1);
    expect((await scene.story(DATABASE)).slice(0, 4)).toEqual([
      '12:23 database-class decided',
      '12:23 database-class attempting',
      '12:23 database-class applied',
      '13:23 database-class verified',
    ]);
    expect(await scene.infrastructure.readDatabase({ kind: 'rds-instance', identifier: 'production' })).toMatchObject({
      value: { instanceClass },
    });
    await expectSoundStory(scene, DATABASE);
  });

  it.each([
    { when: 'nobody has approved anything', policy: acting('database-class', { database: A_DATABASE }) },
    { when: 'another class is approved', policy: approved({ instanceClass: 'db.r7g.16xlarge' }) },
    { when: 'the approval has ended', policy: approved({ until: '2026-12-02T12:00:00Z' }) },
    { when: 'it has not begun', policy: approved({ from: '2026-12-02T13:00:00Z' }) },
  ])('is left alone when $when', async ({ policy }) => {
    const scene = busyDatabase(policy);
    await scene.look();
    expect(await scene.story(DATABASE)).toEqual(['12:23 database-class blocked']);
    expect(await scene.infrastructure.readDatabase({ kind: 'rds-instance', identifier: 'production' })).toMatchObject({
      value: { instanceClass: 'db.t4g.medium' },
    });
  });

  it.each([
    { when: 'the approval is gone', policy: acting('database-class', { database: A_DATABASE }) },
    { when: 'it has ended meanwhile', policy: approved({ until: '2026-12-02T12:23:00Z' }) },
    { when: 'the lever only observes by now', policy: acting('storage', { database: A_DATABASE }) },
  ])('is refused by the action when $when, whatever was decided', async ({ policy }) => {
    const scene = busyDatabase();
    scene.actionPolicy = policy;
    await scene.look();
    expect(await scene.story(DATABASE)).toEqual(['12:23 database-class decided', '12:23 database-class failed']);
    expect(await scene.lastSentence(DATABASE)).toContain(`nobody has approved ${instanceClass} for production`);
    expect(await scene.infrastructure.readDatabase({ kind: 'rds-instance', identifier: 'production' })).toMatchObject({
      value: { instanceClass: 'db.t4g.medium', status: 'available' },
    });
  });

  it('of an order that says another class than was decided is the one that was decided', async () => {
    const scene = busyDatabase();
    scene.instead = {};
    const orders: Order[] = [];
    const deliver = scene.deliver.bind(scene);
    scene.deliver = () => {
      orders.push(...scene.take());
      return Promise.resolve();
    };
    await scene.look();
    scene.deliver = deliver;
    const [order] = orders;
    const forged = { ...order!, change: { ...order!.change, to: { instanceClass: 'db.r7g.16xlarge' } } } as Order;
    expect(await scene.act(forged)).toEqual({ kind: 'applied' });
    expect(await scene.infrastructure.readDatabase({ kind: 'rds-instance', identifier: 'production' })).toMatchObject({
      value: { instanceClass },
    });
  });
});

describe('a class that somebody has changed by hand', () => {
  it('is not judged by what was measured on the one before, for two weeks', async () => {
    const scene = new InfrastructureScene(approved(), START);
    const changedAt = instant('2026-11-30T23:10:00Z');
    scene.infrastructure.putDatabase(A_DATABASE, aDatabase({ changedAt }));
    busy(scene);
    await scene.look();
    expect(await scene.lastSentence(DATABASE)).toBe(
      'abstain: changed at 2026-11-30 23:10 UTC, judged again after 14 days',
    );
  });

  it('is, when they are over', async () => {
    const scene = new InfrastructureScene(approved(), START);
    scene.infrastructure.putDatabase(A_DATABASE, aDatabase({ changedAt: instant('2026-11-18T12:23:00Z') }));
    busy(scene);
    await scene.look();
    expect(await scene.story(DATABASE)).toContain('12:23 database-class applied');
  });
});

describe('a class that cannot be ordered here', () => {
  it('is not asked of AWS, approved or not: the next one that can be is wanted, which nobody has approved', async () => {
    const scene = busyDatabase();
    scene.infrastructure.putOffers(A_DATABASE, {
      classes: DATABASE_CLASSES.map(({ name }) => name).filter((name) => name !== instanceClass),
      storage: { allocatedGiB: [], iops: [], iopsPerGiB: [], throughputMibps: [], mibpsPerIops: [], autoscales: true },
    });
    await scene.look();
    expect(await scene.story(DATABASE)).toEqual(['12:23 database-class blocked']);
    expect(await scene.lastSentence(DATABASE)).not.toContain(`→ ${instanceClass}:`);
  });
});

describe('reads dominate on a busy writer of Aurora', () => {
  it('a replica is made by Application Auto Scaling, and verified when it is there', async () => {
    const database = { ...A_DATABASE, kind: 'aurora-cluster' } as const;
    const scene = new InfrastructureScene(acting('read-replica', { database }), START);
    scene.infrastructure.putDatabase(database, aDatabase({ storage: null, replicas: [] }));
    busy(scene);
    scene.says('ReadIOPS', 900);
    scene.says('WriteIOPS', 100);
    await scene.look();
    await scene.hours(1);
    // It is still being made.
    expect(await scene.story(DATABASE)).toEqual([
      '12:23 read-replica decided',
      '12:23 read-replica attempting',
      '12:23 read-replica applied',
    ]);
    scene.infrastructure.settle();
    await scene.hours(1);
    expect((await scene.story(DATABASE))[3]).toBe('14:23 read-replica verified');
    await expectSoundStory(scene, DATABASE);
  });
});
