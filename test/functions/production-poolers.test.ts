import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Environment } from '../../functions/environment.ts';
import { poolerToolsOf } from '../../functions/production-poolers.ts';
import { NOT_ASKED } from '../../shared/domain/reading.ts';
import type { PoolerTools } from '../../shared/workflow/tune-poolers.ts';
import { A_DATABASE, A_POOLER, aPolicy, type FleetInput } from '../support/builders/policy.ts';

const environment: Environment = {
  region: 'eu-central-1',
  auditTable: 'audit',
  stateTable: 'state',
  stage: 'test',
  eventBus: 'bus',
  codeVersion: 'test',
};
const console = { passwordFrom: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:console-AbCdEf' };

/** Stands where CloudWatch would be, and refuses. */
let refusing: Server;
let asked: number;
const before = { ...process.env };

beforeAll(async () => {
  refusing = createServer((_request, response) => {
    asked += 1;
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"__type":"AccessDenied"}');
  });
  await once(refusing.listen(0, '127.0.0.1'), 'listening');
  const { port } = refusing.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});
afterAll(() => {
  process.env = before;
  refusing.closeAllConnections();
  refusing.close();
});
beforeEach(() => {
  asked = 0;
});

function toolsOf(database: FleetInput['database'], service = A_POOLER.service): PoolerTools | null {
  const policy = aPolicy([{ pooler: { ...A_POOLER, console }, ...(database === undefined ? {} : { database }) }]);
  return poolerToolsOf({ policy, environment })({ cluster: A_POOLER.cluster, service });
}

describe('how the action reaches what it watches', () => {
  it('CPU of the database: what CloudWatch refuses is unseen, and does not stop a tuning', async () => {
    const tools = toolsOf({ ...A_DATABASE, cpuHighPercent: 65 });
    expect(tools?.database.cpuHighPercent).toBe(65);
    expect(await tools?.database.readCpu()).toMatchObject({ kind: 'unseen', because: { code: 'unreadable' } });
    expect(asked).toBeGreaterThan(0);
  });

  it('nothing is asked of a fleet that names no database', async () => {
    expect(await toolsOf(undefined)?.database.readCpu()).toEqual(NOT_ASKED);
    expect(asked).toBe(0);
  });

  it('failed transactions are unseen where the console names no database', async () => {
    expect(await toolsOf(A_DATABASE)?.database.readCounters()).toEqual(NOT_ASKED);
  });

  it('and no tools for what is no PgBouncer of the policy', () => {
    expect(toolsOf(A_DATABASE, 'somebody-else')).toBeNull();
  });
});
