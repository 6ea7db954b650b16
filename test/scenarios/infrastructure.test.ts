import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../shared/domain/errors.ts';
import { DAY, MINUTE } from '../../shared/domain/units.ts';
import { aCache, aDatabase, aTaskDefinition } from '../support/builders/infrastructure.ts';
import { A_DATABASE } from '../support/builders/policy.ts';
import { acting, expectSoundStory, InfrastructureScene } from '../support/infrastructure-scene.ts';

const START = '2026-12-02T12:23:00Z';
const GIB = 1024 ** 3;
const API = { cluster: 'production', service: 'core-api' };
const TASK_SIZE = 'task-size/production/core-api';
const DATABASE = 'database/production';
const AURORA = { ...A_DATABASE, kind: 'aurora-cluster' } as const;

describe('memory of tasks is short', () => {
  function shortOfMemory(): InfrastructureScene {
    const scene = new InfrastructureScene(acting('task-size'), START);
    scene.infrastructure.putTasks(API, aTaskDefinition());
    scene.says('CPUUtilization', 40);
    scene.says('CPUUtilization SampleCount', 240);
    scene.says('MemoryUtilization', 88);
    return scene;
  }

  it('they get more, and it is verified as soon as the deployment is over', async () => {
    const scene = shortOfMemory();
    await scene.look();
    expect(await scene.lastSentence(TASK_SIZE)).toBe(
      'applied: resize the tasks of core-api: 1 vCPU and 2 GiB → 1 vCPU and 3 GiB',
    );
    // 10 tasks × 1 GB × 0.00511 USD × 730 h.
    const told = (await scene.records(TASK_SIZE)).map((record) => [record.transition, record.monthlyCostDeltaUsd]);
    expect(told).toEqual(['decided', 'attempting', 'applied'].map((transition) => [transition, 37.3]));
    // While it is rolled out nothing is said of it, however often it is looked at.
    scene.clock.advance(5 * MINUTE);
    await scene.deploymentEnded(API);
    scene.says('MemoryUtilization', 60);
    scene.infrastructure.settle();
    expect(await scene.deploymentEnded(API)).toEqual({ looked: ['production'], leftOut: [] });
    expect(await scene.story(TASK_SIZE)).toEqual([
      '12:23 task-size decided',
      '12:23 task-size attempting',
      '12:23 task-size applied',
      '12:28 task-size verified',
    ]);
    // The next deployment is none of ours.
    expect(await scene.deploymentEnded(API)).toEqual({ looked: [], leftOut: [] });
    await scene.hours(3);
    expect(await scene.story(TASK_SIZE)).toHaveLength(4);
    await expectSoundStory(scene, TASK_SIZE);
  });

  it('the new tasks do not come up: ECS takes it back, which is told and counted as a failure', async () => {
    const scene = shortOfMemory();
    await scene.look();
    scene.clock.advance(9 * MINUTE);
    scene.infrastructure.rollBack(API);
    await scene.deploymentEnded(API);
    expect(await scene.records(TASK_SIZE)).toContainEqual(
      expect.objectContaining({
        transition: 'rolled-back',
        sentence: expect.stringContaining('rolled back by the deployment circuit breaker'),
      }),
    );
    const change = await scene.state.readChange('production', TASK_SIZE);
    expect(change?.status).toMatchObject({ status: 'failed', failures: 1 });
    // It still needs the memory, and is not given the same again before the cooldown is over.
    await scene.hours(5);
    expect(await scene.story(TASK_SIZE)).toEqual([
      '12:23 task-size decided',
      '12:23 task-size attempting',
      '12:23 task-size applied',
      '12:32 task-size rolled-back',
      '13:32 task-size blocked',
    ]);
    await expectSoundStory(scene, TASK_SIZE);
  });

  it('somebody deploys between decision and action: the order is skipped and decided anew', async () => {
    const scene = shortOfMemory();
    scene.instead = {
      'resize-task': {
        look: () => Promise.resolve({ size: aTaskDefinition().size, busy: 'a deployment is in progress' }),
        move: () => Promise.reject(new Error('nothing may be moved')),
      },
    };
    await scene.look();
    expect(await scene.lastSentence(TASK_SIZE)).toContain('skipped');
    scene.instead = {};
    await scene.hours(1);
    expect((await scene.story(TASK_SIZE)).filter((line) => line.endsWith('applied'))).toEqual([
      '13:23 task-size applied',
    ]);
  });

  it('a service without a circuit breaker is not touched', async () => {
    const scene = shortOfMemory();
    scene.infrastructure.putTasks(API, aTaskDefinition({ hasCircuitBreaker: false }));
    await scene.look();
    expect(scene.take()).toEqual([]);
    expect(await scene.story(TASK_SIZE)).toEqual([]);
  });
});

describe('Aurora Serverless stands near its maximum', () => {
  function nearItsMaximum(): InfrastructureScene {
    const scene = new InfrastructureScene(acting('aurora-capacity', { database: AURORA }), START);
    scene.infrastructure.putDatabase(AURORA, aDatabase({ storage: null, acu: { min: 0.5, max: 16 } }));
    scene.says('ServerlessDatabaseCapacity', 15);
    return scene;
  }

  it('the maximum is raised and verified an hour later', async () => {
    const scene = nearItsMaximum();
    await scene.look();
    scene.infrastructure.settle();
    await scene.hours(1);
    const story = await scene.story(DATABASE);
    expect(story.slice(0, 4)).toEqual([
      '12:23 aurora-capacity decided',
      '12:23 aurora-capacity attempting',
      '12:23 aurora-capacity applied',
      '13:23 aurora-capacity verified',
    ]);
    expect(await scene.infrastructure.readDatabase({ ...AURORA })).toMatchObject({ value: { acu: { max: 25 } } });
    await expectSoundStory(scene, DATABASE);
  });

  it('while it is modified nothing is told, and what somebody else has set instead is', async () => {
    const scene = nearItsMaximum();
    await scene.look();
    await scene.hours(2);
    expect((await scene.story(DATABASE)).at(-1)).toBe('12:23 aurora-capacity applied');
    scene.infrastructure.putDatabase(AURORA, aDatabase({ storage: null, acu: { min: 0.5, max: 20 } }));
    scene.says('ServerlessDatabaseCapacity', 5);
    await scene.hours(1);
    const verified = (await scene.records(DATABASE)).find(({ transition }) => transition === 'verified');
    expect(verified?.sentence).toContain('undone by somebody else: maxAcu is 20, should be 25');
  });

  it('the answer of AWS is lost: the tick sends the order again, and it is done once', async () => {
    const scene = nearItsMaximum();
    const mover = scene.infrastructure.movers['set-aurora-capacity'];
    let moves = 0;
    scene.instead = {
      'set-aurora-capacity': {
        look: (change) => mover.look(change),
        move: async (change) => {
          moves += 1;
          await mover.move(change);
          throw new TransientError('the answer was lost');
        },
      },
    };
    await scene.look();
    expect((await scene.story(DATABASE)).at(-1)).toBe('12:23 aurora-capacity attempting');
    scene.clock.advance(2 * MINUTE);
    await scene.tick();
    await scene.deliver();
    expect((await scene.story(DATABASE)).at(-1)).toBe('12:25 aurora-capacity applied');
    expect(moves).toBe(1);
    await expectSoundStory(scene, DATABASE);
  });

  it('AWS refuses: the record says what was missing', async () => {
    const scene = nearItsMaximum();
    const detail = 'AccessDenied: not authorized to perform: rds:ModifyDBCluster';
    scene.instead = {
      'set-aurora-capacity': {
        look: () => Promise.resolve({ size: { minAcu: 0.5, maxAcu: 16 }, busy: null }),
        move: () => Promise.resolve({ code: 'not-permitted', detail }),
      },
    };
    await scene.look();
    expect(await scene.lastSentence(DATABASE)).toContain(`not permitted: ${detail}`);
    expect((await scene.story(DATABASE)).at(-1)).toBe('12:23 aurora-capacity failed');
  });
});

describe('storage runs out under its ceiling', () => {
  it('the ceiling is raised and verified', async () => {
    const scene = new InfrastructureScene(acting('storage', { database: A_DATABASE }), START);
    const storage = { type: 'gp3', allocatedGiB: 50, maxAllocatedGiB: 60, iops: null, throughputMibps: null } as const;
    scene.infrastructure.putDatabase(A_DATABASE, aDatabase({ storage }));
    // 9 GiB are free today, half a GiB less each day.
    scene.says('FreeStorageSpace', (at) => (9 + (0.5 * (scene.clock.now() - at)) / 1000 / DAY) * GIB);
    await scene.look();
    scene.infrastructure.settle();
    await scene.hours(1);
    expect((await scene.story(DATABASE)).slice(0, 4)).toEqual([
      '12:23 storage decided',
      '12:23 storage attempting',
      '12:23 storage applied',
      '13:23 storage verified',
    ]);
    expect((await scene.records(DATABASE)).map(({ sentence }) => sentence)).toContainEqual(
      expect.stringContaining('storage ceiling of production: 60 GiB → 1'),
    );
    await expectSoundStory(scene, DATABASE);
  });
});

describe('a cache is short of memory', () => {
  it.each([
    { what: 'one shard', cache: aCache(), says: 'cache.t4g.small →' },
    {
      what: 'cluster mode',
      cache: aCache({ isClusterMode: true, nodeType: 'cache.r7g.xlarge' }),
      says: '1 shard with 1 replica → 2 shards',
    },
  ])('of $what: it grows and is verified', async ({ cache, says }) => {
    const scene = new InfrastructureScene(acting('cache', { cache: { replicationGroup: 'sessions' } }), START);
    scene.infrastructure.putCache('sessions', cache);
    scene.says('DatabaseMemoryUsagePercentage', 92);
    scene.says('EngineCPUUtilization', 20);
    scene.says('Evictions', 0);
    scene.says('CacheHits', 95);
    scene.says('CacheMisses', 5);
    scene.says('GetTypeCmds', 50);
    scene.says('SetTypeCmds', 50);
    await scene.look();
    scene.infrastructure.settle();
    await scene.hours(1);
    expect((await scene.story('cache/sessions')).slice(0, 4)).toEqual([
      '12:23 cache decided',
      '12:23 cache attempting',
      '12:23 cache applied',
      '13:23 cache verified',
    ]);
    expect((await scene.records('cache/sessions'))[0]?.sentence).toContain(says);
    await expectSoundStory(scene, 'cache/sessions');
  });
});
