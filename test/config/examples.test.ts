import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectionMath, exceededSides } from '../../shared/capacity/connections.ts';
import { usdPerMonth } from '../../shared/capacity/fargate-prices.ts';
import { loadPolicyFile } from '../../shared/config/load-file.ts';
import type { FleetPolicy, Policy } from '../../shared/config/policy.ts';
import { formatProblems } from '../../shared/config/problem.ts';
import { planAt } from '../../shared/guards/connection-plan.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = [
  'fulcrum.yml',
  ...readdirSync(join(ROOT, 'examples'))
    .filter((file) => file.endsWith('.yml'))
    .map((file) => `examples/${file}`),
];

async function policyOf(file: string): Promise<Policy> {
  const result = await loadPolicyFile(join(ROOT, file));
  if (result.kind === 'ok') return result.policy;
  throw new Error(formatProblems(result.problems));
}

const mathAtCeilings = (fleet: FleetPolicy) => connectionMath(planAt(fleet, (_, max) => max));
const mathAtHardLimits = (fleet: FleetPolicy) =>
  connectionMath(planAt(fleet, (name) => fleet.services.find((service) => service.name === name)?.hardLimit ?? 0));

describe.each(EXAMPLES)('%s', (file) => {
  it('is valid', async () => {
    expect((await policyOf(file)).fleets.length).toBeGreaterThan(0);
  });

  it('opens no more connections than there are, even at its hard limits', async () => {
    const { fleets } = await policyOf(file);
    expect(fleets.flatMap((fleet) => exceededSides(mathAtHardLimits(fleet)))).toEqual([]);
  });

  it('stays within its own budget at its ceilings', async () => {
    const { fleets } = await policyOf(file);
    const overspent = fleets.filter(({ services, region, budget }) => {
      const costs = services.map(({ task, max }) => usdPerMonth(task, max, region) ?? Number.NaN);
      const usd = costs.reduce((sum, cost) => sum + cost, 0);
      return !(usd <= (budget?.usdPerMonthAtCeiling ?? Infinity));
    });
    expect(overspent).toEqual([]);
  });

  it('names no real account', async () => {
    const { fleets } = await policyOf(file);
    expect(fleets.map(({ account }) => account)).toEqual(fleets.map(() => '111122223333'));
  });
});

describe('the production example', () => {
  it('has the connections that its comment says', async () => {
    const [fleet] = (await policyOf('fulcrum.yml')).fleets;
    expect(fleet && mathAtCeilings(fleet).server).toEqual({ needed: 62, limit: 160, maxConnections: 200 });
  });

  it('touches nothing before somebody says so', async () => {
    const [fleet] = (await policyOf('fulcrum.yml')).fleets;
    expect(new Set(Object.values(fleet?.levers ?? {}).map(({ mode }) => mode))).toEqual(new Set(['observe']));
  });
});

it('a file that is not there is a problem like any other', async () => {
  const result = await loadPolicyFile('no/such/fulcrum.yml');
  expect(result.kind === 'invalid' && formatProblems(result.problems)).toBe(
    'no/such/fulcrum.yml:1:1: there is no such file',
  );
});

it('a folder is no file', async () => {
  const result = await loadPolicyFile(join(ROOT, 'examples'));
  expect(result.kind === 'invalid' && formatProblems(result.problems)).toMatch(
    /examples:1:1: the file cannot be read \(EISDIR\)/,
  );
});
