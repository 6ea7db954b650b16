import { generateKeyPairSync } from 'node:crypto';
import { gitHubCodeHost } from '../../../shared/adapters/github/code-host.ts';
import type { GitHubSettings } from '../../../shared/adapters/github/settings.ts';
import { type EpochMs, isoInstant } from '../../../shared/domain/units.ts';
import type { CodeHost } from '../../../shared/pull-requests/code-host.ts';
import { BASE_FILES, FOLDERS } from '../../contracts/code-host.samples.ts';
import { NOON } from '../../contracts/samples.ts';
import type { App, Permissions } from './access.ts';
import type { Person } from './objects.ts';
import { Repository } from './repository.ts';
import { GitHubStandIn } from './server.ts';

const KEYS = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});

const ALL: Permissions = {
  contents: 'write',
  metadata: 'read',
  pull_requests: 'write',
  issues: 'write',
  checks: 'read',
  statuses: 'read',
};

/** A token in the form of GitHub's own, so that tests find it wherever it leaks. */
export const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

export interface GitHub {
  readonly standIn: GitHubStandIn;
  readonly repository: Repository;
  readonly app: App;
  readonly person: Person;
  readonly privateKey: string;
  readonly host: (identity: 'app' | 'token', over?: Partial<GitHubSettings>) => CodeHost;
  /** Nobody of us may see the repository any more. */
  readonly hide: () => void;
  readonly stop: () => Promise<void>;
}

/** The repository `acme/platform` with `BASE_FILES` on its branch `main`, and an app that is installed on it. */
export async function startGitHub(now: () => EpochMs = () => NOON): Promise<GitHub> {
  const repository = new Repository('acme', 'platform', () => isoInstant(now()));
  const person: Person = { login: 'ines', name: 'Ines', email: 'ines@example.org' };
  repository.push('main', BASE_FILES, person);
  repository.push('main', { 'infra/link.tf': '../app/main.tf' }, person, '120000');
  const app: App = {
    id: '4711',
    slug: 'fulcrum',
    installationId: '99',
    publicKey: KEYS.publicKey,
    permissions: ALL,
    repositories: ['platform'],
  };
  const standIn = new GitHubStandIn(repository, app);
  standIn.tokens.set(TOKEN, { permissions: ALL, repositories: null, login: 'fulcrum-user' });
  const apiUrl = await standIn.start();
  const settings = {
    apiUrl,
    owner: 'acme',
    repository: 'platform',
    baseBranch: 'main',
    folders: FOLDERS,
    patience: { secondMs: 0, pauseAtMostSeconds: 10, requestMs: 10_000 },
  };
  const identities = {
    app: {
      credentials: { kind: 'app', appId: '4711', privateKey: KEYS.privateKey, installationId: '99' },
      author: { kind: 'app', login: 'fulcrum[bot]' },
    },
    token: {
      credentials: { kind: 'token', token: TOKEN },
      author: { kind: 'named', name: 'Fulcrum', email: 'fulcrum@example.org' },
    },
  } as const;
  return {
    standIn,
    repository,
    app,
    person,
    privateKey: KEYS.privateKey,
    host: (identity, over = {}) => gitHubCodeHost({ ...settings, ...identities[identity], ...over }),
    hide: () => {
      standIn.isHidden = true;
    },
    stop: () => standIn.stop(),
  };
}
