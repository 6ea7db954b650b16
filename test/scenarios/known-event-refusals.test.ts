import { beforeEach, describe, expect, it } from '@jest/globals';
import { aPolicy } from '../support/policies.ts';
import { Scene } from '../support/scene.ts';

const REQUEST = {
  fleet: 'production',
  event: 'tax deadline',
  from: '2027-03-01T08:00',
  to: '2027-03-01T20:00',
  timeZone: 'Europe/Berlin',
  floors: { api: 8 },
};

/** With clock changes of a year in which Berlin puts its clocks on at 2027-03-28 and back at 2026-10-25. */
const refusals: readonly {
  readonly why: string;
  readonly over: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly says: string;
}[] = [
  {
    why: 'an unknown fleet',
    over: { fleet: 'prodution' },
    code: 'unknown-fleet',
    says: '"prodution"; there are: production',
  },
  {
    why: 'an unknown service',
    over: { floors: { ap: 8 } },
    code: 'unknown-service',
    says: 'no service "ap"; there are: api',
  },
  {
    why: 'a name that every object has',
    over: { floors: { constructor: 8 } },
    code: 'unknown-service',
    says: '"constructor"',
  },
  { why: 'an end before the beginning', over: { to: '2027-03-01T07:59' }, code: 'bad-time', says: 'before it ends' },
  { why: 'an end at the beginning', over: { to: '2027-03-01T08:00' }, code: 'bad-time', says: 'before it ends' },
  {
    why: 'a time that the clock skips',
    over: { from: '2027-03-28T02:30', to: '2027-03-28T08:00' },
    code: 'bad-time',
    says: 'from "2027-03-28T02:30": does not exist in Europe/Berlin, the clock skips it; nearest are 2027-03-28T01:59 and 2027-03-28T03:00',
  },
  {
    why: 'a time that comes twice',
    over: { from: '2026-10-24T08:00', to: '2026-10-25T02:30' },
    code: 'bad-time',
    says: 'to "2026-10-25T02:30": exists twice in Europe/Berlin, the clock is set back; unambiguous are 2026-10-25T01:59 and 2026-10-25T03:00',
  },
  { why: 'a day that no calendar has', over: { from: '2027-02-29T08:00' }, code: 'bad-time', says: 'not a local time' },
  { why: 'a time with an offset', over: { from: '2027-03-01T08:00Z' }, code: 'bad-time', says: 'not a local time' },
  { why: 'a time that is prose', over: { to: 'tomorrow at noon' }, code: 'bad-time', says: '"tomorrow at noon"' },
  { why: 'an unknown zone', over: { timeZone: 'Europe/Berlim' }, code: 'bad-time', says: '"Europe/Berlim"' },
  { why: 'a bare offset as zone', over: { timeZone: '+01:00' }, code: 'bad-time', says: 'not an IANA time zone' },
  { why: 'a path as zone', over: { timeZone: '../../etc/passwd' }, code: 'bad-time', says: 'not an IANA time zone' },
  {
    why: 'an event that is over',
    over: { from: '2026-09-30T08:00', to: '2026-09-30T20:00' },
    code: 'in-the-past',
    says: 'ended already: to 2026-09-30T20:00',
  },
  {
    why: 'an event that ends this very moment',
    over: { from: '2026-10-01T08:00', to: '2026-10-01T11:00' },
    code: 'in-the-past',
    says: 'ended already',
  },
  {
    why: 'a floor above the hard limit',
    over: { floors: { api: 31 } },
    code: 'above-hard-limit',
    says: 'hardLimit of 30',
  },
  {
    why: 'a floor of nothing',
    over: { floors: { api: 0 } },
    code: 'malformed',
    says: 'floors.api: expected at least 1, is 0',
  },
  {
    why: 'a negative floor',
    over: { floors: { api: -3 } },
    code: 'malformed',
    says: 'floors.api: expected at least 1, is -3',
  },
  { why: 'half a task', over: { floors: { api: 2.5 } }, code: 'malformed', says: 'floors.api: expected int, is 2.5' },
  {
    why: 'a floor in words',
    over: { floors: { api: 'eight' } },
    code: 'malformed',
    says: 'floors.api: expected number, is "eight"',
  },
  {
    why: 'a floor that is no number',
    over: { floors: { api: Number.NaN } },
    code: 'malformed',
    says: 'floors.api: expected number, is null',
  },
  { why: 'an endless floor', over: { floors: { api: 1e9 } }, code: 'malformed', says: 'expected at most 5000' },
  { why: 'no floors', over: { floors: {} }, code: 'malformed', says: 'floors: names no service' },
  { why: 'floors as a list', over: { floors: [8] }, code: 'malformed', says: 'floors' },
  { why: 'a key that is misspelt', over: { dryrun: true }, code: 'malformed', says: 'unknown key "dryrun"' },
  {
    why: 'a rehearsal in words',
    over: { dryRun: 'yes' },
    code: 'malformed',
    says: 'dryRun: expected boolean, is "yes"',
  },
  {
    why: 'an event without a name',
    over: { event: '' },
    code: 'malformed',
    says: 'event: expected at least 1 characters',
  },
  {
    why: 'a name that has nothing to call it by',
    over: { event: '!!! ???' },
    code: 'malformed',
    says: 'no letter or digit',
  },
  {
    why: 'a name as long as a letter',
    over: { event: 'a'.repeat(101) },
    code: 'malformed',
    says: 'expected at most 100 characters',
  },
  {
    why: 'a calendar entry',
    over: { event: 'ELECTION — 2027' },
    code: 'malformed',
    says: 'stands in the calendar of fulcrum.yml',
  },
];

/** 11:00 in Berlin. */
const NOW = '2026-10-01T09:00:00Z';

const policy = aPolicy({
  extra: [
    'calendar:',
    "  - { name: 'election 2027', from: '2027-02-28T08:00', to: '2027-02-28T18:00', timeZone: Europe/Berlin, floors: { api: 6 } }",
  ],
});

describe('a known event that cannot be taken', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene(policy, NOW);
  });

  async function refused(): Promise<readonly string[]> {
    const records = [...(await scene.records('fleet/production')), ...(await scene.records('fleet/none'))];
    return records.map(({ transition, sentence }) => `${transition}: ${sentence}`);
  }

  it.each(refusals)('is refused for $why', async ({ over, code, says }) => {
    const answer = await scene.announce({ ...REQUEST, ...over });
    expect(answer).toMatchObject({ status: 'refused', code, message: expect.stringContaining(says) });
    if (answer.status !== 'refused') throw new Error('unreachable');
    expect(answer.message).not.toMatch(/[\n\r]/);
    expect(answer.message.length).toBeLessThan(1_000);
    // A record, and nothing else anywhere.
    expect(await refused()).toEqual([`refused: ${answer.message}`]);
    expect(await scene.state.load('production')).toMatchObject({ events: [], changes: [], memory: { version: 0 } });
    expect(scene.bus.sent).toEqual([]);
    expect(scene.errors).toEqual([]);
  });

  it.each([null, undefined, 7, 'tax deadline', [], [REQUEST], {}])('is refused when it is %j', async (event) => {
    expect(await scene.announce(event)).toMatchObject({ status: 'refused', code: 'malformed' });
    expect(await refused()).toHaveLength(1);
    expect(await scene.state.load('production')).toMatchObject({ events: [] });
  });

  it('is refused with a short message, however much is wrong with it', async () => {
    const floors = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`.repeat(40), -1]));
    const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, 'x'.repeat(100)]));
    const answer = await scene.announce({ ...REQUEST, ...keys, floors });
    expect(answer).toMatchObject({ status: 'refused', message: expect.stringContaining('and 4996 more') });
    expect(JSON.stringify(answer).length).toBeLessThan(2_500);
    const [record] = await scene.records('fleet/none');
    expect(JSON.stringify(record).length).toBeLessThan(10_000);
  });

  it.each([
    { why: 'nothing is announced', over: {}, says: 'nothing to withdraw' },
    { why: 'the fleet is unknown', over: { fleet: 'x' }, says: 'no fleet is called "x"' },
    { why: 'it stands in the calendar', over: { event: 'Election 2027' }, says: 'calendar of fulcrum.yml' },
    { why: 'it is half an announcement', over: { floors: { api: 8 } }, says: 'unknown key "floors"' },
    { why: 'it says no', over: { withdraw: false }, says: 'withdraw: expected true, is false' },
  ])('is not withdrawn when $why', async ({ over, says }) => {
    const answer = await scene.announce({ fleet: 'production', event: 'tax deadline', withdraw: true, ...over });
    expect(answer).toMatchObject({ status: 'refused', message: expect.stringContaining(says) });
    expect(await refused()).toHaveLength(1);
  });

  it('leaves no trace at all when it is a rehearsal', async () => {
    const answer = await scene.announce({ ...REQUEST, floors: { api: 31 }, dryRun: true });
    expect(answer).toMatchObject({ status: 'refused', code: 'above-hard-limit' });
    expect(await refused()).toEqual([]);
  });
});
