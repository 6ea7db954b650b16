import pg from 'pg';
import type { PoolerFailure } from '../../domain/pooler.ts';
import { plainText } from '../aws/errors.ts';

/** PgBouncer before a login and after it gives all its errors one SQLSTATE, 08P01: the words are all there is. */
const WRONG_PASSWORD = /authentication failed|no such user|wrong password/i;
const NOT_ALLOWED = /^not allowed$|admin access needed/i;
/** Of a PostgreSQL that is mistaken for a PgBouncer. */
const INVALID_PASSWORD = '28P01';

/** Codes of Node.js of a peer that was there and hung up. */
const LOST_CODES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);
/** How pg says that the peer hung up without a word, during a command or since the last one. */
const HUNG_UP = /^Connection terminated|not queryable$/;

/** What an error of `pg` means, while `during` was under way. */
export function failureOf(error: unknown, during: string): PoolerFailure {
  const message = textOf(error, 'message') ?? 'unknown error';
  const detail = plainText(message);
  if (error instanceof pg.DatabaseError) {
    if (error.code === INVALID_PASSWORD || WRONG_PASSWORD.test(message)) return { code: 'wrong-password' };
    if (NOT_ALLOWED.test(message)) return { code: 'not-allowed', detail };
    return { code: 'refused', during, detail };
  }
  const code = textOf(error, 'code') ?? '';
  if (UNREACHABLE_CODES.has(code)) return { code: 'unreachable', detail };
  if (LOST_CODES.has(code) || HUNG_UP.test(message)) return { code: 'connection-lost', during, detail };
  return { code: 'not-understood', detail };
}

/** Errors of sockets may come from another realm, where `instanceof Error` does not know them. */
function textOf(error: unknown, key: 'message' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(error, key)?.value;
  return typeof value === 'string' ? value : undefined;
}
