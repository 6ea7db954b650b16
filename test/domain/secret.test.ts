import { inspect } from 'node:util';
import { expect, it } from '@jest/globals';
import { Secret } from '../../shared/domain/secret.ts';

it('a secret shows itself to nobody but who asks for it', () => {
  const secret = new Secret('hunter2');
  const leaks = [secret.toString(), JSON.stringify({ secret }), inspect(secret, { showHidden: true, depth: 9 })];
  for (const leak of leaks) expect(leak).not.toContain('hunter2');
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
  expect(secret.reveal()).toBe('hunter2');
});
