import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { databaseLoad, type DatabaseModel } from '../../../simulator/platform/database-model.ts';

const MODEL: DatabaseModel = { vcpus: 2, idlePercent: 4, poolLimit: 50, directConnections: 12 };
const USE = { cpuMillisPerRequest: 1, connectionMillisPerRequest: 10 };

describe('a database under load', () => {
  it('idles without any', () => {
    expect(databaseLoad(MODEL, [])).toEqual({ cpuPercent: 4, poolConnections: 0, connections: 12 });
  });

  it('uses CPU in proportion, and holds connections longer the busier it is', () => {
    // 1,000 requests of 1 ms on 2 vCPUs are 50 %, and 4 % idle; 10 connections without waiting, 10 ÷ 0.46 with it.
    const { cpuPercent, poolConnections, connections } = databaseLoad(MODEL, [{ load: 1_000, use: USE }]);
    expect(cpuPercent).toBeCloseTo(54, 9);
    expect(poolConnections).toBeCloseTo(10 / 0.46, 9);
    expect(connections).toBeCloseTo(10 / 0.46 + 12, 9);
  });

  it('is at 100 % when it is asked for more, with all connections of the pool in use and not one beyond', () => {
    expect(databaseLoad(MODEL, [{ load: 10_000, use: USE }])).toEqual({
      cpuPercent: 100,
      poolConnections: 50,
      connections: 62,
    });
  });

  it('law: never less for more load, within its limits, and the same however the load is split', () => {
    const anyLoad = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(anyLoad, anyLoad, (a, b) => {
        const one = databaseLoad(MODEL, [{ load: a, use: USE }]);
        const both = databaseLoad(MODEL, [
          { load: a, use: USE },
          { load: b, use: USE },
        ]);
        const together = databaseLoad(MODEL, [{ load: a + b, use: USE }]);
        expect(both.cpuPercent).toBeGreaterThanOrEqual(one.cpuPercent);
        expect(both.connections).toBeGreaterThanOrEqual(one.connections);
        expect(both.cpuPercent).toBeLessThanOrEqual(100);
        expect(both.poolConnections).toBeLessThanOrEqual(50);
        expect(both.cpuPercent).toBeCloseTo(together.cpuPercent, 6);
      }),
    );
  });
});
