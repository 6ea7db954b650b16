import { afterAll, beforeAll } from '@jest/globals';
import { describePoolerConsoleContract } from '../../contracts/pooler-console.contract.ts';
import { STATS_ONLY } from '../servers/pgbouncer-server.ts';
import { freePort } from '../servers/server-process.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { consoleOf, holdTransaction } from './consoles.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await startTestServers({ poolers: [] });
});
afterAll(() => servers.stop());

describePoolerConsoleContract('PgBouncer', async () => {
  const pooler = await servers.addPooler({ databases: { app: '', reports: 'pool_size=3' } });
  const port = await freePort();
  return {
    port: consoleOf(),
    statsOnly: consoleOf(STATS_ONLY),
    instance: pooler.instance,
    nowhere: { ...pooler.instance, id: 'nowhere', port },
    holdTransaction: () => holdTransaction(pooler),
    restart: async () => {
      await pooler.kill();
      await pooler.start();
    },
    close: () => pooler.kill(),
  };
});
