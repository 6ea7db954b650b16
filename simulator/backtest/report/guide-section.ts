import { STEP_SECONDS } from '../../load/steps.ts';
import { TWO_OR_MORE } from '../../plant/run.ts';
import { formatCount, formatQuantity } from '../../report/format.ts';
import { type Markup, markup, nothing } from '../../report/markup.ts';
import { daysInWords } from '../season.ts';
import type { ReportView } from './report-view.ts';

const GLOSSARY: readonly (readonly [string, string])[] = [
  [
    'Missed',
    'Share of the load that met more than 90 % CPU: it is answered slowly or not at all. Includes what was lost.',
  ],
  ['Lost', 'Share of the load above what the ready tasks carry at 100 % CPU. Nobody answers it.'],
  ['Task-hours', 'Tasks wanted, summed over time: a task is paid from when it is wanted, also while it starts.'],
  [
    'Fulcrum',
    'Target tracking on 20-second CPU, whose min capacity and target Fulcrum moves at each look, by what it has learned about the load until then.',
  ],
  [
    'Clairvoyant',
    'Knows the load of every step and has the tasks at once: in each step the fewest that stay below 90 % CPU. Nobody can be cheaper without missing load.',
  ],
  [
    'J',
    'Task-hours over those of the clairvoyant, plus the missed load in percent. The lower the better; 1 is perfect.',
  ],
  ['Target', 'The CPU that a policy tries to keep. A lower target costs more and misses less.'],
  [
    'Under, over',
    'Elasticity metrics of the SPEC RG Cloud Group. Accuracy: how many tasks lack or are idle, as a share of those needed, in the mean. Timeshare: how much of the time tasks lack or are idle. What is needed is what the clairvoyant has.',
  ],
  ['Changes', 'How often the number of wanted tasks changed.'],
  [
    'Plots',
    'A point is the peak of the load and the fewest ready tasks in its time, so that the worst moment shows. The figures count every step of 20 s.',
  ],
  ['Short', 'The strips above the plots: half height where load was missed, full height where some was lost.'],
];

/** What the words mean, and how the walk was set up. */
export function guideSection({ facts, result: { plan }, plots: { data } }: ReportView): Markup {
  const { load, taskCapacity, startupSeconds, bounds, warmUpSteps } = plan;
  const ceiling = bounds.max === TWO_OR_MORE.max ? 'no ceiling' : `at most ${formatCount(bounds.max)}`;
  const rows: readonly (readonly [string, string])[] = [
    ['Load', `${facts.traceName}, ${daysInWords(load.perSecond.length)}`],
    [
      'Warm-up',
      warmUpSteps === 0
        ? 'none: all of it is scored'
        : `${daysInWords(warmUpSteps)} at the start go through the policies, but are neither scored nor shown`,
    ],
    ['A task', `carries ${formatQuantity(taskCapacity)} a second at 100 % CPU`],
    ['Start-up', `a task serves ${startupSeconds} s after it is wanted; scaling in acts at once`],
    ['Bounds', `at least ${bounds.min} tasks, ${ceiling}`],
    ['Steps', `walked through in steps of ${STEP_SECONDS} s, drawn in steps of ${data.stepSeconds} s`],
    ['No look-ahead', 'policies are told one step after the other, with the delays that their metrics have'],
  ];
  const notes =
    facts.notes.length === 0 ? nothing : markup`<ul>${facts.notes.map((note) => markup`<li>${note}</li>`)}</ul>`;
  return markup`<section id="reading"><h2>How to read this</h2>
<div class="columns"><dl class="glossary">${GLOSSARY.map(([term, meaning]) => markup`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>
<div><h3>How it was walked through</h3><dl class="facts-list">${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${notes}</div></div></section>`;
}
