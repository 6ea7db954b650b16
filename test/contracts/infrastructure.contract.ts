import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScalableTargetId } from '../../shared/domain/capacity.ts';
import type { ChangeOf } from '../../shared/domain/change.ts';
import type { TaskSize } from '../../shared/domain/infrastructure.ts';
import type { InfrastructureMover } from '../../shared/infrastructure-port.ts';
import type { InfrastructureReader } from '../../shared/ports.ts';
import {
  CLUSTER,
  INSTANCE,
  LARGE_TASK,
  LARGER_CLASS,
  RAISED_CEILING,
  RESIZE,
  SMALL_TASK,
} from '../support/builders/infrastructure-changes.ts';
import { CORE_API, WORKER } from './samples.ts';
import type { Subject } from './subject.ts';

type Mover<
  Kind extends
    'resize-task' | 'set-aurora-capacity' | 'set-storage-ceiling' | 'change-database-class' | 'set-read-replicas',
> = InfrastructureMover<ChangeOf<Kind>>;

/** Reader and movers over one world, and what stands in that world. */
export interface InfrastructureSubject extends Subject<{
  readonly reader: InfrastructureReader;
  readonly tasks: Mover<'resize-task'>;
  readonly acu: Mover<'set-aurora-capacity'>;
  readonly ceiling: Mover<'set-storage-ceiling'>;
  readonly databaseClass: Mover<'change-database-class'>;
  readonly replicas: Mover<'set-read-replicas'>;
}> {
  /** 50 GiB of gp3 that may grow to 100, of class db.t4g.medium. */
  addInstance(identifier: string): Promise<void>;
  /** One Serverless writer between 0.5 and 16 ACU. */
  addCluster(identifier: string): Promise<void>;
  /** A service under a circuit breaker, of the task definition of the same name. */
  addService(target: ScalableTargetId, size: TaskSize): Promise<void>;
  /** One that ECS does not roll back. */
  addUnguardedService(target: ScalableTargetId, size: TaskSize): Promise<void>;
  /** Whatever is at work is done. */
  settle(): Promise<void>;
}

const acu = {
  kind: 'set-aurora-capacity',
  database: CLUSTER,
  from: { minAcu: 0.5, maxAcu: 16 },
  to: { minAcu: 2, maxAcu: 32 },
} as const;
const replicas = {
  kind: 'set-read-replicas',
  database: CLUSTER,
  from: { replicas: 0 },
  to: { replicas: 2 },
} as const;

/** What every reader of the infrastructure, and everything that changes it, promises. */
export function describeInfrastructureContract(name: string, makeSubject: () => Promise<InfrastructureSubject>): void {
  describe(`infrastructure contract: ${name}`, () => {
    let subject: InfrastructureSubject;
    beforeEach(async () => {
      subject = await makeSubject();
    });
    afterEach(() => subject.close());

    describe('what is read', () => {
      it('is the database with its class and storage', async () => {
        await subject.addInstance('main');
        expect(await subject.port.reader.readDatabase(INSTANCE)).toMatchObject({
          kind: 'seen',
          value: {
            instanceClass: 'db.t4g.medium',
            status: 'available',
            storage: { type: 'gp3', allocatedGiB: 50, maxAllocatedGiB: 100 },
            replicas: [],
            acu: null,
            hasPendingChange: false,
          },
        });
      });

      it('is the cluster with its capacity', async () => {
        await subject.addCluster('ledger');
        expect(await subject.port.reader.readDatabase(CLUSTER)).toMatchObject({
          kind: 'seen',
          value: { instanceClass: 'db.serverless', storage: null, acu: { min: 0.5, max: 16 }, replicas: [] },
        });
      });

      it('says when the database was made, or became what it is', async () => {
        await subject.addInstance('main');
        expect(await subject.port.databaseClass.move(LARGER_CLASS)).toBeNull();
        await subject.settle();
        const reading = await subject.port.reader.readDatabase(INSTANCE);
        expect(reading).toMatchObject({ value: { instanceClass: 'db.r6g.large', changedAt: expect.any(Number) } });
      });

      it('are the tasks of services, in the order of the question', async () => {
        await subject.addService(CORE_API, SMALL_TASK);
        await subject.addService(WORKER, LARGE_TASK);
        const readings = await subject.port.reader.readTasks([WORKER, CORE_API]);
        expect(readings).toMatchObject([
          { kind: 'seen', value: { family: 'worker', size: LARGE_TASK, hasCircuitBreaker: true, outOfMemory: 0 } },
          { kind: 'seen', value: { family: 'core-api', size: SMALL_TASK } },
        ]);
      });

      it('is unseen where it does not exist, and hides nothing else', async () => {
        await subject.addService(CORE_API, SMALL_TASK);
        const { reader } = subject.port;
        const readings = await reader.readTasks([WORKER, CORE_API]);
        expect(readings.map(({ kind }) => kind)).toEqual(['unseen', 'seen']);
        expect(await reader.readDatabase(INSTANCE)).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
        expect(await reader.readDatabase(CLUSTER)).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
      });
    });

    describe('a change', () => {
      it('of the size of tasks makes one revision, twice the same', async () => {
        const { tasks, reader } = subject.port;
        await subject.addService(CORE_API, SMALL_TASK);
        expect(await tasks.look(RESIZE)).toEqual({ size: SMALL_TASK, busy: null });
        expect(await tasks.move(RESIZE)).toBeNull();
        expect(await tasks.look(RESIZE)).toMatchObject({ size: LARGE_TASK });
        await subject.settle();
        expect(await tasks.look(RESIZE)).toEqual({ size: LARGE_TASK, busy: null });
        expect(await tasks.move(RESIZE)).toBeNull();
        expect(await reader.readTasks([CORE_API])).toMatchObject([{ value: { family: 'core-api', size: LARGE_TASK } }]);
      });

      it('of capacity, of a storage ceiling and of a class stands, and again', async () => {
        const { reader, databaseClass } = subject.port;
        await subject.addInstance('main');
        await subject.addCluster('ledger');
        for (let time = 0; time < 2; time += 1) {
          expect(await subject.port.acu.move(acu)).toBeNull();
          expect(await subject.port.ceiling.move(RAISED_CEILING)).toBeNull();
          expect(await databaseClass.move(LARGER_CLASS)).toBeNull();
          await subject.settle();
        }
        expect(await subject.port.acu.look(acu)).toEqual({ size: acu.to, busy: null });
        expect(await subject.port.ceiling.look(RAISED_CEILING)).toEqual({ size: RAISED_CEILING.to, busy: null });
        expect(await databaseClass.look(LARGER_CLASS)).toEqual({ size: LARGER_CLASS.to, busy: null });
        expect(await reader.readDatabase(CLUSTER)).toMatchObject({ value: { acu: { min: 2, max: 32 } } });
      });

      it('of the replicas of a cluster stands, and again', async () => {
        await subject.addCluster('ledger');
        expect(await subject.port.replicas.look(replicas)).toEqual({ size: { replicas: 0 }, busy: null });
        for (let time = 0; time < 2; time += 1) {
          expect(await subject.port.replicas.move(replicas)).toBeNull();
          await subject.settle();
          expect(await subject.port.replicas.look(replicas)).toEqual({ size: { replicas: 2 }, busy: null });
        }
      });

      it('of the size of tasks is refused where ECS does not roll back', async () => {
        await subject.addUnguardedService(CORE_API, SMALL_TASK);
        expect(await subject.port.tasks.look(RESIZE)).toMatchObject({ code: 'rejected' });
        expect(await subject.port.reader.readTasks([CORE_API])).toMatchObject([
          { value: { hasCircuitBreaker: false } },
        ]);
      });

      it('of what does not exist is refused as not found', async () => {
        const { tasks, databaseClass } = subject.port;
        expect(await tasks.look(RESIZE)).toMatchObject({ code: 'not-found' });
        expect(await tasks.move(RESIZE)).toMatchObject({ code: 'not-found' });
        expect(await subject.port.acu.look(acu)).toMatchObject({ code: 'not-found' });
        expect(await subject.port.acu.move(acu)).toMatchObject({ code: 'not-found' });
        expect(await subject.port.ceiling.look(RAISED_CEILING)).toMatchObject({ code: 'not-found' });
        expect(await subject.port.ceiling.move(RAISED_CEILING)).toMatchObject({ code: 'not-found' });
        expect(await databaseClass.move(LARGER_CLASS)).toMatchObject({ code: 'not-found' });
        expect(await subject.port.replicas.look(replicas)).toMatchObject({ code: 'not-found' });
      });
    });
  });
}
