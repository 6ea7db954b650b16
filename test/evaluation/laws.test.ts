import { isServiceChange } from '../../shared/domain/change.ts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectionMath, exceededSides } from '../../shared/capacity/connections.ts';
import { usdPerMonth } from '../../shared/capacity/fargate-prices.ts';
import { canonicalJson, parseCanonicalJson } from '../../shared/audit/canonical-json.ts';
import type { FleetPolicy } from '../../shared/config/policy.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { FleetSnapshot, ServiceSnapshot } from '../../shared/domain/snapshot.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { replay } from '../../shared/evaluation/replay.ts';
import { planAt } from '../../shared/guards/connection-plan.ts';
import { largest, movedBounds, wantedBounds } from '../../shared/guards/wanted-bounds.ts';
import { LEVERS } from '../../shared/levers/registry.ts';
import { anySituation, anyUnseen, SERVICE_READINGS, type Situation } from '../support/builders/arbitraries.ts';
import { brief } from '../support/builders/decisions.ts';
import { carriedOut } from '../support/builders/plant.ts';
import { NOW } from '../support/builders/time.ts';

const evaluate = ({ snapshot, policy }: Situation) => evaluateFleet(snapshot, policy, NOW);

const lines = (situation: Situation): readonly string[] =>
  evaluate(situation).verdicts.map(
    ({ proposal: { lever, service }, decision }) => `${lever} ${service}: ${brief(decision)}`,
  );

describe('whatever the fleet looks like', () => {
  it('law: no change moves a bound out of min … hardLimit, or a minimum above its maximum', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        for (const { proposal, decision } of evaluate(situation).verdicts) {
          if (decision.kind !== 'act' || !isServiceChange(decision.change)) continue;
          const { min: lowest, hardLimit } = situation.policy.services.find(({ name }) => name === proposal.service)!;
          for (const { min = lowest, max = hardLimit } of movedBounds(decision.change)) {
            expect({ min, max, isWithin: min >= lowest && max <= hardLimit }).toMatchObject({ isWithin: true });
          }
          for (const { min = 0, max = Infinity } of wantedBounds(decision.change)) expect(min).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('law: one change of a resource at a time', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const changed = evaluate(situation).verdicts.flatMap(({ proposal, decision }) =>
          decision.kind === 'act' ? [proposal.resource] : [],
        );
        expect(changed).toEqual([...new Set(changed)]);
      }),
    );
  });

  it('law: only a lever set to apply acts', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        for (const { proposal, decision } of evaluate(situation).verdicts) {
          expect(decision.kind !== 'act' || situation.policy.levers[proposal.lever].mode === 'apply').toBe(true);
        }
      }),
    );
  });

  it('law: the same fleet gives the same verdicts, and looking changes nothing', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        deepFreeze(situation);
        expect(evaluate(situation)).toEqual(evaluate(situation));
      }),
    );
  });

  it('law: the order of services in a list decides nothing', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const policy = { ...situation.policy, services: [...situation.policy.services].reverse() };
        expect([...lines({ ...situation, policy })].sort()).toEqual([...lines(situation)].sort());
      }),
    );
  });

  it('law: every sentence is whole', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        for (const { decision } of evaluate(situation).verdicts) {
          const sentence = explain(decision).replaceAll(/invalid value (NaN|-?Infinity|-1)/g, '');
          expect(sentence).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a blind lever', () => {
  it('law: with nothing seen every lever abstains', () => {
    fc.assert(
      fc.property(anySituation, anyUnseen, ({ policy, snapshot }, reading) => {
        const dark: FleetSnapshot = {
          ...snapshot,
          services: Object.fromEntries(
            policy.services.map(({ name }) => [name, allUnseen(snapshot.services[name]!, reading)]),
          ),
        };
        for (const lever of LEVERS) {
          for (const { wanted } of lever.propose(dark, policy, NOW)) expect(wanted.kind).toBe('abstain');
        }
      }),
    );
  });

  it('law: seeing less never makes a lever shrink, nor act unless policy lets the blind grow', () => {
    const anyReading = fc.constantFrom(...SERVICE_READINGS);
    fc.assert(
      fc.property(anySituation, anyReading, anyUnseen, ({ policy, snapshot }, name, reading) => {
        const dimmed: FleetSnapshot = {
          ...snapshot,
          services: Object.fromEntries(
            policy.services.map((service) => [service.name, { ...snapshot.services[service.name]!, [name]: reading }]),
          ),
        };
        for (const lever of LEVERS) {
          const before = lever.propose(snapshot, policy, NOW);
          for (const [index, { wanted }] of lever.propose(dimmed, policy, NOW).entries()) {
            if (wanted.kind !== 'act') continue;
            const full = before[index]!.wanted;
            const isAsBefore = full.kind === 'act' && full.direction === wanted.direction;
            const isAllowed =
              policy.levers.ceiling.whenBlind === 'allow-growth' && wanted.because[0].code === 'pinned-and-blind';
            // It has one wish at a time: without one of its concerns the growth of another comes to its turn.
            const isInTurn =
              lever.name === 'predictive' &&
              wanted.direction === 'grow' &&
              (name === 'load' ? wanted.change.kind === 'schedule-capacity' : name === 'scheduled');
            // Without a forecast the target of target tracking goes back to that of the service: to more tasks.
            const isGivenBack =
              name === 'forecast' && lever.name === 'target-tracking' && wanted.because[0].code === 'policy-differs';
            expect(isAsBefore || isAllowed || isInTurn || isGivenBack).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  function allUnseen(service: ServiceSnapshot, reading: ServiceSnapshot['cpu'] & { kind: 'unseen' }): ServiceSnapshot {
    return Object.fromEntries(Object.keys(service).map((name) => [name, reading])) as unknown as ServiceSnapshot;
  }
});

describe('carrying out what was decided', () => {
  /** The fleet after so many looks, each carried out before the next. */
  const settled = ({ policy, snapshot }: Situation, looks = 60): { world: FleetSnapshot; looks: number } => {
    let world: FleetSnapshot = { ...snapshot, changes: {} };
    for (let look = 0; look < looks; look += 1) {
      const { verdicts } = evaluateFleet(world, policy, NOW);
      if (verdicts.every(({ decision }) => decision.kind !== 'act')) return { world, looks: look };
      world = carriedOut(world, verdicts, NOW);
    }
    return { world, looks };
  };

  it('law: comes to rest: after some looks nobody wants anything any more', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        expect(settled(situation).looks).toBeLessThan(60);
      }),
      { numRuns: 300 },
    );
  });

  it('law: never brings the connections above their limit', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const before = exceeded(situation.policy, situation.snapshot);
        const after = exceeded(situation.policy, settled(situation).world);
        expect(after.filter((side) => !before.includes(side))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('law: never brings the cost above the budget', () => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        const budget = situation.policy.budget?.usdPerMonthAtCeiling ?? Infinity;
        const before = costOf(situation.policy, situation.snapshot);
        const after = costOf(situation.policy, settled(situation).world);
        expect(after).toBeLessThanOrEqual(Math.max(budget, before));
      }),
      { numRuns: 200 },
    );
  });

  /** With the ceilings that scheduled actions will bring. */
  function ceilingOf(snapshot: FleetSnapshot, name: string, otherwise: number): number {
    const { scaling, scheduled } = snapshot.services[name]!;
    if (scaling.kind === 'unseen' || scaling.value === null) return otherwise;
    return largest([scaling.value.bounds, ...(scheduled.kind === 'seen' ? scheduled.value.ours : [])]);
  }

  function exceeded(policy: FleetPolicy, snapshot: FleetSnapshot): readonly string[] {
    const math = connectionMath(planAt(policy, (name, configuredMax) => ceilingOf(snapshot, name, configuredMax)));
    return exceededSides(math).map(({ side }) => side);
  }

  function costOf(policy: FleetPolicy, snapshot: FleetSnapshot): number {
    return policy.services.reduce(
      (sum, { name, max, task }) => sum + usdPerMonth(task, ceilingOf(snapshot, name, max), policy.region)!,
      0,
    );
  }
});

it('law: the record of a wish is enough to come to it again', () => {
  fc.assert(
    fc.property(anySituation, ({ policy, snapshot }) => {
      for (const lever of LEVERS) {
        for (const { lever: name, input, settings, wanted } of lever.propose(snapshot, policy, NOW)) {
          const stored = parseCanonicalJson(canonicalJson({ input, settings })) as {
            input: unknown;
            settings: unknown;
          };
          expect(replay(name, stored.input, stored.settings, NOW)).toEqual(wanted);
          const plain = JSON.parse(JSON.stringify({ input, settings })) as typeof stored;
          expect(replay(name, plain.input, plain.settings, NOW)).toEqual(wanted);
        }
      }
    }),
  );
});

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}
