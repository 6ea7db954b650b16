import { describe, expect, it } from '@jest/globals';
import { connectionsOfClass } from '../../shared/proposals/connections-of-class.ts';
import { CHANGES } from './samples.ts';

const LARGER = CHANGES['change-database-class'];

describe('max_connections after a change of class', () => {
  // db.r6g.large has 1742 by default, db.r6g.xlarge 3508.
  it.each([
    { configured: 1742, then: { maxConnections: 3508, setBy: 'class' } },
    { configured: 1660, then: { maxConnections: 3508, setBy: 'class' } },
    { configured: 1650, then: { maxConnections: 1650, setBy: 'parameter-group' } },
    { configured: 1830, then: { maxConnections: 1830, setBy: 'parameter-group' } },
    { configured: 200, then: { maxConnections: 200, setBy: 'parameter-group' } },
  ])('where policy says $configured: $then.maxConnections', ({ configured, then }) => {
    expect(connectionsOfClass(LARGER, configured)).toEqual(then);
  });

  it('of a class that is not known are what they are', () => {
    const unknown = { instanceClass: 'db.x9z.large' };
    expect(connectionsOfClass({ ...LARGER, from: unknown }, 200)).toEqual({ maxConnections: 200, setBy: 'class' });
    expect(connectionsOfClass({ ...LARGER, to: unknown }, 1742)).toEqual({ maxConnections: 1742, setBy: 'class' });
  });
});
