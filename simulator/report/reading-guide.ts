import { formatCount, formatUsd } from './format.ts';
import { type Markup, markup, nothing } from './markup.ts';
import type { PageContext } from './page-context.ts';

export function readingGuide({ data }: PageContext): Markup {
  const { simulation, fleet } = data;
  const facts: readonly (readonly [string, string])[] = [
    ['Fleet', `${fleet.name}: ${fleet.description}`],
    ['Load', simulation.traceName],
    ['Seed', simulation.seed === null ? 'none: nothing was left to chance' : String(simulation.seed)],
    ['Start-up', `a task serves ${simulation.startupSeconds} s after it is wanted, and costs from when it is wanted`],
    ['Steps', `simulated in steps of ${simulation.plantStepSeconds} s, drawn in steps of ${data.stepSeconds} s`],
    ['Prices', data.priceBasis],
    ['Time zone', data.timeZone],
  ];
  return markup`<section id="reading"><h2>How to read this</h2>
<div class="columns"><dl class="glossary">${GLOSSARY.map(([term, meaning]) => markup`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>
<div><h3>How it was simulated</h3><dl class="facts-list">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${simulation.notes.length === 0 ? nothing : markup`<ul>${simulation.notes.map((note) => markup`<li>${note}</li>`)}</ul>`}
${runningCost(data.running)}</div></div></section>`;
}

const GLOSSARY: readonly (readonly [string, string])[] = [
  [
    'Fulcrum',
    'A controller that moves the bounds of AWS target tracking: it raises a ceiling that binds, sets floors ahead of known events and gives them back, and repairs scaling that is missing or suspended.',
  ],
  [
    'Target tracking alone',
    'The same load on the same services with AWS target tracking on the bounds they started with, and nobody moving them.',
  ],
  ['Lost', 'Load above what the ready tasks can serve at 100 % CPU. Nobody answers these requests.'],
  [
    'Missed',
    'Load that met a service above 90 % utilization: it is answered slowly or not at all. Includes what was lost.',
  ],
  ['Task-hours', 'Tasks wanted, summed over time. A task counts from when it is wanted, also while it starts.'],
  ['Above CPU target', 'Minutes in which the CPU of a service was above its target, summed over the services.'],
  ['Capacity changes', 'How often the number of wanted tasks changed. Each one starts or stops tasks.'],
  ['Capacity', 'Tasks ready, times the requests a second that one serves at 100 % CPU.'],
  [
    'Bounds',
    'The least and the most tasks that target tracking may choose. The hard limit is the most that Fulcrum may ever raise the ceiling to.',
  ],
  [
    'Plots',
    'A point stands for one drawn step: the peak of load and CPU in it, the fewest tasks ready, the most wanted. So a plot shows the worst moment of each step, and the figures count every step of the simulation.',
  ],
  ['Short', 'The strips above the plots: half height where load was missed, full height where some of it was lost.'],
  [
    'Marks',
    'A full diamond is a change that was applied, a hollow one was skipped, a cross failed, two bars were held back by a guard. A mark leads to its audit record. Where a change was scheduled, a line runs from its mark to the moments at which it takes effect.',
  ],
];

function runningCost(running: PageContext['data']['running']): Markup {
  if (running === null) return nothing;
  return markup`<h3>What running Fulcrum took</h3>
<table class="running"><tbody>${running.calls.map(({ name, count }) => markup`<tr><th scope="row">${name}</th><td>${formatCount(count)}</td></tr>`)}</tbody>
<tfoot><tr><th scope="row">AWS charges in this period</th><td>${formatUsd(running.usd)}</td></tr></tfoot></table>
<p class="facts">${running.basis}</p>`;
}
