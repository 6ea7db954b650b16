import { isAllowedPath } from '../../pull-requests/allowed-paths.ts';
import { isRecord } from '../content.ts';
import type { Finding } from '../problem.ts';
import type { SoundFleet } from '../sound-parts.ts';

const OWNER_AND_NAME = /^[\w.-]+\/[\w.-]+$/;

/** Whether what is proposed can be proposed where the code is said to be. */
export function checkInfrastructureCode({ infrastructureCode, levers }: SoundFleet): readonly Finding[] {
  if (infrastructureCode === undefined) return [];
  const { path, value } = infrastructureCode;
  const { host, repository, paths, github } = value;
  const isMisnamed = host === 'github' && !OWNER_AND_NAME.test(repository);
  const proposing = Object.entries(levers?.value ?? {}).find(
    ([, settings]: [string, unknown]) => isRecord(settings) && settings['mode'] === 'propose',
  );
  return [
    ...(isMisnamed
      ? [
          {
            path: [...path, 'repository'],
            at: 'value' as const,
            ...wrong(repository, 'owner and name of a repository'),
          },
        ]
      : []),
    ...paths.flatMap((folder, index) =>
      folder === '.' || isAllowedPath(`${folder.replace(/\/$/, '')}/file`, [folder.replace(/\/$/, '')])
        ? []
        : [{ path: [...path, 'paths', index], at: 'value' as const, ...wrong(folder, 'a folder of the repository') }],
    ),
    ...(host === 'github' && github === undefined && proposing !== undefined
      ? [
          {
            path,
            at: 'key' as const,
            message: `${proposing[0]} proposes, and nothing says by which app of GitHub`,
            expected: 'github with appId, installationId, login and privateKeyFrom',
          },
        ]
      : []),
  ];
}

function wrong(found: string, expected: string): Pick<Finding, 'found' | 'message' | 'expected'> {
  return { found, message: `found ${JSON.stringify(found)}`, expected };
}
