import { describe, expect, it } from '@jest/globals';
import { busyFloor } from '../../templates/lever/busy-floor.ts';
// The tests of the template are tests like any other.
import '../../templates/lever/busy-floor.test.ts';
import { LEVERS } from '../../shared/levers/registry.ts';

describe('the template that a new lever begins with', () => {
  it('is not pulled by anybody', () => {
    expect(LEVERS.map(({ name }): string => name)).not.toContain(busyFloor.name);
  });
});
