import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN, type PgBouncerServer } from '../servers/pgbouncer-server.ts';
import { startTestServers, type TestServers } from '../servers/test-servers.ts';
import { consoleOf } from './consoles.ts';

let servers: TestServers;
let pooler: PgBouncerServer;
let authorities: string;

beforeAll(async () => {
  servers = await startTestServers({ poolers: [] });
  authorities = selfSignedCertificate(servers.folder);
  pooler = await servers.addPooler({
    settings: {
      client_tls_sslmode: 'require',
      client_tls_cert_file: join(servers.folder, 'certificate.pem'),
      client_tls_key_file: join(servers.folder, 'key.pem'),
    },
  });
});
afterAll(() => servers.stop());

describe('the name in the certificate of a console', () => {
  // The certificate is of pooler.internal; none of the hosts is called so.
  it.each([
    { host: '127.0.0.1', serverName: 'pooler.internal', then: 'seen' },
    { host: '127.0.0.1', serverName: 'other.internal', then: 'failed' },
    { host: '127.0.0.1', serverName: undefined, then: 'failed' },
    { host: 'localhost', serverName: 'pooler.internal', then: 'seen' },
    { host: 'localhost', serverName: 'other.internal', then: 'failed' },
    { host: 'localhost', serverName: undefined, then: 'failed' },
  ])('at $host, told $serverName: $then', async ({ host, serverName, then }) => {
    const tls = { mode: 'verify-full', serverName, authorities } as const;
    const { kind } = await consoleOf(ADMIN, tls).read({ ...pooler.instance, host });
    expect(kind).toBe(then);
  });
});

function selfSignedCertificate(folder: string): string {
  const [file, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...[
        '-subj',
        '/CN=pooler.internal',
        '-addext',
        'subjectAltName=DNS:pooler.internal',
        '-keyout',
        key,
        '-out',
        file,
      ],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl failed: ${stderr}`);
  spawnSync('chmod', ['644', key]);
  return readFileSync(file, 'utf8');
}
