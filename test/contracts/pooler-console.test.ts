import { MemoryPoolerConsole, MemoryPoolers } from '../../shared/adapters/memory/pooler-console.ts';
import { aPooler, aPooledDatabase } from '../support/builders/pooler-readings.ts';
import { describePoolerConsoleContract } from './pooler-console.contract.ts';
import { nothingToClose } from './subject.ts';

const INSTANCE = { id: 'task-1', host: '10.0.1.5', port: 6432, availabilityZone: 'eu-central-1a' };

describePoolerConsoleContract('memory', () => {
  const poolers = new MemoryPoolers();
  poolers.add(
    INSTANCE.id,
    aPooler({
      sizes: { defaultPoolSize: 5, reservePoolSize: 0, maxClientConnections: 200 },
      databases: [
        aPooledDatabase({ name: 'app', poolSize: 5 }),
        aPooledDatabase({ name: 'reports', poolSize: 3, sizeFrom: 'own' }),
      ],
    }),
  );
  return Promise.resolve({
    port: new MemoryPoolerConsole(poolers),
    statsOnly: new MemoryPoolerConsole(poolers, 'stats-only'),
    instance: INSTANCE,
    nowhere: { ...INSTANCE, id: 'task-2' },
    close: nothingToClose,
    holdTransaction: () => {
      poolers.put(INSTANCE.id, { neverDrained: ['app'] });
      return Promise.resolve(nothingToClose);
    },
    restart: () => {
      poolers.restart(INSTANCE.id);
      return Promise.resolve();
    },
  });
});
