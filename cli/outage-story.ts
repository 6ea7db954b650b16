import type { Afternoon } from '../simulator/demo/outage.ts';
import { formatCount, formatShare } from '../simulator/report/format.ts';
import { table } from './text-table.ts';

/** What the afternoon without Fulcrum was like, for a terminal. */
export function outageStory(afternoons: readonly Afternoon[]): string {
  return [
    'From noon on, when Fulcrum is dead',
    ...table([
      ['', 'missed', 'lost', 'task-hours'],
      ...afternoons.map(({ name, missedShare, lostShare, taskHours }) => [
        name,
        formatShare(missedShare),
        formatShare(lostShare),
        formatCount(taskHours),
      ]),
    ]),
  ].join('\n');
}
