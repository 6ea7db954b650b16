import type { Finding } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';

const SUSTAINED = ['task-size', 'hpa-ceiling', 'cache'] as const;

/** “12 of 10” could never be. */
export function checkSustained({ database, levers }: SoundFleet): readonly Finding[] {
  const ceiling = levers?.value.ceiling;
  const all = [
    { path: [...(database?.path ?? []), 'sustained'], value: database?.value.sustained },
    { path: [...(levers?.path ?? []), 'ceiling', 'sustained'], value: ceiling?.sustained },
    { path: [...(levers?.path ?? []), 'ceiling', 'confirmed'], value: ceiling?.confirmed },
    ...SUSTAINED.map((lever) => ({
      path: [...(levers?.path ?? []), lever, 'sustained'],
      value: levers?.value[lever].sustained,
    })),
  ];
  return all.flatMap(({ path, value }): readonly Finding[] =>
    value === undefined || value.datapoints <= value.of
      ? []
      : [
          {
            path: [...path, 'datapoints'],
            at: 'value',
            found: value.datapoints,
            message: `found ${value.datapoints}`,
            expected: `at most of, which is ${value.of}`,
          },
        ],
  );
}
