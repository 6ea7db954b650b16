import { later } from '../../shared/domain/units.ts';
import type { Draft, HostResult, ProposalText } from '../../shared/pull-requests/code-host.ts';
import { NOON } from './samples.ts';

export const FOLDERS = ['infra', 'deploy/production'];
export const MAIN_TF = 'resource "aws_db_instance" "core" {\n  instance_class = "db.r6g.large"\n}\n';
/** A byte order mark, and the line ends of another system. */
export const ODD_TF = '\uFEFF# größe\r\nlocals { size = 1 }\r\n';

/** What stands on the base branch at first. */
export const BASE_FILES: Readonly<Record<string, string>> = {
  'README.md': 'not ours to read\n',
  'app/main.tf': '# outside\n',
  'deploy/production/service.yaml': 'kind: Service\n',
  'infra/database/main.tf': MAIN_TF,
  'infra/notes.md': 'notes\n',
  'infra/odd.tf': ODD_TF,
  'infrastructure/main.tf': '# a folder that only begins like ours\n',
};

export const BRANCH = 'fulcrum/production/database-class/core-db';
export const DATABASE_TF = 'infra/database/main.tf';

export function aText(over: Partial<ProposalText> = {}): ProposalText {
  return { title: 'core-db: instance class to db.r6g.xlarge', body: 'Because.\n', pictures: {}, ...over };
}

export function aDraft(base: string, over: Partial<Draft> = {}): Draft {
  return {
    branch: BRANCH,
    base,
    files: [{ path: DATABASE_TF, text: MAIN_TF.replace('large', 'xlarge') }],
    commitMessage: 'core-db: instance class to db.r6g.xlarge\n',
    at: later(NOON, 60),
    text: aText(),
    labels: ['fulcrum', 'database'],
    ...over,
  };
}

/** @throws Error when it was refused */
export function valueOf<T>(result: HostResult<T>): T {
  if (result.kind === 'refused') throw new Error(`${result.because.code}: ${result.because.detail}`);
  return result.value;
}

export function refusalCode(result: HostResult<unknown>): string {
  return result.kind === 'refused' ? result.because.code : 'done';
}
