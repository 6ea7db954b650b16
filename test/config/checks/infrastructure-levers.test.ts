import { expect, it } from '@jest/globals';
import { changed, policyOf, problemsOf, SAMPLE } from '../sample.ts';

const withLever = (settings: string): string =>
  changed(SAMPLE, '      ceiling: { mode: apply, sustained: { datapoints: 10, of: 10 } }', `      ${settings}`);
const withAutoscalers = (...autoscalers: readonly string[]): string =>
  changed(SAMPLE, '    levers:', `    podAutoscalers: [${autoscalers.join(', ')}]\n    levers:`);

it.each([
  {
    name: 'room for fewer days than it looks ahead',
    text: withLever('storage: { horizonDays: 90, targetDays: 90 }'),
    problems: [
      'fulcrum.yml:42:31 fleets[0].levers.storage.horizonDays: found 90, expected less than targetDays, which is 90',
    ],
  },
  {
    name: 'urgent before it looks',
    text: withLever('storage: { urgentDays: 30, horizonDays: 30 }'),
    problems: [
      'fulcrum.yml:42:30 fleets[0].levers.storage.urgentDays: found 30, expected less than horizonDays, which is 30',
    ],
  },
  {
    name: 'shards that are full as soon as they are there',
    text: withLever('cache: { memoryTargetPercent: 80 }'),
    problems: [
      'fulcrum.yml:42:37 fleets[0].levers.cache.memoryTargetPercent: found 80, expected less than memoryHighPercent, which is 80',
    ],
  },
  {
    name: 'more hours than are looked at',
    text: withLever('task-size: { sustained: { datapoints: 25, of: 24 } }'),
    problems: [
      'fulcrum.yml:42:45 fleets[0].levers.task-size.sustained.datapoints: found 25, expected at most of, which is 24',
    ],
  },
  {
    name: 'the same autoscaler twice',
    text: withAutoscalers(
      '{ name: backend, cluster: main, hardLimit: 20 }',
      '{ name: backend, namespace: default, cluster: main, hardLimit: 30 }',
    ),
    problems: [
      'fulcrum.yml:41:79 fleets[0].podAutoscalers[1].name: found "main/default/backend" a second time; see fulcrum.yml:41:30 fleets[0].podAutoscalers[0].name',
    ],
  },
])('$name', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});

it('the same name in another namespace or cluster is another autoscaler', () => {
  const text = withAutoscalers(
    '{ name: backend, cluster: main, hardLimit: 20 }',
    '{ name: backend, namespace: staging, cluster: main, hardLimit: 20 }',
    '{ name: backend, cluster: other, hardLimit: 20 }',
  );
  expect(policyOf(text).fleets[0]!.podAutoscalers).toHaveLength(3);
});

it('a lever whose value lives in a manifest cannot be set to apply', () => {
  expect(problemsOf(withLever('hpa-ceiling: { mode: apply }'))).toEqual([
    expect.stringContaining('fleets[0].levers.hpa-ceiling.mode: found "apply"'),
  ]);
});
