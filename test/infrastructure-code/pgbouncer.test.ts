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

describe('a size of its own', () => {
  const ENTRIES = code({
    'pgbouncer.ini': `[databases]
app = host=10.0.9.5 dbname=core ; the size that all have
reports = host=10.0.9.5 password='pool_size=9 it''s' pool_size = 5 pool_mode=session
big = pool_size=40
* = host=10.0.9.5

[users]
analyst = pool_mode=session pool_size=3

[pgbouncer]
default_pool_size = 20
reports = 1
`,
  });
  const own = (
    section: 'databases' | 'users',
    entry: string,
    to: Value,
    present: Expectation = ANYTHING,
    from = ENTRIES,
  ) =>
    diff(
      plan(from, {
        kind: 'set-pgbouncer',
        path: null,
        changes: [{ setting: 'pool_size', of: { section, entry }, present, to }],
      }),
    );

  it('changes within the line of its database, whatever stands in quotes', () => {
    expect(own('databases', 'reports', 12, is(5))).toEqual([
      "pgbouncer.ini:3: -reports = host=10.0.9.5 password='pool_size=9 it''s' pool_size = 5 pool_mode=session",
      "pgbouncer.ini:3: +reports = host=10.0.9.5 password='pool_size=9 it''s' pool_size = 12 pool_mode=session",
    ]);
  });

  it('changes within the line of its user', () => {
    expect(own('users', 'analyst', 8, is(3))).toEqual([
      'pgbouncer.ini:8: -analyst = pool_mode=session pool_size=3',
      'pgbouncer.ini:8: +analyst = pool_mode=session pool_size=8',
    ]);
  });

  it('is found in the file that has it, also one without a section [pgbouncer]', () => {
    const from = code({ 'a.ini': '[pgbouncer]\n%include b.ini\n', 'b.ini': '[databases]\nreports = pool_size=5\n' });
    expect(own('databases', 'reports', 12, is(5), from)).toEqual([
      'b.ini:2: -reports = pool_size=5',
      'b.ini:2: +reports = pool_size=12',
    ]);
  });

  // prettier-ignore
  it.each([
    ['that is not what was seen',              ENTRIES, 'databases', 'big',     'unexpected-value'],
    ['of a database without one',              ENTRIES, 'databases', 'app',     'not-found'],
    ['of a database that is not there',        ENTRIES, 'databases', 'nowhere', 'not-found'],
    ['of a user that is a database',           ENTRIES, 'users',     'reports', 'not-found'],
    ['that stands in two files',               code({ 'a.ini': '[databases]\nx = pool_size=5', 'b.ini': '[databases]\nx = pool_size=5' }), 'databases', 'x', 'several-candidates'],
    ['that stands twice in a line',            code({ 'a.ini': '[databases]\nx = pool_size=5 pool_size=5' }), 'databases', 'x', 'several-candidates'],
    ['that an included file may set again',    code({ 'a.ini': '[databases]\nx = pool_size=5\n%include b.ini' }), 'databases', 'x', 'overridden'],
  ] as const)('%s is refused', (_, from, section, entry, refusal) => {
    expect(own(section, entry, 12, is(5), from)).toEqual([expect.stringContaining(`refused: ${refusal}`)]);
  });

  it.each(['1 host=evil', '12\n[users]', "'12'", ''])('is not set to %j', (to) => {
    expect(own('databases', 'reports', to)).toEqual([expect.stringContaining('value-not-expressible')]);
  });
});
