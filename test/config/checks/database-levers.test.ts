import { describe, expect, it } from '@jest/globals';
import { changed, policyOf, problemsOf, SAMPLE } from '../sample.ts';

const withLever = (settings: string): string =>
  changed(SAMPLE, '      ceiling: { mode: apply, sustained: { datapoints: 10, of: 10 } }', `      ${settings}`);
const withApproval = (from: string, until: string, more = ''): string =>
  withLever(
    `database-class: { mode: apply, approval: { by: on-call, instanceClass: db.r6g.large, from: ${from}, until: ${until}${more} } }`,
  );
const endsBadly = (found: string, from: string): RegExp =>
  new RegExp(
    `approval\\.until: found ${found.replaceAll('+', '\\+')}, expected after from, which is ${from.replaceAll('+', '\\+')}, and at most 14 days after it$`,
  );

describe('numbers of the levers of the database', () => {
  it.each([
    {
      text: 'database-class: { sustained: { days: 15, of: 14 } }',
      then: 'database-class.sustained.days: found 15, expected at most of, which is 14',
    },
    {
      text: 'read-replica: { sustained: { days: 15, of: 14 } }',
      then: 'read-replica.sustained.days: found 15, expected at most of, which is 14',
    },
    {
      text: 'read-replica: { minReplicas: 3 }',
      then: 'read-replica.minReplicas: found 3, expected at most maxReplicas, which is 2',
    },
    {
      text: 'read-replica: { calmPercent: 71 }',
      then: 'read-replica.calmPercent: found 71, expected at most replicaCpuPercent, which is 70',
    },
    {
      text: 'iops: { sustainedHours: { datapoints: 73, of: 72 } }',
      then: 'iops.sustainedHours.datapoints: found 73, expected at most of, which is 72',
    },
    {
      text: 'iops: { targetPercent: 81 }',
      then: 'iops.targetPercent: found 81, expected at most highPercent, which is 80',
    },
    {
      text: 'iops: { calmPercent: 61 }',
      then: 'iops.calmPercent: found 61, expected at most targetPercent, which is 60',
    },
    {
      text: 'aurora-capacity: { sustainedHours: { datapoints: 73, of: 72 } }',
      then: 'aurora-capacity.sustainedHours.datapoints: found 73, expected at most of, which is 72',
    },
    {
      text: 'aurora-capacity: { sustained: { days: 8, of: 7 } }',
      then: 'aurora-capacity.sustained.days: found 8, expected at most of, which is 7',
    },
    {
      text: 'aurora-capacity: { targetPercent: 86 }',
      then: 'aurora-capacity.targetPercent: found 86, expected at most highPercent, which is 85',
    },
    {
      text: 'aurora-capacity: { minAcu: 8, maxAcu: 4 }',
      then: 'aurora-capacity.minAcu: found 8, expected at most maxAcu, which is 4',
    },
  ])('$text', ({ text, then }) => {
    const problems = problemsOf(withLever(text));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`fleets[0].levers.${then}`);
  });

  it.each([
    'database-class: { sustained: { days: 14, of: 14 } }',
    'iops: { targetPercent: 80, calmPercent: 80 }',
    'aurora-capacity: { minAcu: 4, maxAcu: 4 }',
  ])('just as much is meant: %s', (text) => {
    expect(problemsOf(withLever(text))).toEqual([]);
  });
});

describe('an approval', () => {
  it('is for one class, and ends', () => {
    const policy = policyOf(withApproval('2026-12-05T00:00:00+01:00', '2026-12-19T00:00:00+01:00'));
    expect(policy.fleets[0]!.levers['database-class'].approval).toEqual({
      by: 'on-call',
      instanceClass: 'db.r6g.large',
      from: '2026-12-05T00:00:00+01:00',
      until: '2026-12-19T00:00:00+01:00',
      window: 'quiet-hours',
    });
  });

  it('is not for an Aurora cluster, whose class is changed in its code alone', () => {
    const approved = withApproval('2026-12-05T00:00:00Z', '2026-12-06T00:00:00Z');
    const problems = problemsOf(
      changed(approved, '      identifier: main', '      kind: aurora-cluster\n      identifier: main'),
    );
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /database-class\.approval: found an approval, expected none: the class of an Aurora cluster is changed by a pull request alone$/,
    );
  });

  it.each([
    { when: 'a second longer than 14 days', from: '2026-12-05T00:00:00Z', until: '2026-12-19T00:00:01Z' },
    { when: 'at its beginning', from: '2026-12-05T00:00:00Z', until: '2026-12-05T00:00:00Z' },
    { when: 'before it', from: '2026-12-05T00:00:00Z', until: '2026-12-04T00:00:00Z' },
  ])('does not end $when', ({ from, until }) => {
    const problems = problemsOf(withApproval(from, until));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(endsBadly(until, from));
  });

  it.each([
    { when: 'a time without its offset', text: withApproval('2026-12-05T00:00:00', '2026-12-06T00:00:00Z') },
    { when: 'no time', text: withApproval('soon', '2026-12-06T00:00:00Z') },
    {
      when: 'any class',
      text: withApproval('2026-12-05T00:00:00Z', '2026-12-06T00:00:00Z').replace('db.r6g.large', '"*"'),
    },
    { when: 'another window', text: withApproval('2026-12-05T00:00:00Z', '2026-12-06T00:00:00Z', ', window: now') },
  ])('is not understood with $when', ({ text }) => {
    expect(problemsOf(text)).toHaveLength(1);
  });
});
