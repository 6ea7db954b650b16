import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { bundling } from '../../../serverless/bundling.ts';
import { ADMIN, type PgBouncerServer } from '../servers/pgbouncer-server.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NODE = join(ROOT, 'node_modules/.bin/node');

/** What a Lambda would do, with the adapter as one packed file. */
const PROGRAM = `
  const { PgBouncerConsole, Secret } = await import(process.argv[1]);
  const login = () => Promise.resolve({ user: '${ADMIN.user}', password: new Secret('${ADMIN.password}'), tls: { mode: 'disable' } });
  const instance = { id: 'one', host: '127.0.0.1', port: Number(process.argv[2]), availabilityZone: null };
  const limits = { connectSeconds: 60, commandSeconds: 60 };
  const look = await new PgBouncerConsole({ login, limits }).read(instance);
  process.stdout.write(JSON.stringify(look));
`;

let servers: TestServers;
let pooler: PgBouncerServer;
beforeAll(async () => {
  servers = await startTestServers({ poolers: [{}] });
  pooler = servers.poolers[0]!;
});
afterAll(() => servers.stop());

it('the adapter reads a PgBouncer when it is packed as the functions are', async () => {
  const outfile = join(servers.folder, 'console.mjs');
  await build({
    ...bundling(() => Promise.reject(new Error('no policy is needed here'))),
    stdin: {
      contents: `export { PgBouncerConsole } from './shared/adapters/pgbouncer/pooler-console.ts';
                 export { Secret } from './shared/domain/secret.ts';`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    outfile,
  });
  const run = await promisify(execFile)(NODE, ['--input-type=module', '-e', PROGRAM, outfile, String(pooler.port)]);
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toMatchObject({ kind: 'seen', value: { sizes: { defaultPoolSize: 5 } } });
});
