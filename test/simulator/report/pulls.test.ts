import { describe, expect, it } from '@jest/globals';

import type { AuditRecord, Transition } from '../../../shared/domain/audit.ts';
import { abstain, act, type Decision, hold, stopped } from '../../../shared/domain/decision.ts';
import type { Reason } from '../../../shared/domain/reason.ts';
import { timeFormat } from '../../../simulator/report/format.ts';
import { pullsOf } from '../../../simulator/report/pulls.ts';

const WEEK = { start: Date.parse('2026-11-29T00:00:00Z'), end: Date.parse('2026-12-06T00:00:00Z') };
const target = { cluster: 'production', service: 'core-api' };
const raise = act({ kind: 'set-capacity-bounds', target, from: { min: 2, max: 10 }, to: { min: 2, max: 15 } }, 'grow', {
  code: 'pinned-at-max',
  max: 10,
  cpuPercent: 91,
  targetPercent: 70,
  minutes: 10,
  needed: 13,
});
const veto = { code: 'observe-only' } as const;

function record(transition: Transition, over: Partial<AuditRecord> = {}): AuditRecord {
  return {
    schema: 1,
    sequence: 1,
    at: '2026-12-01T07:00:00.000Z',
    fleet: 'production',
    resource: 'service/production/core-api',
    transition,
    lever: 'ceiling',
    decisionId: 'decision-1',
    trigger: { kind: 'tick', id: 'tick-1' },
    reasons: [],
    sentence: 'as told',
    decision: raise,
    replay: null,
    before: undefined,
    after: undefined,
    monthlyCostDeltaUsd: null,
    codeVersion: 'test',
    policyVersion: 'test',
    previousHash: '0',
    hash: '1',
    ...over,
  };
}

const pulls = (...records: readonly AuditRecord[]) => pullsOf(records, timeFormat('UTC', WEEK));

describe('lever pulls from the audit records', () => {
  it('are one for each decision, with what became of it', () => {
    const later = '2026-12-01T07:00:03.000Z';
    expect(pulls(record('decided'), record('attempting', { at: later }), record('applied', { at: later }))).toEqual([
      {
        at: Date.parse('2026-12-01T07:00:00Z'),
        effectiveAt: [],
        resource: 'service/production/core-api',
        lever: 'ceiling',
        title: 'set capacity bounds 2–10 → 2–15 tasks',
        detail: ['at the ceiling of 10 tasks with 91 % CPU against a target of 70 % for 10 minutes, needs 13'],
        before: '2–10',
        after: '2–15',
        status: 'applied',
        decisionId: 'decision-1',
      },
    ]);
  });

  const skipped: Reason = { code: 'already-there' };
  const failed: Reason = { code: 'not-permitted', detail: 'no' };
  it.each([
    { when: 'nothing followed', story: [record('decided')], status: 'open', last: /needs 13/ },
    { when: 'it was cut off', story: [record('decided'), record('attempting')], status: 'open', last: /needs 13/ },
    {
      when: 'it was skipped',
      story: [record('decided'), record('skipped', { reasons: [skipped] })],
      status: 'skipped',
      last: /already so/,
    },
    {
      when: 'it failed',
      story: [record('decided'), record('failed', { reasons: [failed] })],
      status: 'failed',
      last: /not permitted/,
    },
    {
      when: 'it was verified',
      story: [record('decided'), record('applied'), record('verified')],
      status: 'applied',
      last: /needs 13/,
    },
    {
      when: 'a guard stopped it',
      story: [record('blocked', { decision: stopped(raise, veto), reasons: [veto] })],
      status: 'held',
      last: /only observes/,
    },
  ])('are told as $status when $when', ({ story, status, last }) => {
    const [pull] = pulls(...story);
    expect(pull?.status).toBe(status);
    expect(pull?.detail.at(-1)).toMatch(last);
  });

  it.each<{ when: string; transition: Transition; decision: Decision | null }>([
    { when: 'a lever held', transition: 'held', decision: hold({ code: 'no-event-ahead' }) },
    {
      when: 'a lever could not say',
      transition: 'abstained',
      decision: abstain({ code: 'not-deployed', detail: 'gone' }),
    },
    { when: 'somebody else changed something', transition: 'external', decision: null },
    { when: 'a request was refused', transition: 'refused', decision: null },
  ])('are none when $when', ({ transition, decision }) => {
    expect(pulls(record(transition, { decision }))).toEqual([]);
  });

  it('stand in the order of time', () => {
    const early = record('decided', { decisionId: 'early', at: '2026-12-01T06:00:00.000Z' });
    expect(pulls(record('decided'), early).map(({ decisionId }) => decisionId)).toEqual(['early', 'decision-1']);
  });

  it('say when scheduled bounds take effect, in the time zone of the page', () => {
    const at = Date.parse('2026-12-02T06:10:00Z');
    const actions = [
      { name: 'on', at, min: 12, max: 20 },
      { name: 'off', at: at + 3_600_000, min: 2 },
    ];
    const reason = { code: 'event-ahead', event: 'deadline', from: at, floor: 12 } as const;
    const decision = act({ kind: 'schedule-capacity', owner: 'event', target, from: [], to: actions }, 'grow', reason);
    const [pull] = pullsOf([record('decided', { decision })], timeFormat('Europe/Berlin', WEEK));
    expect(pull?.effectiveAt).toEqual([at, at + 3_600_000]);
    expect(pull?.before).toBe('nothing scheduled');
    expect(pull?.after.replaceAll('\u00a0', ' ')).toBe('Wed 2 Dec, 07:10: min 12, max 20; Wed 2 Dec, 08:10: min 2');
  });

  it('show what was repaired', () => {
    const tracking = {
      name: 'fulcrum-cpu',
      cpuPercent: 70,
      scaleOutCooldownSeconds: 60,
      scaleInCooldownSeconds: 300,
      disableScaleIn: false,
      metricResolution: '60s',
    } as const;
    const to = { bounds: { min: 2, max: 10 }, targetTracking: tracking };
    const suspended = { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: false };
    const from = { bounds: { min: 2, max: 10 }, suspended, targetTracking: [], otherPolicies: [] };
    const repair = (before: typeof from | null) =>
      record('decided', {
        decision: act({ kind: 'ensure-target-tracking', target, from: before, to }, 'repair', {
          code: 'not-registered',
        }),
      });
    const plain = (text: string | undefined): string | undefined => text?.replaceAll('\u00a0', ' ');
    expect(pulls(repair(null))[0]?.before).toBe('not registered');
    expect(plain(pulls(repair(from))[0]?.before)).toBe('2–10, no policy, suspended');
    expect(plain(pulls(repair(from))[0]?.after)).toBe('2–10, 70 % CPU');
  });

  it('show of pools what moves', () => {
    const sizes = { defaultPoolSize: 13, reservePoolSize: 0, maxClientConnections: 1_000 };
    const from = ['a', 'b'].map((instance) => ({ instance, sizes }));
    const pooler = { cluster: 'production', service: 'pgbouncer' };
    const decision = act({ kind: 'tune-pgbouncer', pooler, from, to: { ...sizes, defaultPoolSize: 25 } }, 'repair', {
      code: 'pool-size-lost',
      instances: ['a', 'b'],
    });
    expect(pulls(record('decided', { decision }))).toMatchObject([
      { before: 'default_pool_size 13', after: 'default_pool_size 25' },
    ]);
  });

  describe('tell what is wanted again and again once', () => {
    const raiseTo = (max: number) =>
      act({ kind: 'set-capacity-bounds', target, from: { min: 2, max: 10 }, to: { min: 2, max } }, 'grow', {
        code: 'pinned-at-max',
        max: 10,
        cpuPercent: 91,
        targetPercent: 70,
        minutes: 10,
        needed: 13,
      });
    const proposed = (max: number) => {
      const to = { proposes: raiseTo(max).change, lastNeededAt: WEEK.start };
      if (to.proposes.kind === 'tend-proposal') throw new Error('a proposal of a proposal');
      const change = {
        kind: 'tend-proposal',
        lever: 'ceiling',
        about: 'a',
        from: null,
        to: { ...to, proposes: to.proposes },
      };
      return act(change as Parameters<typeof act>[0], 'repair', { code: 'code-out-of-step', live: '', inCode: '' });
    };
    const onDay = (day: number, decision: Decision, outcome: Transition) => {
      const told = { decisionId: `d${day}`, at: `2026-12-0${day}T07:00:00.000Z`, resource: 'proposal/ceiling/a' };
      return [record('decided', { ...told, decision }), record(outcome, told)];
    };
    const days = (...told: readonly AuditRecord[][]) => pulls(...told.flat()).map(({ decisionId }) => decisionId);

    it('a proposal that is renewed by the day', () => {
      const renewed = [1, 2, 3].map((day) => onDay(day, proposed(15), 'applied'));
      expect(days(...renewed)).toEqual(['d1']);
    });

    it('by the value that the code has and shall have', () => {
      expect(pulls(...onDay(1, proposed(15), 'applied'))).toMatchObject([{ before: 'max 10', after: 'max 15' }]);
    });

    it('but of another number, and of one that is proposed at last', () => {
      expect(
        days(
          onDay(1, proposed(15), 'applied'),
          onDay(2, proposed(16), 'skipped'),
          onDay(3, proposed(16), 'applied'),
          onDay(4, proposed(16), 'skipped'),
          onDay(5, proposed(15), 'applied'),
        ),
      ).toEqual(['d1', 'd2', 'd3', 'd5']);
    });

    it('but of a failure', () => {
      expect(days(onDay(1, proposed(15), 'applied'), onDay(2, proposed(15), 'failed'))).toEqual(['d1', 'd2']);
    });

    it('a change that is held back by the hour, until another one is', () => {
      const held = (day: number, max: number) => {
        const told = { decisionId: `d${day}`, at: `2026-12-0${day}T07:00:00.000Z`, reasons: [veto] };
        return [record('blocked', { ...told, decision: stopped(raiseTo(max), veto) })];
      };
      expect(days(held(1, 15), held(2, 15), held(3, 16), held(4, 15))).toEqual(['d1', 'd3', 'd4']);
    });

    it('and never what is done twice', () => {
      expect(days(onDay(1, raiseTo(15), 'applied'), onDay(2, raiseTo(15), 'applied'))).toEqual(['d1', 'd2']);
    });
  });
});
