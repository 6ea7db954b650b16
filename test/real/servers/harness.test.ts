import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { holdFor, startPgbench } from './pgbench.ts';
import { INSTALL_COMMAND, programPath, serverUser } from './prerequisites.ts';
import { startTestServers } from './test-servers.ts';

/** User id under which a process runs; `null` when there is none. */
function uidOf(pid: number): number | null {
  const status = `/proc/${pid}/status`;
  return existsSync(status) ? Number(/^Uid:\s+(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1]) : null;
}

describe('the servers of the tests', () => {
  it('name the command that installs what is missing', () => {
    expect(() => programPath('no-such-server')).toThrow(INSTALL_COMMAND);
  });

  it('run as an ordinary user, and leave nothing behind', async () => {
    const servers = await startTestServers({ poolers: [{}, {}] });
    const { postgres, poolers, folder } = servers;
    const pids = [postgres.pid, ...poolers.map(({ pid }) => pid)];
    expect(pids.map(uidOf)).toEqual(pids.map(() => serverUser().uid));
    expect(serverUser().uid).toBeGreaterThan(0);
    await servers.stop();
    expect(pids.map(uidOf)).toEqual(pids.map(() => null));
    expect(existsSync(folder)).toBe(false);
    await servers.stop();
  });

  it('a PgBouncer that does not start says why, and takes the others with it', async () => {
    const starting = startTestServers({ poolers: [{}, { settings: { pool_mode: 'no such mode' } }] });
    await expect(starting).rejects.toThrow(/pgbouncer did not start: [^]*no such mode/);
  });

  it('a load that cannot begin is an error, not a slow database', async () => {
    const servers = await startTestServers({ poolers: [{}] });
    const [pooler] = servers.poolers;
    const account = { user: 'app', password: 'wrong' };
    const load = startPgbench({ port: pooler!.port, clients: 2, seconds: 1, script: holdFor(1), account });
    await expect(load.finished).rejects.toThrow(/pgbench failed: [^]*authentication failed/);
    await servers.stop();
  });
});
