import { describe, expect, it } from '@jest/globals';
import type { Expectation, InfrastructureCode } from '../../shared/infrastructure-code/edit.ts';
import type { Value } from '../../shared/infrastructure-code/at.ts';
import { ABSENT, ANYTHING, code, diff, fixture, is, plan } from './support.ts';

const pgbouncer = fixture('pgbouncer');

function set(
  from: InfrastructureCode,
  setting: string,
  to: Value,
  present: Expectation = ANYTHING,
  path: string | null = null,
): readonly string[] {
  return diff(plan(from, { kind: 'set-pgbouncer', path, changes: [{ setting, present, to }] }));
}

describe('a setting of PgBouncer', () => {
  it('keeps blanks, comments and other sections', () => {
    expect(set(pgbouncer, 'default_pool_size', 25, is(20))).toEqual([
      'pgbouncer.ini:9: -default_pool_size   =   20',
      'pgbouncer.ini:9: +default_pool_size   =   25',
    ]);
  });

  it('is added after the last one', () => {
    expect(set(pgbouncer, 'reserve_pool_size', 5, ABSENT)).toEqual(['pgbouncer.ini:11: +reserve_pool_size = 5']);
  });

  it('keeps carriage returns and a missing final newline', () => {
    const from = code({ 'p.ini': '[pgbouncer]\r\na=1\r\ndefault_pool_size=20  ' });
    expect(set(from, 'default_pool_size', 25)).toEqual([
      'p.ini:3: -default_pool_size=20  ',
      'p.ini:3: +default_pool_size=25  ',
    ]);
    expect(set(from, 'reserve_pool_size', 5)).toEqual(
      expect.arrayContaining([expect.stringContaining('+reserve_pool_size = 5')]),
    );
  });

  it.each([
    ['that is there twice', '[pgbouncer]\na = 1\na = 2\n', 'several-candidates'],
    ['that an included file may set again', '[pgbouncer]\na = 1\n%include more.ini\n', 'overridden'],
    ['of a file without the section', '[databases]\na = 1\n', 'not-found'],
  ])('%s is refused', (_, text, refusal) => {
    expect(set(code({ 'p.ini': text }), 'a', 3)).toEqual([expect.stringContaining(`refused: ${refusal}: `)]);
  });

  it('in several files is told by the path', () => {
    const text = '[pgbouncer]\na = 1\n';
    const from = code({ 'p.ini': text, 'q.ini': text });
    expect(set(from, 'a', 3)).toEqual([expect.stringContaining('p.ini:1, q.ini:1')]);
    expect(set(from, 'a', 3, ANYTHING, 'q.ini')).toEqual(['q.ini:2: -a = 1', 'q.ini:2: +a = 3']);
  });

  it.each(['1\nauth_type = any', ' 1', '', '; 1', '%include x'])('is not set to %j', (to) => {
    expect(set(pgbouncer, 'default_pool_size', to)).toEqual([expect.stringContaining('value-not-expressible')]);
  });
});
