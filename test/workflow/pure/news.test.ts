import { describe, expect, it } from '@jest/globals';
import type { LeverName } from '../../../shared/config/policy.ts';
import type { AuditRecord } from '../../../shared/domain/audit.ts';
import { abstain, type Decision, hold, stopped } from '../../../shared/domain/decision.ts';
import type { Verdict } from '../../../shared/evaluation/evaluate-fleet.ts';
import type { FleetMemory } from '../../../shared/ports.ts';
import { digestOf, newsAmong, toldAfter, toldAlike, transitionOf } from '../../../shared/workflow/news.ts';
import { anAct, CORE_API_RESOURCE } from '../../support/builders/decisions.ts';
import { REASONS } from '../../support/builders/reasons.ts';

const verdict = (decision: Decision, lever: LeverName = 'ceiling', resource = CORE_API_RESOURCE): Verdict => ({
  proposal: { lever, resource, service: 'core-api', input: {}, settings: {}, wanted: decision },
  decision,
});

const memory = (told: FleetMemory['told'] = {}): FleetMemory => ({ version: 3, told, lastSeen: {} });
const remembering = (decision: Decision): FleetMemory =>
  memory({ [CORE_API_RESOURCE]: { ceiling: digestOf(decision) } });

const below = hold(REASONS['below-max']);
const blind = abstain(REASONS.blind);
const notAsked = abstain({ code: 'blind', to: 'the running tasks', because: { code: 'not-asked' } });
const notDue = hold(REASONS['not-due']);
const frozen = stopped(anAct(), REASONS.frozen);

describe('how a decision is told', () => {
  // prettier-ignore
  it.each([
    { decision: anAct(), transition: 'decided',   digest: 'decided:pinned-at-max' },
    { decision: below,   transition: 'held',      digest: 'held:below-max' },
    { decision: frozen,  transition: 'blocked',   digest: 'blocked:frozen' },
    { decision: stopped(anAct(), REASONS.frozen, REASONS.paused), transition: 'blocked', digest: 'blocked:frozen,paused' },
    { decision: stopped(anAct(), REASONS['observe-only']), transition: 'blocked', digest: 'blocked:observe-only>pinned-at-max' },
    { decision: stopped(anAct(), REASONS['propose-only']), transition: 'blocked', digest: 'blocked:propose-only>pinned-at-max' },
    { decision: blind,   transition: 'abstained', digest: 'abstained:blind' },
  ])('$digest', ({ decision, transition, digest }) => {
    expect(transitionOf(decision)).toBe(transition);
    expect(digestOf(decision)).toBe(digest);
  });
});

describe('what is news', () => {
  // prettier-ignore
  it.each<{ when: string; before: Decision | null; now: Decision; isNews: boolean }>([
    { when: 'nothing was told before',             before: null,    now: below,    isNews: true },
    { when: 'the same was told',                   before: below,   now: below,    isNews: false },
    { when: 'only numbers differ',                 before: below,   now: hold({ code: 'below-max', desired: 9, max: 10 }), isNews: false },
    { when: 'the reason differs',                  before: below,   now: hold(REASONS['not-sustained']), isNews: true },
    { when: 'the kind differs',                    before: below,   now: blind,    isNews: true },
    { when: 'it is stopped for another reason',    before: frozen,  now: stopped(anAct(), REASONS.paused), isNews: true },
    { when: 'a further reason has come',           before: frozen,  now: stopped(anAct(), REASONS.frozen, REASONS.paused), isNews: true },
    { when: 'it acts',                             before: below,   now: anAct(),  isNews: true },
    { when: 'it acts again',                       before: anAct(), now: anAct(),  isNews: true },
    { when: 'the look was not due',                before: below,   now: notDue,   isNews: false },
    { when: 'its slow metric was not asked',       before: below,   now: notAsked, isNews: false },
    { when: 'it was not due from the beginning',   before: null,    now: notDue,   isNews: false },
  ])('$when: $isNews', ({ before, now, isNews }) => {
    const known = before === null ? memory() : remembering(before);
    expect(newsAmong([verdict(now)], known)).toEqual(isNews ? [verdict(now)] : []);
  });

  it('is judged for each lever and each resource', () => {
    const verdicts = [
      verdict(below),
      verdict(below, 'known-event'),
      verdict(below, 'ceiling', 'service/production/worker'),
    ];
    expect(
      newsAmong(verdicts, remembering(below)).map(({ proposal }) => `${proposal.lever} ${proposal.resource}`),
    ).toEqual(['known-event service/production/core-api', 'ceiling service/production/worker']);
  });
});

describe('what the audit table tells alike', () => {
  const record = (decision: Decision | null, lever = 'ceiling'): AuditRecord => ({
    at: '2026-12-01T12:30:00.000Z',
    fleet: 'production',
    resource: CORE_API_RESOURCE,
    transition: 'held',
    lever,
    decisionId: 'ceiling/production/core-api/20261201T1230-0a1b2c3d',
    trigger: { kind: 'tick', id: 'tick-1' },
    reasons: [],
    sentence: '',
    decision,
    replay: null,
    before: undefined,
    after: undefined,
    monthlyCostDeltaUsd: null,
    codeVersion: 'abc1234',
    policyVersion: '0a1b2c3d4e5f',
    schema: 1,
    sequence: 1,
    previousHash: '0'.repeat(64),
    hash: 'f'.repeat(64),
  });

  // prettier-ignore
  it.each<{ when: string; records: AuditRecord[]; isAlike: boolean }>([
    { when: 'the newest of the lever says the same',       records: [record(below)],                        isAlike: true },
    { when: 'another lever has spoken since',              records: [record(frozen, 'known-event'), record(below)], isAlike: true },
    { when: 'what became of a change was told since',      records: [record(null), record(below)],          isAlike: true },
    { when: 'the newest of the lever says something else', records: [record(frozen), record(below)],        isAlike: false },
    { when: 'only another lever says the same',            records: [record(below, 'known-event')],         isAlike: false },
    { when: 'there is none',                               records: [],                                     isAlike: false },
  ])('when $when: $isAlike', ({ records, isAlike }) => {
    expect(toldAlike(records, 'ceiling', below)).toBe(isAlike ? records.at(-1) : null);
  });
});

const OTHERS = new Set(['pool-size']);

describe('what is remembered', () => {
  it('the newest of each lever and resource; what is gone is forgotten', () => {
    const before = memory({ 'service/production/old': { ceiling: 'held:below-max' } });
    expect(
      toldAfter([verdict(anAct()), verdict(blind, 'known-event'), verdict(below, 'ceiling', 'b')], before, OTHERS),
    ).toEqual({
      [CORE_API_RESOURCE]: { ceiling: 'decided:pinned-at-max', 'known-event': 'abstained:blind' },
      b: { ceiling: 'held:below-max' },
    });
  });

  it('what levers of other looks have told', () => {
    const before = memory({ 'pooler/production/pgbouncer': { 'pool-size': 'held:nobody-waits', gone: 'held:calm' } });
    expect(toldAfter([], before, OTHERS)).toEqual({
      'pooler/production/pgbouncer': { 'pool-size': 'held:nobody-waits' },
    });
  });

  it('what was said last, where a look was not due', () => {
    expect(toldAfter([verdict(notDue)], remembering(below), OTHERS)).toEqual({
      [CORE_API_RESOURCE]: { ceiling: 'held:below-max' },
    });
    expect(toldAfter([verdict(notDue)], memory(), OTHERS)).toEqual({ [CORE_API_RESOURCE]: {} });
  });

  it('so that a hold is told once, however often it is looked at', () => {
    const told = memory(toldAfter([verdict(frozen)], memory(), OTHERS));
    expect(newsAmong([verdict(frozen)], told)).toEqual([]);
  });
});
