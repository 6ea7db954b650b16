import { describe, expect, it } from '@jest/globals';
import type { Act } from '../../shared/domain/decision.ts';
import { explain } from '../../shared/domain/explain.ts';
import type { QuietWindow } from '../../shared/domain/infrastructure.ts';
import { applyGuards } from '../../shared/guards/apply-guards.ts';
import { routeOf } from '../../shared/guards/route.ts';
import { DATABASE_REASONS } from '../support/builders/database-reasons.ts';
import { aGuardContext } from '../support/builders/guard-context.ts';
import { anInfrastructure } from '../support/builders/infrastructure.ts';
import { A_DATABASE, aFleetPolicy, type FleetInput } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';

const CODE = { repository: 'example/infrastructure', paths: ['production'] };
const database = { kind: 'rds-instance', identifier: 'production' } as const;

const toClass = (instanceClass: string, kind: 'rds-instance' | 'aurora-cluster' = database.kind): Act => ({
  kind: 'act',
  direction: 'grow',
  change: {
    kind: 'change-database-class',
    database: { ...database, kind },
    from: { instanceClass: 'db.t4g.medium' },
    to: { instanceClass },
  },
  because: [DATABASE_REASONS['database-pressed']],
});

type Settings = NonNullable<NonNullable<FleetInput['levers']>['database-class']>;
/** Of db.r6g.large, from noon for a day, whenever it is needed. It is 12:30. */
const APPROVAL = {
  by: 'database on-call',
  instanceClass: 'db.r6g.large',
  from: '2026-12-01T12:00:00Z',
  until: '2026-12-02T12:00:00Z',
  window: 'any-time',
} as const;

const fleet = (lever: Settings, over: Partial<FleetInput> = {}) =>
  aFleetPolicy({ database: A_DATABASE, levers: { 'database-class': lever }, ...over });

interface Row {
  readonly when: string;
  readonly approval?: Settings['approval'];
  readonly wanted?: Act;
  readonly mode?: 'apply' | 'propose' | 'observe';
  readonly hasCode?: boolean;
  readonly quiet?: QuietWindow;
  readonly then: string;
}

const quietFrom = (from: number, to: number): QuietWindow => ({ from, to, loadPercent: 20 });
const NEEDED = 'hold: a class is changed live only with an approval of exactly db.r6g.large that has not expired';
const WAITS = 'hold: waits for';

function judged({ approval, wanted = toClass('db.r6g.large'), mode = 'apply', hasCode = false, quiet }: Row) {
  const policy = fleet(
    { mode, ...(approval === undefined ? {} : { approval }) },
    hasCode ? { infrastructureCode: CODE } : {},
  );
  const infrastructure = anInfrastructure({ quietWindow: quiet ?? null });
  const context = aGuardContext({ lever: 'database-class', wanted, policy, world: { infrastructure } });
  const decision = applyGuards({ ...context, service: null, resource: 'database/production' });
  return { told: explain(decision), decision, route: routeOf('database-class', wanted.change, policy, NOW) };
}

describe('the class of a database is changed live only with an approval', () => {
  // prettier-ignore
  it.each<Row & { route: string }>([
    { when: 'nobody has approved',                     then: NEEDED, route: 'nowhere' },
    { when: 'somebody has, of exactly this class',     approval: APPROVAL, then: 'change the class', route: 'live' },
    { when: 'of another class',                        approval: { ...APPROVAL, instanceClass: 'db.r6g.xlarge' }, then: NEEDED, route: 'nowhere' },
    { when: 'it begins now',                           approval: { ...APPROVAL, from: '2026-12-01T12:30:00Z' }, then: 'change the class', route: 'live' },
    { when: 'it begins in a second',                   approval: { ...APPROVAL, from: '2026-12-01T12:30:01Z' }, then: NEEDED, route: 'nowhere' },
    { when: 'it ends in a second',                     approval: { ...APPROVAL, until: '2026-12-01T12:30:01Z' }, then: 'change the class', route: 'live' },
    { when: 'it ends now',                             approval: { ...APPROVAL, until: '2026-12-01T12:30:00Z' }, then: NEEDED, route: 'nowhere' },
    { when: 'its times have another offset',           approval: { ...APPROVAL, from: '2026-12-01T13:00:00+01:00', until: '2026-12-01T13:31:00+01:00' }, then: 'change the class', route: 'live' },
    { when: 'the lever only proposes',                 approval: APPROVAL, mode: 'propose', hasCode: true, then: 'change the class', route: 'proposal' },
    { when: 'the lever only observes',                 approval: APPROVAL, mode: 'observe', then: 'hold: the lever only observes', route: 'nowhere' },
    { when: 'nobody has, and there is code to propose in', hasCode: true, then: 'change the class', route: 'proposal' },
    { when: 'it has ended, and there is code',         approval: { ...APPROVAL, until: '2026-12-01T12:30:00Z' }, hasCode: true, then: 'change the class', route: 'proposal' },
    { when: 'of an Aurora cluster, which is changed in its code alone', approval: APPROVAL, wanted: toClass('db.r6g.large', 'aurora-cluster'), hasCode: true, then: 'change the class', route: 'proposal' },
    { when: 'the same without code',                   approval: APPROVAL, wanted: toClass('db.r6g.large', 'aurora-cluster'), then: NEEDED, route: 'nowhere' },
  ])('$when: $then', (row) => {
    const { told, route } = judged(row);
    expect(told.startsWith(row.then)).toBe(true);
    expect(route).toBe(row.route);
  });

  // prettier-ignore
  it.each<Row>([
    { when: 'they are now',           quiet: quietFrom(at('12:00'), at('14:00')),         then: 'change the class' },
    { when: 'they begin now',         quiet: quietFrom(NOW, at('14:00')),                 then: 'change the class' },
    { when: 'they have just ended',   quiet: quietFrom(at('10:00'), NOW),                 then: `${WAITS} quiet hours, none are known` },
    { when: 'they are to come',       quiet: quietFrom(at('01:00', 1), at('03:00', 1)),   then: `${WAITS} the quiet hours from 2026-12-02 01:00 UTC` },
    { when: 'nobody knows them',                                                          then: `${WAITS} quiet hours, none are known` },
  ])('in the quiet hours, unless it says otherwise: $when', (row) => {
    const { told } = judged({ ...row, approval: { ...APPROVAL, window: 'quiet-hours' } });
    expect(told.startsWith(row.then)).toBe(true);
  });

  it('what is held back names what would have been done', () => {
    const { decision } = judged({ when: '', then: '' });
    expect(decision).toMatchObject({
      kind: 'hold',
      because: [{ code: 'approval-needed', instanceClass: 'db.r6g.large' }],
      instead: { change: { to: { instanceClass: 'db.r6g.large' } } },
    });
    const waiting = judged({ when: '', then: '', approval: { ...APPROVAL, window: 'quiet-hours' } });
    expect(waiting.decision.because).toEqual([{ code: 'waits-for-quiet-hours', from: null }]);
  });
});

describe('what `apply` does not reach goes through a person', () => {
  const grow = (change: Act['change']): Act => ({ ...toClass('db.r6g.large'), change });
  const replicas = (kind: 'rds-instance' | 'aurora-cluster'): Act =>
    grow({ kind: 'set-read-replicas', database: { ...database, kind }, from: { replicas: 0 }, to: { replicas: 1 } });
  const storage = { allocatedGiB: 250, iops: null, throughputMibps: null };
  const provision = grow({ kind: 'provision-storage', database, from: storage, to: { ...storage, allocatedGiB: 400 } });

  it.each([
    { when: 'a replica of RDS', wanted: replicas('rds-instance'), withCode: 'proposal', without: 'nowhere' },
    { when: 'a replica of Aurora', wanted: replicas('aurora-cluster'), withCode: 'live', without: 'live' },
    { when: 'storage', wanted: provision, withCode: 'proposal', without: 'nowhere' },
  ])('$when', ({ wanted, withCode, without }) => {
    const mode = { 'read-replica': { mode: 'apply' } } as const;
    const coded = aFleetPolicy({ infrastructureCode: CODE, levers: mode });
    expect(routeOf('read-replica', wanted.change, coded, NOW)).toBe(withCode);
    expect(routeOf('read-replica', wanted.change, aFleetPolicy({ levers: mode }), NOW)).toBe(without);
  });

  it('and is told so where there is no code to propose in', () => {
    const policy = aFleetPolicy({ database: A_DATABASE, levers: { iops: { mode: 'apply' } } });
    const context = aGuardContext({ lever: 'iops', wanted: provision, policy });
    expect(explain(applyGuards({ ...context, service: null }))).toMatch(/^hold: the lever only proposes/);
  });
});
