import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyChain } from '../../../shared/audit/chain.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { instant } from '../../../shared/domain/units.ts';
import type { LeverName } from '../../../shared/config/policy.ts';
import { replay } from '../../../shared/evaluation/replay.ts';
import { local } from './deadline-day.ts';
import { type Evidence, liveThroughTheDay } from './evidence.ts';
import { DATABASE_CLASS, POLICY_OF_OTHERS, SCHEDULE_OF_OTHERS, TABLES } from './furnished-account.ts';
import { type FunctionName, grantedCalls } from './stack.ts';
import { boundsOverTheDay, callTable, clockTime, counts, line, nameOf } from './summaries.ts';

/**
 * A deadline day from 06:00 to midnight over the wire: the packaged functions, woken by events in their real shape, talk
 * through the real SDK to an emulator of AWS whose services a simulated plant moves.
 */
let seen: Evidence;

/** A minute and a half on a machine that does nothing else. */
const TIMEOUT_MS = 1_800_000;

beforeAll(async () => {
  seen = await liveThroughTheDay();
}, TIMEOUT_MS);

afterAll(() => {
  process.stdout.write(`\nCalls of the AWS API in the day:\n${callTable(seen.invoked, seen.calls)}\n`);
});

const recordsOf = (service: string): readonly AuditRecord[] =>
  seen.audit.byResource.get(`service/production/${service}`) ?? [];
const decided = (service: string): readonly string[] =>
  recordsOf(service)
    .filter(({ transition }) => transition === 'decided')
    .map(line);
const boundsOf = (service: string): readonly string[] => boundsOverTheDay(seen.day.steps.get(service) ?? []);
const answer = (what: string): unknown => {
  const given = seen.day.answers.get(what);
  return given?.kind === 'returned' ? given.value : given;
};
/** What changes scaling in the account. */
const CHANGING = /^application-autoscaling:(Register|Put|Delete)/;

describe('in the morning', () => {
  it('registers the service that was forgotten and resumes the one that was suspended', () => {
    expect(decided('telemetry-api')[0]).toBe('06:00 target-tracking decided not-registered');
    expect(decided('portal')[0]).toBe('06:00 target-tracking decided scaling-suspended');
    const registered = seen.targets.map(({ ResourceId }) => ResourceId?.split('/').at(-1));
    expect(registered.sort()).toEqual(['core-api', 'portal', 'telemetry-api']);
    const isSuspended = seen.targets.filter(({ SuspendedState = {} }) => Object.values(SuspendedState).some(Boolean));
    expect(isSuspended).toEqual([]);
  });

  it('leaves every service with one policy as fulcrum.yml says, under the name that it had', () => {
    const tracking = seen.policies.map(({ ResourceId, PolicyName, TargetTrackingScalingPolicyConfiguration: is }) => [
      ResourceId?.split('/').at(-1),
      PolicyName,
      is?.TargetValue,
      is?.ScaleOutCooldown,
      is?.ScaleInCooldown,
      is?.PredefinedMetricSpecification?.PredefinedMetricType,
    ]);
    const values = [70, 60, 300, 'ECSServiceAverageCPUUtilization'];
    expect(tracking.sort()).toEqual([
      ['core-api', POLICY_OF_OTHERS, ...values],
      ['portal', POLICY_OF_OTHERS, ...values],
      ['telemetry-api', 'fulcrum-cpu', ...values],
    ]);
  });

  it('lowers a ceiling that was left high, after a calm day', () => {
    expect(decided('portal')[1]).toBe('07:00 ceiling decided calm');
    expect(boundsOf('portal').slice(0, 2)).toEqual(['06:00 2–9', '07:00 2–6']);
  });

  it('does not do twice what two invocations have seen at the same moment', () => {
    const changes = seen.calls.filter(
      (call) => call.caller === 'ensure-target-tracking' && CHANGING.test(nameOf(call)),
    );
    // Two repairs in the morning and one by day, each of two registrations (bounds, suspension) and a policy.
    expect(counts(changes.map(nameOf))).toEqual({
      'application-autoscaling:PutScalingPolicy': 3,
      'application-autoscaling:RegisterScalableTarget': 6,
    });
  });
});

describe('the known event', () => {
  const ours = (what: string): unknown => {
    const lines = Object.entries(seen.day.scheduled.get(what) ?? {}).map(([service, actions]) => [
      service,
      actions.filter((action) => !action.startsWith(SCHEDULE_OF_OTHERS)),
    ]);
    return Object.fromEntries(lines.filter(([, actions]) => actions!.length > 0)) as unknown;
  };
  const stepUp = 'fulcrum-event-20261201T0745 at(2026-12-01T07:45:00) UTC';
  const stepDown = 'fulcrum-event-20261201T1900 at(2026-12-01T19:00:00) UTC';

  it('answers what will happen when, and what the connection math says', () => {
    const steps = [
      { at: '2026-12-01 08:45 Europe/Berlin', minTasks: 8, maxTasksAtLeast: 12 },
      { at: '2026-12-01 20:00 Europe/Berlin', minTasks: 2, maxTasksAtLeast: null },
    ];
    expect(answer('announcement')).toMatchObject({
      status: 'announced',
      services: [{ service: 'core-api', steps }, { service: 'portal' }],
      connections: { math: { client: { needed: 680, limit: 2000 }, server: { needed: 62, limit: 160 } } },
    });
  });

  it('touches nothing in a dry run, and gives the same answer', () => {
    expect(answer('dry run')).toEqual({ ...(answer('announcement') as object), status: 'dry-run' });
    const [dryRun] = seen.invoked.filter(({ name }) => name === 'known-event');
    expect(dryRun?.calls.map(nameOf).filter((call) => /Put|Delete|Update|Register/.test(call))).toEqual([]);
  });

  it('refuses a floor above the hard limit, with a record', () => {
    expect(answer('too much')).toMatchObject({ status: 'refused', code: 'above-hard-limit' });
    expect(seen.audit.byResource.get('fleet/filing')?.map(line)).toEqual([
      '07:13 known-event refused above-hard-limit',
    ]);
  });

  it('stands in the account as pairs of scheduled actions, and is gone when it is over', () => {
    expect(ours('announced')).toEqual({
      'core-api': [`${stepUp} 8 12`, `${stepDown} 2 -`],
      portal: [`${stepUp} 4 -`, `${stepDown} 2 -`],
    });
    expect(ours('begun')).toEqual({ 'core-api': [`${stepDown} 2 -`], portal: [`${stepDown} 2 -`] });
    expect(ours('end')).toEqual({});
  });

  it('steps up at its lead time and gives back at its end', () => {
    expect(boundsOf('core-api').slice(0, 2)).toEqual(['06:00 2–8', '08:45 8–12']);
    expect(boundsOf('core-api').at(-1)).toMatch(/^20:00 2–/);
    expect(boundsOf('portal').at(-1)).toMatch(/^20:00 2–/);
    const steps = recordsOf('core-api').filter(({ reasons }) => reasons[0]?.code === 'scheduled-step-taken');
    expect(steps.map(line)).toEqual([
      '08:50 known-event applied scheduled-step-taken',
      '20:05 known-event applied scheduled-step-taken',
    ]);
  });

  it('puts back the step down that somebody has deleted', () => {
    expect(ours('tidied up')).toEqual({ portal: [`${stepDown} 2 -`] });
    expect(ours('put back')).toEqual({ 'core-api': [`${stepDown} 2 -`], portal: [`${stepDown} 2 -`] });
  });

  it('withdraws an event together with its actions', () => {
    const meters = ['fulcrum-event-20261201T2045 at(2026-12-01T20:45:00) UTC 3 5'];
    meters.push('fulcrum-event-20261201T2200 at(2026-12-01T22:00:00) UTC 2 -');
    expect(ours('second event')).toHaveProperty('telemetry-api', meters);
    expect(ours('withdrawn')).not.toHaveProperty('telemetry-api');
    expect(seen.audit.byResource.get('event/filing/meter-readings')?.map(line)).toEqual([
      '13:01 known-event announced event-announced',
      '13:31 known-event withdrawn event-withdrawn',
    ]);
  });
});

describe('in the course of the day', () => {
  it('tells that somebody has changed the bounds by hand, and puts them right', () => {
    expect(boundsOf('portal').slice(2, 6)).toEqual(['08:45 4–6', '10:31 2–3', '10:35 2–6', '10:40 4–6']);
    expect(recordsOf('portal').map(line)).toContain('10:35 - external changed-by-others');
    expect(decided('portal').slice(3)).toEqual([
      '10:35 target-tracking decided bounds-differ',
      '10:40 known-event decided event-under-way',
    ]);
  });

  it('does not raise a ceiling in front of a busy database, and does when it has calmed down', () => {
    const ceiling = recordsOf('telemetry-api').filter(({ lever }) => lever === 'ceiling');
    expect(ceiling.map(line)).toContain('14:12 ceiling blocked bottleneck-elsewhere');
    const raises = ceiling.filter(({ transition }) => transition === 'applied');
    expect(raises).toHaveLength(1);
    expect(instant(raises[0]!.at)).toBeGreaterThan(local('15:15'));
    expect(boundsOf('telemetry').at(-1)).toMatch(/2–5$/);
  });

  it('raises the ceiling of the announced service when the surge is larger than announced, within the hard limit', () => {
    const raises = boundsOf('core-api').slice(2, -1);
    expect(raises.length).toBeGreaterThan(0);
    const maxima = raises.map((text) => Number(text.split('–')[1]));
    expect([12, ...maxima]).toEqual([12, ...maxima].toSorted((a, b) => a - b));
    expect(maxima.at(-1)).toBeLessThanOrEqual(16);
    expect(raises.every((text) => text.slice(6).startsWith('8–'))).toBe(true);
    // Where Application Auto Scaling says nothing, the alarm brings the look.
    const [first] = recordsOf('core-api').filter(
      ({ lever, transition }) => lever === 'ceiling' && transition === 'decided',
    );
    expect(first?.trigger.kind).toBe('alarm');
    expect(first?.reasons[0]?.code).toBe('pinned-at-max');
  });

  it('misses no load that target tracking alone would have served, and loses less', () => {
    for (const [service, alone] of seen.alone) {
      const steps = seen.day.steps.get(service)!;
      expect(steps).toHaveLength(alone.length);
      const worse = steps.filter(({ missed, lost }, step) => missed > alone[step]!.missed || lost > alone[step]!.lost);
      expect(worse.map(({ at }) => `${service} ${clockTime(at)}`)).toEqual([]);
    }
    const lost = (steps: readonly { readonly lost: number }[]): number =>
      steps.reduce((sum, step) => sum + step.lost, 0);
    expect(lost(seen.alone.get('core-api')!)).toBeGreaterThan(0);
    expect(lost(seen.day.steps.get('core-api')!)).toBe(0);
  });

  it('leaves what is not its business as it was', () => {
    expect(seen.day.scheduled.get('end')).toEqual({ portal: [`${SCHEDULE_OF_OTHERS} cron(0 2 * * ? *) - 3 -`] });
    expect(seen.database).toMatchObject({ DBInstanceClass: DATABASE_CLASS, AllocatedStorage: 100, MultiAZ: true });
    for (const { name, service } of seen.fleet.services) {
      const { desiredCount } = seen.services.find(({ serviceName }) => serviceName === service)!;
      expect([service, desiredCount]).toEqual([service, seen.day.steps.get(name)?.at(-1)?.wanted]);
    }
  });
});

describe('orders', () => {
  const bySecond = (): ReadonlyMap<string, Evidence['orders']> =>
    Map.groupBy(seen.orders, ({ order }) => order.decisionId);

  it('come to every action in every manner', () => {
    const manners = counts(seen.orders.map(({ name, manner }) => `${name} ${manner}`));
    for (const name of ['ensure-target-tracking', 'set-capacity-bounds', 'schedule-capacity']) {
      for (const manner of ['first', 'again', 'at-once', 'late']) {
        expect(manners).toHaveProperty([`${name} ${manner}`]);
      }
    }
  });

  it('are carried out once, however often they come', () => {
    for (const [decisionId, deliveries] of bySecond()) {
      const outcomes = deliveries.map(({ answer: { kind, ...given } }) =>
        kind === 'returned'
          ? (given as { value: { kind: string } }).value.kind
          : (given as { error: { name: string } }).error.name,
      );
      expect(deliveries.length).toBeGreaterThanOrEqual(2);
      expect([decisionId, outcomes.filter((kind) => kind === 'applied')]).toEqual([decisionId, ['applied']]);
      const others = outcomes.filter((kind) => kind !== 'applied');
      expect(others.every((kind) => ['closed-before', 'skipped', 'ResourceBusyError'].includes(kind))).toBe(true);
    }
  });

  it('change nothing when they come again', () => {
    const second = seen.orders.filter(({ manner }) => manner === 'again' || manner === 'late' || manner === 'retry');
    expect(second.flatMap(({ calls }) => calls.map(nameOf)).filter((call) => CHANGING.test(call))).toEqual([]);
    expect(second.flatMap(({ calls }) => calls.map(nameOf)).filter((call) => call.endsWith(TABLES.audit))).toEqual([]);
  });
});

describe('the audit table', () => {
  it('is whole: every record hangs on the one before', () => {
    for (const [resource, records] of seen.audit.byResource) {
      expect([resource, verifyChain(records)]).toEqual([resource, { kind: 'ok', records: records.length }]);
      expect(records[0]?.sequence).toBe(1);
    }
  });

  it('tells the same by day, by resource and by decision', () => {
    const hashes = (groups: Iterable<readonly AuditRecord[]>): readonly string[] =>
      [...groups]
        .flat()
        .map(({ hash }) => hash)
        .sort();
    const byDay = hashes([seen.audit.byDay]);
    expect(hashes(seen.audit.byResource.values())).toEqual(byDay);
    expect(hashes(seen.audit.byDecision.values())).toEqual(byDay);
  });

  it('tells every decision from its reason to its outcome', () => {
    const stories = [...seen.audit.byDecision.values()]
      .map((records) => records.map(({ transition }) => transition).join(' '))
      .filter((story) => story.startsWith('decided'));
    expect(stories).toHaveLength(new Set(seen.orders.map(({ order }) => order.decisionId)).size);
    for (const story of stories) expect(story).toMatch(/^decided attempting applied( verified)?$/);
  });

  it('can be replayed: each lever decides the same on its stored evidence', () => {
    const decisions = seen.audit.byDay.filter((record) => record.replay !== null);
    expect(decisions.length).toBeGreaterThan(30);
    for (const { lever, replay: stored, at } of decisions) {
      expect(replay(lever as LeverName, stored!.input, stored!.settings, instant(at))).toEqual(stored!.wanted);
    }
  });

  it('has one refusal for an alarm that outlived its service, however often it rings', () => {
    const orphans = seen.audit.byDay.filter(({ resource }) => resource.startsWith('alarm/'));
    expect(orphans.map(line)).toEqual(['16:02 - refused unknown-service']);
  });
});

/** Those that a day of scaling calls. What concerns databases, PgBouncers and code is played elsewhere. */
const PLAYED: readonly FunctionName[] = [
  'alarm',
  'ensure-target-tracking',
  'known-event',
  'scaled-to-max',
  'schedule-capacity',
  'set-capacity-bounds',
  'tick',
];

describe('on the wire', () => {
  it('are all functions of the scaling of services, and no others', () => {
    expect([...new Set(seen.invoked.map(({ name }) => name))].sort()).toEqual(PLAYED);
  });

  it.each(PLAYED)('%s calls nothing but what its role grants', (name) => {
    const called = Object.keys(counts(seen.calls.filter(({ caller }) => caller === name).map(nameOf)));
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter((call) => !grantedCalls(name, TABLES).includes(call))).toEqual([]);
  });

  it('needs every grant of the roles', () => {
    const called = new Set(seen.calls.map(nameOf));
    const granted = new Set(PLAYED.flatMap((name) => grantedCalls(name, TABLES)));
    expect([...granted].filter((call) => !called.has(call))).toEqual([]);
  });

  it('only appends to the audit table', () => {
    const operations = seen.calls.filter(({ table }) => table === TABLES.audit).map(({ operation }) => operation);
    expect(Object.keys(counts(operations))).toEqual(['PutItem', 'Query']);
  });

  it('needs a Query of DynamoDB and a read of the forecasts for a tick on which nothing happens, and no metric where nothing is pinned', () => {
    const quiet = seen.invoked.filter(
      ({ name, calls }) => name === 'tick' && !calls.some((call) => /PutItem|UpdateItem/.test(call.operation)),
    );
    const kinds = counts(
      quiet.map(({ calls }) => {
        const metrics = calls.reduce((sum, call) => sum + call.metrics, 0);
        return `${calls
          .filter(({ service }) => service === 'dynamodb')
          .map(nameOf)
          .join(', ')}; ${metrics} metrics`;
      }),
    );
    expect(quiet.length).toBeGreaterThan(150);
    const QUIET = /^(?:dynamodb:(?:Query|BatchGetItem) fulcrum-state(?:, )?){2}; \d metrics$/;
    for (const kind of Object.keys(kinds)) expect(kind).toMatch(QUIET);
    const withoutMetrics = Object.entries(kinds).filter(([kind]) => kind.endsWith('; 0 metrics'));
    expect(withoutMetrics.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(100);
  });

  it('asks for all metrics of a look in one call, and in another for the database where more work is wanted for it', () => {
    // Two invocations at the same moment share their list of calls.
    for (const [calls, looks] of Map.groupBy(seen.invoked, (invoked) => invoked.calls)) {
      const asked = calls.filter(({ operation }) => operation === 'GetMetricData');
      expect(asked.length).toBeLessThanOrEqual(2 * looks.length);
    }
  });

  it('is never answered with anything but success or a condition that did not hold, and is never asked again', () => {
    expect(seen.calls.filter(({ attempt }) => attempt > 1)).toEqual([]);
    const refused = seen.calls.filter(({ status }) => status !== 200);
    expect(refused.filter(({ service, status }) => service !== 'dynamodb' || status !== 400)).toEqual([]);
  });
});

it('logs what it did, and no warning or error', () => {
  expect(seen.written.complaints).toBe('');
  const { INFO: info = 0, ...others } = counts(seen.written.log.flatMap(({ level }) => level ?? []));
  expect(others).toEqual({});
  expect(info).toBeGreaterThan(50);
  const sum = (metric: 'ChangesOrdered' | 'ChangesApplied' | 'ChangesFailed'): number =>
    seen.written.log.reduce((total, entry) => total + (entry[metric] ?? 0), 0);
  const decisions = new Set(seen.orders.map(({ order }) => order.decisionId)).size;
  expect({ ordered: sum('ChangesOrdered'), applied: sum('ChangesApplied'), failed: sum('ChangesFailed') }).toEqual({
    ordered: decisions,
    applied: decisions,
    failed: 0,
  });
});
