import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { failureOf } from '../../../shared/adapters/pgbouncer/console-failure.ts';

function said(message: string, code = '08P01'): Error {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code });
}

function fault(code: string): Error {
  return Object.assign(new Error(`connect ${code} 10.0.1.5:6432`), { code });
}

describe('what an error of a console means', () => {
  it.each([
    { error: said('SASL authentication failed'), because: { code: 'wrong-password' } },
    { error: said('password authentication failed'), because: { code: 'wrong-password' } },
    { error: said('no such user: fulcrum'), because: { code: 'wrong-password' } },
    { error: said('anything', '28P01'), because: { code: 'wrong-password' } },
    { error: said('not allowed'), because: { code: 'not-allowed', detail: 'not allowed' } },
    { error: said('admin access needed'), because: { code: 'not-allowed', detail: 'admin access needed' } },
    { error: said('SET failed'), because: { code: 'refused', during: 'SET x = 1', detail: 'SET failed' } },
    { error: fault('ECONNREFUSED'), because: { code: 'unreachable', detail: 'connect ECONNREFUSED 10.0.1.5:6432' } },
    { error: fault('ENOTFOUND'), because: { code: 'unreachable', detail: 'connect ENOTFOUND 10.0.1.5:6432' } },
    {
      error: fault('ECONNRESET'),
      because: { code: 'connection-lost', during: 'SET x = 1', detail: 'connect ECONNRESET 10.0.1.5:6432' },
    },
    {
      error: new Error('Connection terminated unexpectedly'),
      because: { code: 'connection-lost', during: 'SET x = 1', detail: 'Connection terminated unexpectedly' },
    },
    {
      error: new Error('Client has encountered a connection error and is not queryable'),
      because: {
        code: 'connection-lost',
        during: 'SET x = 1',
        detail: 'Client has encountered a connection error and is not queryable',
      },
    },
    { error: new Error('odd\u0000words\n'), because: { code: 'not-understood', detail: 'odd words' } },
    { error: 'no error at all', because: { code: 'not-understood', detail: 'unknown error' } },
    { error: null, because: { code: 'not-understood', detail: 'unknown error' } },
  ])('$because.code: $error', ({ error, because }) => {
    expect(failureOf(error, 'SET x = 1')).toEqual(because);
  });
});
