import { describe, expect, it } from '@jest/globals';
import { ConfiguredPoolers } from '../../../shared/adapters/pgbouncer/configured-poolers.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { NOON } from '../../contracts/samples.ts';

const find = (...hosts: readonly string[]) => new ConfiguredPoolers(hosts, 6432, new ManualClock(NOON)).find();

describe('configured PgBouncers', () => {
  it('are where fulcrum.yml says, in its order', async () => {
    expect(await find('pooler-b.internal', '10.0.1.5:5432', '[fd00::1]', '[fd00::2]:7000')).toEqual({
      kind: 'seen',
      at: NOON,
      value: {
        instances: [
          { id: 'pooler-b.internal:6432', host: 'pooler-b.internal', port: 6432, availabilityZone: null },
          { id: '10.0.1.5:5432', host: '10.0.1.5', port: 5432, availabilityZone: null },
          { id: '[fd00::1]:6432', host: 'fd00::1', port: 6432, availabilityZone: null },
          { id: '[fd00::2]:7000', host: 'fd00::2', port: 7000, availabilityZone: null },
        ],
        leftOut: [],
      },
    });
  });

  it.each(['', 'fd00::1', 'host:', 'host:port', ':6432'])('"%s" is no address', (host) => {
    expect(() => new ConfiguredPoolers([host], 6432, new ManualClock(NOON))).toThrow(RangeError);
  });
});
