import { MemoryInfrastructure } from '../../shared/adapters/memory/infrastructure.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import { aDatabase, aTaskDefinition } from '../support/builders/infrastructure.ts';
import { describeInfrastructureContract, type InfrastructureSubject } from './infrastructure.contract.ts';
import { NOON } from './samples.ts';
import { nothingToClose } from './subject.ts';

describeInfrastructureContract('memory', (): Promise<InfrastructureSubject> => {
  const world = new MemoryWorld();
  const reader = new MemoryInfrastructure(world, new ManualClock(NOON));
  const { movers } = reader;
  const done = Promise.resolve();
  const storage = { type: 'gp3', allocatedGiB: 50, maxAllocatedGiB: 100, iops: null, throughputMibps: null } as const;
  return Promise.resolve({
    port: {
      reader,
      tasks: movers['resize-task'],
      acu: movers['set-aurora-capacity'],
      ceiling: movers['set-storage-ceiling'],
      databaseClass: movers['change-database-class'],
      replicas: movers['set-read-replicas'],
    },
    close: nothingToClose,
    addInstance: (identifier) => {
      reader.putDatabase({ identifier }, aDatabase({ storage }));
      return done;
    },
    addCluster: (identifier) => {
      const acu = { min: 0.5, max: 16 };
      reader.putDatabase({ identifier }, aDatabase({ instanceClass: 'db.serverless', storage: null, acu }));
      return done;
    },
    addService: (target, size) => {
      world.addService(target, 2);
      reader.putTasks(target, aTaskDefinition({ family: target.service, size }));
      return done;
    },
    addUnguardedService: (target, size) => {
      world.addService(target, 2);
      reader.putTasks(target, aTaskDefinition({ family: target.service, size, hasCircuitBreaker: false }));
      return done;
    },
    settle: () => {
      reader.settle();
      return done;
    },
  });
});
