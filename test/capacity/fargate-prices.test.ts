import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PRICES_AS_OF, taskCost, usdPerMonth } from '../../shared/capacity/fargate-prices.ts';

const oneVcpu = { cpuUnits: 1024, memoryMiB: 2048, architecture: 'x86_64' } as const;

describe('what tasks cost in a month', () => {
  it.each([
    { region: 'eu-central-1', architecture: 'x86_64', usd: 730 * (0.04656 + 2 * 0.00511) },
    { region: 'eu-central-1', architecture: 'arm64', usd: 730 * (0.03725 + 2 * 0.00409) },
    { region: 'us-east-1', architecture: 'x86_64', usd: 730 * (0.04048 + 2 * 0.004445) },
    { region: 'us-east-1', architecture: 'arm64', usd: 730 * (0.03238 + 2 * 0.00356) },
    { region: 'sa-east-1', architecture: 'x86_64', usd: 730 * (0.0696 + 2 * 0.0076) },
    { region: 'sa-east-1', architecture: 'arm64', usd: 730 * (0.0557 + 2 * 0.00612) },
  ] as const)('one vCPU and 2 GB of $architecture in $region', ({ region, architecture, usd }) => {
    expect(usdPerMonth({ ...oneVcpu, architecture }, 1, region)).toBeCloseTo(usd, 6);
  });

  it('gives the worked example of its description', () => {
    expect(usdPerMonth(oneVcpu, 10, 'eu-central-1')).toBeCloseTo(414.49, 2);
  });

  it.each(['eu-central-9', 'toString', ''])('knows no price in "%s", which is not free', (region) => {
    expect(usdPerMonth(oneVcpu, 10, region)).toBeNull();
  });

  it('is nothing without tasks, and in proportion to their number', () => {
    expect(usdPerMonth(oneVcpu, 0, 'eu-central-1')).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (tasks) => {
        const one = usdPerMonth(oneVcpu, 1, 'eu-central-1') ?? Number.NaN;
        expect(usdPerMonth(oneVcpu, tasks, 'eu-central-1')).toBeCloseTo(one * tasks, 6);
      }),
    );
  });

  it('counts Spot apart, and does not take it for on-demand where its price is not known', () => {
    const running = { task: oneVcpu, tasks: 10, capacity: 'on-demand' } as const;
    expect(taskCost(running, 'eu-central-1')).toEqual({
      kind: 'known',
      usdPerMonth: usdPerMonth(oneVcpu, 10, 'eu-central-1'),
    });
    expect(taskCost({ ...running, capacity: 'spot' }, 'eu-central-1')).toEqual({
      kind: 'unknown',
      missing: ['Fargate spot x86_64 in eu-central-1'],
    });
  });

  it('says how old its prices are', () => {
    expect(PRICES_AS_OF).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});
