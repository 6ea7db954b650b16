import { describe, expect, it } from '@jest/globals';
import type { LeverName } from '../../shared/config/policy.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import type { Bottleneck } from '../../shared/domain/diagnosis.ts';
import { explain } from '../../shared/domain/explain.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { LEVERS } from '../../shared/levers/registry.ts';
import { NOW } from '../support/builders/time.ts';
import { ALONE, type Scenario, TOGETHER } from '../support/runbook.ts';
import { RUNBOOK_POLICY, type Symptom, worldWith } from '../support/runbook-world.ts';

/** What becomes of the wish of every lever of all looks. */
const decisionsWith = (rises: readonly Symptom[]): ReadonlyMap<LeverName, Decision> =>
  new Map(
    evaluateFleet(worldWith(rises), RUNBOOK_POLICY, NOW, LEVERS).verdicts.map(({ proposal, decision }) => [
      proposal.lever,
      decision,
    ]),
  );

const heldIn = (decisions: ReadonlyMap<LeverName, Decision>): Record<string, string> =>
  Object.fromEntries(
    [...decisions].flatMap(([lever, decision]) =>
      decision.kind === 'hold' && decision.instead !== undefined ? [[lever, decision.because[0].code]] : [],
    ),
  );

/** What each symptom is called in the diagnosis, in its order; the other symptoms hold nothing back yet. */
const NAMED: readonly (readonly [Symptom, Bottleneck['kind']])[] = [
  ['full-disk', 'database-storage'],
  ['memory', 'database-memory'],
  ['database-cpu', 'database-cpu'],
  ['iops', 'database-io'],
  ['sessions', 'database-load'],
  ['connections', 'database-connections'],
  ['cache-misses', 'cache'],
  ['pool-wait', 'pool'],
  ['costly-requests', 'request-cost'],
  ['api-cpu', 'tasks'],
];

/**
 * Every lever may act, over one fleet: tasks behind PgBouncer, PostgreSQL, a cache. What rises has risen for as long as the
 * lever in question wants to see.
 */
describe('which lever is right', () => {
  it.each<Scenario>([...ALONE, ...TOGETHER])('$when: $pulled — $why', ({ rises, pulled, held, says }) => {
    const decisions = decisionsWith(rises);
    const acting = [...decisions].flatMap(([lever, { kind }]) => (kind === 'act' ? [lever] : []));
    const told = Object.fromEntries(
      Object.keys(says).map((lever) => [lever, decisions.get(lever as LeverName)?.because[0].code]),
    );
    expect({ pulled: acting, held: heldIn(decisions), says: told }).toEqual({ pulled, held, says });
  });

  it.each<Scenario>([...ALONE, ...TOGETHER])('$when: all of it is named, causes first', ({ rises, held }) => {
    const { diagnosis, verdicts } = evaluateFleet(worldWith(rises), RUNBOOK_POLICY, NOW, LEVERS);
    const named = NAMED.filter(([symptom]) => rises.includes(symptom)).map(([, kind]) => kind);
    expect(diagnosis).toMatchObject({ bottlenecks: named.map((kind) => ({ kind })), unknown: [] });
    for (const { proposal, decision } of verdicts) {
      const [because] = decision.because;
      if (held[proposal.lever] !== 'bottleneck-elsewhere' || because.code !== 'bottleneck-elsewhere') continue;
      expect(because.bottlenecks).toEqual(diagnosis.bottlenecks.filter(({ kind }) => kind.startsWith('database-')));
    }
  });

  it('no lever is blind in it, or the table would prove little', () => {
    for (const { rises } of [...ALONE, ...TOGETHER]) {
      for (const decision of decisionsWith(rises).values()) expect(decision.kind).not.toBe('abstain');
    }
  });

  it('who is held says who goes first, and why', () => {
    const held = decisionsWith(['iops', 'memory']).get('iops')!;
    expect(explain(held)).toMatch(
      /^hold: database-class goes first: what memory cannot hold is read from the disk; otherwise storage of production/,
    );
  });

  it('nobody waits for a remedy that is only observed', () => {
    const policy = {
      ...RUNBOOK_POLICY,
      levers: {
        ...RUNBOOK_POLICY.levers,
        'database-class': { ...RUNBOOK_POLICY.levers['database-class'], mode: 'observe' as const },
      },
    };
    const { verdicts } = evaluateFleet(worldWith(['iops', 'memory']), policy, NOW, LEVERS);
    const acting = verdicts.flatMap(({ proposal, decision }) => (decision.kind === 'act' ? [proposal.lever] : []));
    expect(acting).toEqual(['iops']);
  });
});
