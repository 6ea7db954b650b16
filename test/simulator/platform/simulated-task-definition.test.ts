import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryPoolers } from '../../../shared/adapters/memory/pooler-console.ts';
import { later, MINUTE } from '../../../shared/domain/units.ts';
import type { DurablePoolSizes } from '../../../shared/pooler-port.ts';
import type { SimulatedPoolers } from '../../../simulator/platform/simulated-poolers.ts';
import { NOW } from '../../support/builders/time.ts';
import { simulatedPgbouncers } from '../../support/simulated-pgbouncers.ts';

const SIZES = { defaultPoolSize: 13, reservePoolSize: 0, maxClientConnections: 1_000 };
const IDS = ['pgbouncer-1', 'pgbouncer-2'] as const;

let poolers: MemoryPoolers;
let plant: SimulatedPoolers;
let durable: DurablePoolSizes;
beforeEach(() => {
  poolers = new MemoryPoolers();
  plant = simulatedPgbouncers(poolers, {
    sizes: SIZES,
    taskDefinition: { family: 'pgbouncer', revision: 14, named: ['defaultPoolSize'] },
  });
  if (plant.durable === null) throw new Error('nothing is kept');
  ({ durable } = plant);
});

const sizes = () => IDS.map((id) => poolers.get(id)?.reading.sizes.defaultPoolSize);
const tune = (defaultPoolSize: number): void => {
  for (const id of IDS) {
    const { reading } = poolers.get(id)!;
    poolers.put(id, { reading: { ...reading, sizes: { ...SIZES, defaultPoolSize } } });
  }
};
const pass = (seconds: number) => plant.advanceTo(later(plant.now, seconds));

describe('what simulated PgBouncers start with', () => {
  it('is read with the revision that has it; what has no name there is not', async () => {
    expect(await durable.read()).toMatchObject({
      kind: 'seen',
      at: NOW,
      value: {
        sizes: { defaultPoolSize: 13, reservePoolSize: null, maxClientConnections: null },
        revision: 'pgbouncer:14',
        rollout: 'none',
      },
    });
  });

  it('is lost by a RELOAD while it was set live alone', async () => {
    tune(25);
    await plant.reloadByHand();
    expect(sizes()).toEqual([13, 13]);
  });

  it('becomes another in a new revision, with which one after the other is replaced', async () => {
    tune(25);
    expect(await durable.write({ defaultPoolSize: 30 })).toBeNull();
    expect(await durable.read()).toMatchObject({ value: { revision: 'pgbouncer:15', rollout: 'in-progress' } });
    const seen = [];
    for (let minute = 0; minute < 5; minute += 1) {
      seen.push(sizes());
      pass(MINUTE);
    }
    expect(seen).toEqual([
      [25, 25],
      [25, 25],
      [30, 25],
      [30, 25],
      [30, 30],
    ]);
    expect(await durable.read()).toMatchObject({ value: { sizes: { defaultPoolSize: 30 }, rollout: 'none' } });
    await plant.reloadByHand();
    expect(sizes()).toEqual([30, 30]);
  });

  it('is nothing that anybody could write where it is built into the image', () => {
    expect(simulatedPgbouncers(new MemoryPoolers(), { sizes: SIZES }).durable).toBeNull();
  });
});
