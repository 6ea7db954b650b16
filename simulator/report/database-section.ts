import { valueTicks } from './axes.ts';
import { formatQuantity } from './format.ts';
import { type Markup, markup, nothing } from './markup.ts';
import type { PageContext } from './page-context.ts';
import { linePath, stepPath } from './plot-paths.ts';
import { type Panel, type Readout, renderSheet } from './plot-sheet.ts';
import type { DatabaseReport, PoolerQueue, PoolerReport } from './report-data.ts';
import { peakOf } from './service-section.ts';

/** The share of the connections of a database that Fulcrum lets the fleet plan with. */
const SAFE_SHARE = 0.8;

export function databaseSection(context: PageContext): Markup {
  const { database, pooler } = context.data;
  const parts = [
    ...(database === null ? [] : [partOfDatabase(database)]),
    ...(pooler === null ? [] : [partOfPooler(pooler)]),
  ];
  if (parts.length === 0) return nothing;
  const resources = new Set(parts.map(({ resource }) => resource));
  const sheet = {
    id: 'database',
    name: 'database and pooler',
    pulls: context.pulls.filter(({ resource }) => resources.has(resource)),
    shortfalls: [],
    panels: parts.flatMap(({ panels }) => panels),
    readouts: parts.flatMap(({ readouts }) => readouts),
  };
  return markup`<section class="service" id="database">
<h3>${parts.map(({ name }) => name).join(' and ')}</h3>
${parts.map(({ name, description }) => markup`<p class="facts">${name}: ${description}</p>`)}
${renderSheet(sheet, context)}
</section>`;
}

interface Part {
  readonly name: string;
  readonly resource: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly readouts: readonly Readout[];
}

function partOfDatabase(database: DatabaseReport): Part {
  const { name, cpuPercent, connections, maxConnections } = database;
  const safe = Math.floor(maxConnections * SAFE_SHARE);
  const ticks = valueTicks(maxConnections);
  const top = ticks.at(-1) ?? 1;
  return {
    ...database,
    panels: [
      {
        title: 'Database CPU',
        unit: '%',
        size: 'low',
        ticks: [0, 50, 100],
        references: [],
        shapes: [{ className: 'line fulcrum', path: linePath(cpuPercent, 100), label: name }],
        summary: `CPU of ${name} peaks at ${formatQuantity(peakOf(cpuPercent))} %.`,
      },
      {
        title: 'Database connections',
        unit: 'connections',
        size: 'low',
        ticks,
        references: [
          { value: maxConnections, label: `max ${maxConnections}` },
          { value: safe, label: `safe ${safe}` },
        ],
        shapes: [{ className: 'line fulcrum', path: stepPath(connections, top), label: 'in use' }],
        summary: `${name} uses up to ${formatQuantity(peakOf(connections))} of ${maxConnections} connections; ${safe} are taken as safe.`,
      },
    ],
    readouts: [
      { label: 'Database CPU', unit: '%', fulcrum: cpuPercent, baseline: null },
      { label: 'Connections', unit: '', fulcrum: connections, baseline: null },
    ],
  };
}

function partOfPooler(pooler: PoolerReport): Part {
  const { name, serverConnections, serverConnectionLimit, queue } = pooler;
  const limit = queue?.limit ?? [];
  const ticks = valueTicks(Math.max(serverConnectionLimit, peakOf(serverConnections), peakOf(limit)));
  const top = ticks.at(-1) ?? 1;
  return {
    ...pooler,
    panels: [
      {
        title: 'Pooler, connections to the database',
        unit: 'connections',
        size: 'low',
        ticks,
        references: [{ value: serverConnectionLimit, label: `pool ${serverConnectionLimit}` }],
        shapes: [
          { className: 'line fulcrum', path: stepPath(serverConnections, top), label: 'in use' },
          ...(queue === null
            ? []
            : [
                { className: 'line baseline', path: stepPath(queue.startLimit, top), label: 'pools after a restart' },
                { className: 'line wanted', path: stepPath(limit, top), label: 'pools as tuned' },
              ]),
        ],
        summary: `${name} opens up to ${formatQuantity(peakOf(serverConnections))} of ${serverConnectionLimit} server connections${tunedInWords(pooler)}.`,
      },
      ...(queue === null ? [] : [panelOfQueue(name, queue)]),
    ],
    readouts: [
      { label: 'Pooler connections', unit: '', fulcrum: serverConnections, baseline: null },
      ...(queue === null ? [] : readoutsOfQueue(queue)),
    ],
  };
}

function tunedInWords({ queue, serverConnectionLimit }: PoolerReport): string {
  const most = queue === null ? 0 : peakOf(queue.limit);
  return most > serverConnectionLimit ? `, and of ${formatQuantity(most)} once tuned` : '';
}

function panelOfQueue(name: string, { clientsWaiting, clientsWaitingBaseline }: PoolerQueue): Panel {
  const [ours, theirs] = [peakOf(clientsWaiting), peakOf(clientsWaitingBaseline)];
  const ticks = valueTicks(Math.max(1, ours, theirs));
  const top = ticks.at(-1) ?? 1;
  return {
    title: 'Pooler, clients that wait',
    unit: 'clients',
    size: 'low',
    ticks,
    references: [],
    shapes: [
      { className: 'line baseline', path: stepPath(clientsWaitingBaseline, top), label: 'target tracking alone' },
      { className: 'line fulcrum', path: stepPath(clientsWaiting, top), label: 'Fulcrum' },
    ],
    summary: `Up to ${formatQuantity(ours)} clients wait for a connection of ${name} under Fulcrum, up to ${formatQuantity(theirs)} under target tracking alone.`,
  };
}

function readoutsOfQueue({
  limit,
  startLimit,
  clientsWaiting,
  clientsWaitingBaseline,
}: PoolerQueue): readonly Readout[] {
  return [
    { label: 'Pools as tuned', unit: '', fulcrum: limit, baseline: null },
    { label: 'Pools after a restart', unit: '', fulcrum: startLimit, baseline: null },
    { label: 'Clients that wait', unit: '', fulcrum: clientsWaiting, baseline: clientsWaitingBaseline },
  ];
}
