import { describe, expect, it } from '@jest/globals';

import type { Figures } from '../../../simulator/report/report-data.ts';
import { fleetFigures, verdictOn } from '../../../simulator/report/verdict.ts';
import { reportFixture } from './report-fixture.ts';

function figures(over: Partial<Figures> = {}): Figures {
  return {
    requests: 100_000,
    missedRequests: 4_000,
    lostRequests: 1_800,
    taskHours: 1_000,
    costUsd: 50,
    capacityChanges: 20,
    minutesAboveTarget: 60,
    ...over,
  };
}

const none = { lostRequests: 0, missedRequests: 0 };

interface Row {
  readonly when: string;
  readonly fulcrum: Partial<Figures>;
  readonly baseline?: Partial<Figures>;
  readonly stamp: string;
  readonly headline: string;
}

// prettier-ignore
const ROWS: readonly Row[] = [
  { when: 'it loses nothing for more', fulcrum: { ...none, taskHours: 1_030 },
    stamp: 'Served better, for more task-hours',
    headline: 'Fulcrum lost 0.00 % of the requests where target tracking alone lost 1.80 %, for 3.0 % more task-hours.' },
  { when: 'it loses less and is cheaper', fulcrum: { lostRequests: 900, missedRequests: 2_000, taskHours: 800 },
    stamp: 'Served better, with fewer task-hours',
    headline: 'Fulcrum lost 0.90 % of the requests where target tracking alone lost 1.80 %, with 20 % fewer task-hours.' },
  { when: 'it loses more but is cheaper', fulcrum: { lostRequests: 2_500, missedRequests: 5_000, taskHours: 950 },
    stamp: 'Served worse, though with fewer task-hours',
    headline: 'Fulcrum did worse: it lost 2.50 % of the requests where target tracking alone lost 1.80 %, with 5.0 % fewer task-hours.' },
  { when: 'it loses more and is dearer', fulcrum: { lostRequests: 2_500, missedRequests: 5_000, taskHours: 1_100 },
    stamp: 'Served worse, and with more task-hours',
    headline: 'Fulcrum did worse: it lost 2.50 % of the requests where target tracking alone lost 1.80 %, for 10 % more task-hours.' },
  { when: 'nothing differs', fulcrum: {},
    stamp: 'Served alike, with the same task-hours',
    headline: 'Fulcrum and target tracking alone served alike, Fulcrum with the same task-hours. Both lost 1.80 % of the requests, and both missed 4.00 %.' },
  { when: 'neither falls short and it is dearer', fulcrum: { ...none, taskHours: 1_100 }, baseline: none,
    stamp: 'Served alike, and with more task-hours',
    headline: 'Fulcrum and target tracking alone served alike, Fulcrum for 10 % more task-hours. Neither lost a request, and neither missed any.' },
  { when: 'neither loses but it misses less', fulcrum: { ...none, taskHours: 1_010 }, baseline: { lostRequests: 0 },
    stamp: 'Served better, for more task-hours',
    headline: 'Fulcrum missed 0.00 % of the requests where target tracking alone missed 4.00 %, for 1.0 % more task-hours. Neither lost a request.' },
  { when: 'neither loses but it misses more', fulcrum: { lostRequests: 0 }, baseline: none,
    stamp: 'Served worse, with the same task-hours',
    headline: 'Fulcrum did worse: it missed 4.00 % of the requests where target tracking alone missed 0.00 %, with the same task-hours. Neither lost a request.' },
  { when: 'it loses less but misses more', fulcrum: { ...none, missedRequests: 6_000 },
    stamp: 'Better in one way, worse in another, with the same task-hours',
    headline: 'Fulcrum lost 0.00 % of the requests where target tracking alone lost 1.80 %, with the same task-hours. But it missed more: 6.00 % against 4.00 %.' },
  { when: 'it loses more but misses less', fulcrum: { lostRequests: 2_000, missedRequests: 3_000 },
    stamp: 'Better in one way, worse in another, with the same task-hours',
    headline: 'Fulcrum did worse: it lost 2.00 % of the requests where target tracking alone lost 1.80 %, with the same task-hours. Yet it missed less: 3.00 % against 4.00 %.' },
  { when: 'it loses one request of very many', fulcrum: { lostRequests: 1, missedRequests: 1 }, baseline: none,
    stamp: 'Served worse, with the same task-hours',
    headline: 'Fulcrum did worse: it lost under 0.01 % of the requests where target tracking alone lost 0.00 %, with the same task-hours.' },
];

describe('the verdict', () => {
  it.each(ROWS)('when $when: $stamp', ({ fulcrum, baseline, stamp, headline }) => {
    const verdict = verdictOn({ fulcrum: figures(fulcrum), baseline: figures(baseline) });
    expect(verdict.stamp).toBe(stamp);
    expect(verdict.headline.replaceAll('\u00a0', ' ')).toBe(headline);
  });

  it('names kind and effort for the style of the page', () => {
    expect(verdictOn({ fulcrum: figures(none), baseline: figures() })).toMatchObject({
      service: 'better',
      effort: 'same',
    });
  });

  it('has words for a period without any request', () => {
    const idle = { requests: 0, lostRequests: 0, missedRequests: 0 };
    const { headline } = verdictOn({ fulcrum: figures(idle), baseline: figures(idle) });
    expect(headline).toContain('served alike');
  });

  it('sums the services', () => {
    const data = reportFixture();
    const { fulcrum, baseline } = fleetFigures(data);
    const hours = data.services.map((service) => service.fulcrum.figures.taskHours);
    expect(fulcrum.taskHours).toBeCloseTo(hours.reduce((sum, value) => sum + value, 0));
    expect(baseline.requests).toBeCloseTo(fulcrum.requests);
  });
});
