import { instant, later } from '../../shared/domain/units.ts';
import type { BranchState, OpenedProposal, Proposal } from '../../shared/pull-requests/code-host.ts';
import type { Description } from '../../shared/pull-requests/describe.ts';
import { type Marker, withMarker } from '../../shared/pull-requests/marker.ts';
import type { Plot } from '../../shared/pull-requests/plot.ts';

export const NOON = instant('2026-12-01T12:00:00Z');

/** A digest that can be told apart by its letter. */
export function digestOf(letter: string): string {
  return letter.repeat(64);
}

export function aMarker(over: Partial<Marker> = {}): Marker {
  return { digest: digestOf('a'), edit: digestOf('e'), renewedAt: later(NOON, -86_000), standing: 'proposed', ...over };
}

export function aProposal(over: Partial<Proposal> = {}, marker: Partial<Marker> = {}): Proposal {
  return {
    id: '7',
    url: 'https://github.example/acme/platform/pull/7',
    branch: 'fulcrum/production/database-class/core-db',
    state: 'open',
    openedAt: later(NOON, -86_000),
    endedAt: null,
    mergeable: 'clean',
    labels: [],
    title: 'core-db: instance class to db.r6g.xlarge',
    body: withMarker('Because.', aMarker(marker)),
    ...over,
  };
}

export function aBranch(over: Partial<BranchState> = {}): BranchState {
  return { head: 'h'.repeat(40), basedOn: 'b'.repeat(40), lastCommitBy: 'Fulcrum', authorship: 'ours', ...over };
}

export function anOpened(over: Partial<OpenedProposal> = {}): OpenedProposal {
  return { branch: 'fulcrum/production/ceiling/other', state: 'open', openedAt: later(NOON, -3_600), ...over };
}

export function aPlot(over: Partial<Plot> = {}): Plot {
  const points = Array.from({ length: 24 }, (_, hour) => ({ at: later(NOON, (hour - 23) * 3_600), value: 60 + hour }));
  return { title: 'CPU of core-db', unit: '%', points, threshold: { label: 'limit', value: 70 }, ...over };
}

export function aDescription(over: Partial<Description> = {}): Description {
  return {
    subject: { fleet: 'production', lever: 'database-class', resource: 'db/core-db' },
    changes: [
      { what: 'instance class', from: 'db.r6g.large', to: 'db.r6g.xlarge' },
      { what: 'max_connections', from: '1670', to: '3350' },
    ],
    evidence: ['CPU above 70 % in 12 of 14 days, 83 % on average of the busiest hour.'],
    plot: aPlot(),
    connections: [{ sum: 'server: 4 PgBouncer tasks × 60 + 20 direct', before: 260, after: 260, limit: 2_680 }],
    cost: { beforeUsdPerMonth: 189.8, afterUsdPerMonth: 379.6, source: 'AWS price list, eu-central-1, 2026-11-01' },
    risk: { level: 'medium', sentences: ['The class changes by a failover.'] },
    downtime: ['30 to 120 s of failover in the maintenance window.'],
    rollback: ['Revert this change.', 'Restore from the snapshot pre-class-20261201 if data is at stake.'],
    checklist: [
      { step: 'Snapshot pre-class-20261201 taken', isDone: true },
      { step: 'Maintenance window confirmed', isDone: false },
    ],
    audit: { decisionId: 'database-class/db/core-db/tick-1', address: 'https://audit.example.org/d/1' },
    ...over,
  };
}
