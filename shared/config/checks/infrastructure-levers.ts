import type { Finding, Path } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';
import { duplicates, isDuplicateOf } from './duplicates.ts';

/** Numbers of one lever of the infrastructure that contradict each other. */
export function checkInfrastructureLevers({ levers }: SoundFleet): readonly Finding[] {
  if (levers === undefined) return [];
  const { path, value } = levers;
  const { storage, cache } = value;
  const ofStorage = [...path, 'storage'];
  const ofCache = [...path, 'cache'];
  return [
    // What was just made room for would be short again.
    ...below(ofStorage, ['horizonDays', storage.horizonDays], ['targetDays', storage.targetDays]),
    ...below(ofStorage, ['urgentDays', storage.urgentDays], ['horizonDays', storage.horizonDays]),
    ...below(
      ofCache,
      ['memoryTargetPercent', cache.memoryTargetPercent],
      ['memoryHighPercent', cache.memoryHighPercent],
    ),
  ];
}

/** One object of Kubernetes is looked after once. */
export function checkPodAutoscalers({ podAutoscalers }: SoundFleet): readonly Finding[] {
  const named = podAutoscalers.map(({ path, value: { cluster, namespace, name } }) => ({
    key: `${cluster}/${namespace}/${name}`,
    path: [...path, 'name'],
  }));
  return duplicates(named).map(isDuplicateOf);
}

function below(
  path: Path,
  [key, is]: readonly [string, number],
  [limitKey, limit]: readonly [string, number],
): readonly Finding[] {
  return is < limit
    ? []
    : [
        {
          path: [...path, key],
          at: 'value',
          found: is,
          message: `found ${is}`,
          expected: `less than ${limitKey}, which is ${limit}`,
        },
      ];
}
