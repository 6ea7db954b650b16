import { describe, expect, it } from '@jest/globals';
import type { FleetPolicy, LeverName } from '../../shared/config/policy.ts';
import type { Decision } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { FleetSnapshot, StandingProposal } from '../../shared/domain/snapshot.ts';
import { evaluateFleet } from '../../shared/evaluation/evaluate-fleet.ts';
import { INFRASTRUCTURE_LEVERS } from '../../shared/levers/infrastructure-levers.ts';
import { minutesAgo, NOW } from '../support/builders/time.ts';
import { aChange } from '../support/builders/world.ts';
import { RUNBOOK_POLICY, type Symptom, worldWith } from '../support/runbook-world.ts';

type Settings = FleetPolicy['levers']['database-class'];

const APPROVAL = {
  by: 'database on-call',
  instanceClass: 'db.r6g.xlarge',
  from: '2026-12-01T00:00:00Z',
  until: '2026-12-03T00:00:00Z',
  window: 'any-time',
} as const;

interface Given {
  readonly rises?: readonly Symptom[];
  readonly lever?: Partial<Settings>;
  readonly hasCode?: 'no';
  readonly standing?: StandingProposal;
  readonly snapshot?: Partial<FleetSnapshot>;
}

const PROPOSAL = 'proposal/database-class/database/production';

/** Memory is short unless told otherwise: db.r6g.xlarge is the next class. */
function verdictOf(
  lever: LeverName,
  { rises = ['memory'], lever: settings, hasCode, standing, snapshot }: Given,
): Decision {
  const { infrastructureCode, ...rest } = RUNBOOK_POLICY;
  const policy: FleetPolicy = {
    ...rest,
    ...(hasCode === 'no' || infrastructureCode === undefined ? {} : { infrastructureCode }),
    levers: {
      ...RUNBOOK_POLICY.levers,
      'database-class': { ...RUNBOOK_POLICY.levers['database-class'], ...settings },
    },
  };
  const world = {
    ...worldWith(rises),
    ...(standing === undefined ? {} : { proposals: { [PROPOSAL]: standing } }),
    ...snapshot,
  };
  const { verdicts } = evaluateFleet(world, policy, NOW, INFRASTRUCTURE_LEVERS.levers);
  return verdicts.find(({ proposal }) => proposal.lever === lever)!.decision;
}

const said = (given: Given): string => explain(verdictOf('database-class', given));

const proposed = (instanceClass: string, agoMinutes: number): StandingProposal => ({
  kind: 'tended',
  decisionId: 'd',
  proposes: {
    kind: 'change-database-class',
    database: { kind: 'rds-instance', identifier: 'production' },
    from: { instanceClass: 'db.m6g.xlarge' },
    to: { instanceClass },
  },
  lastNeededAt: minutesAgo(agoMinutes),
  tendedAt: minutesAgo(agoMinutes),
});
const MOVE = 'change the class of production: db.m6g.xlarge → db.r6g.xlarge';
const SIX_HOURS = 360;

describe('the class of a database, from wish to what becomes of it', () => {
  // prettier-ignore
  it.each<{ when: string; given: Given; then: string }>([
    { when: 'it is proposed',                                given: { lever: { mode: 'propose' } },                          then: `propose in infrastructure code: ${MOVE}` },
    { when: 'it is to be applied, and nobody has approved',  given: {},                                                      then: `propose in infrastructure code: ${MOVE}` },
    { when: 'and there is no code',                          given: { hasCode: 'no' },                                       then: 'hold: a class is changed live only with an approval of exactly db.r6g.xlarge' },
    { when: 'exactly this class was approved',               given: { lever: { approval: APPROVAL } },                       then: MOVE },
    { when: 'another class was approved',                    given: { lever: { approval: { ...APPROVAL, instanceClass: 'db.r6g.2xlarge' } } }, then: `propose in infrastructure code: ${MOVE}` },
    { when: 'it is approved for the quiet hours, none known', given: { lever: { approval: { ...APPROVAL, window: 'quiet-hours' } } }, then: 'hold: waits for quiet hours, none are known; otherwise change the class' },
    { when: 'it was proposed less than six hours ago',       given: { standing: proposed('db.r6g.xlarge', SIX_HOURS - 1) },  then: 'hold: proposed, looked after at' },
    { when: 'another class was proposed',                    given: { standing: proposed('db.r6g.2xlarge', 1) },             then: `propose in infrastructure code: ${MOVE}` },
    { when: 'it is not needed any more',                     given: { rises: [], standing: proposed('db.r6g.xlarge', SIX_HOURS) }, then: 'close the proposal for database/production: not needed since' },
    { when: 'it is not needed, and nothing was proposed',    given: { rises: [] },                                           then: 'hold: as it should be' },
    { when: 'something else goes first: the proposal stands', given: { rises: ['database-cpu', 'reads'], standing: proposed('db.m6g.2xlarge', SIX_HOURS) }, then: 'hold: read-replica goes first' },
    { when: 'a change of the database is on its way',        given: { snapshot: { changes: { 'database/production': aChange({ lever: 'storage', status: 'attempting' }) } } }, then: 'hold: change ' },
  ])('$when: $then', ({ given, then }) => {
    expect(said(given).slice(0, then.length)).toBe(then);
  });

  it('a database that is being modified takes no proposal back', () => {
    const world = worldWith([]);
    const { infrastructure } = world;
    const { database } = infrastructure!;
    const modifying = {
      ...infrastructure!,
      database:
        database.kind === 'seen' ? { ...database, value: { ...database.value, status: 'modifying' } } : database,
    };
    const given = { standing: proposed('db.r6g.xlarge', SIX_HOURS), snapshot: { infrastructure: modifying } };
    expect(said({ rises: [], ...given })).toBe('abstain: the database is changing: modifying');
  });

  it('what is proposed waits for nothing live: storage and class in one look', () => {
    expect(said({ rises: ['storage', 'memory'] })).toMatch(/^propose in infrastructure code/);
    expect(verdictOf('storage', { rises: ['storage', 'memory'] })).toMatchObject({
      kind: 'act',
      change: { kind: 'set-storage-ceiling' },
    });
  });

  it('what is approved is live, and takes its turn: storage first', () => {
    expect(said({ rises: ['storage', 'memory'], lever: { approval: APPROVAL } })).toMatch(
      /^hold: waits for storage, one change at a time; otherwise change the class/,
    );
  });
});

describe('in every mode', () => {
  it.each<{ lever: LeverName; rises: readonly Symptom[]; change: string }>([
    { lever: 'iops', rises: ['iops'], change: 'provision-storage' },
    { lever: 'read-replica', rises: ['database-cpu', 'reads'], change: 'set-read-replicas' },
  ])('$lever of RDS is a pull request', ({ lever, rises, change }) => {
    expect(verdictOf(lever, { rises })).toMatchObject({
      kind: 'act',
      change: { kind: 'tend-proposal', to: { proposes: { kind: change } } },
    });
  });
});
