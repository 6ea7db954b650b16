import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitCodeHost } from '../../shared/adapters/git/code-host.ts';
import { GitError } from '../../shared/adapters/git/refusals.ts';
import { type Git, gitIn } from '../../shared/adapters/git/run-git.ts';
import { GIT_AUTHOR, type GitSettings } from '../../shared/adapters/git/settings.ts';
import { makeCommit } from '../../shared/adapters/git/trees.ts';
import type { FleetPolicy, Policy } from '../../shared/config/policy.ts';
import { NOT_ASKED } from '../../shared/domain/reading.ts';
import type { EpochMs } from '../../shared/domain/units.ts';
import { loadTerraformParser } from '../../shared/infrastructure-code/hcl/parser.ts';
import type { Clock } from '../../shared/ports.ts';
import type { ProposalToolsOf } from '../../shared/proposals/tend-craft.ts';
import type { CodeHost, HostResult } from '../../shared/pull-requests/code-host.ts';
import type { SimulatedPlatform } from '../platform/simulated-platform.ts';
import type { ProposalReport } from '../report/report-data.ts';
import type { DemoWorld } from './world.ts';

const BASE_BRANCH = 'main';
const CODE_FOLDER = 'infrastructure';
/** The files that the repository begins with. */
const TEMPLATE = fileURLToPath(new URL('./infrastructure', import.meta.url));

/** The infrastructure code of the demo: a git repository in the folder of the report. */
export interface CodeRepository {
  /** Path of the bare repository. */
  readonly remote: string;
  readonly toolsOf: (platform: SimulatedPlatform) => ProposalToolsOf;
  /** Everything that was proposed, oldest first, with its diff against the base branch. */
  readonly proposals: () => Promise<readonly ProposalReport[]>;
}

/** A repository begun anew, in place of one that an earlier run has left. `null` where there is no git. */
export async function makeCodeRepository(folder: string, at: EpochMs): Promise<CodeRepository | null> {
  const home = resolve(folder);
  const remote = join(home, 'infrastructure.git');
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  const settings: Omit<GitSettings, 'clock'> = {
    remote,
    baseBranch: BASE_BRANCH,
    folders: [CODE_FOLDER],
    workFolder: join(home, 'work'),
    textFolder: home,
    author: GIT_AUTHOR,
    commandSeconds: 60,
  };
  const still: Clock = { now: () => at };
  // What works on the copy of a remote works on the remote itself.
  const inRemote = { ...settings, clock: still, workFolder: remote };
  const git = await gitIn(inRemote).catch(missing);
  if (git === null) return null;
  await commitTemplate(git, inRemote, at);
  const hostAt = (clock: Clock): CodeHost => gitCodeHost({ ...settings, clock });
  return {
    remote,
    toolsOf: (platform) => {
      const host = hostAt({ now: () => platform.now });
      const parser = loadTerraformParser();
      return async () => ({ host, parser: await parser, witness: witnessOf(platform) });
    },
    proposals: () => readProposals(hostAt(still), git),
  };
}

/** The world with its code: what was written into it is what the template says. */
export function withCode(world: DemoWorld, remote: string): DemoWorld {
  const infrastructureCode: NonNullable<FleetPolicy['infrastructureCode']> = {
    host: 'git',
    repository: remote,
    branch: BASE_BRANCH,
    paths: [CODE_FOLDER],
    labels: ['fulcrum'],
    handsOffLabel: 'fulcrum:hands-off',
    openAtMost: 5,
    perDayAtMost: 3,
    checks: {},
  };
  const fleet = { ...world.fleet, infrastructureCode };
  const policy: Policy = {
    ...world.policy,
    fleets: world.policy.fleets.map((each) => (each.name === fleet.name ? fleet : each)),
  };
  return { ...world, fleet, policy };
}

/** Of the platform that is simulated, services are all that can be seen. */
function witnessOf(scaling: SimulatedPlatform) {
  return {
    scaling,
    infrastructure: {
      readDatabase: () => Promise.resolve(NOT_ASKED),
      readCache: () => Promise.resolve(NOT_ASKED),
      readTasks: (targets: readonly unknown[]) => Promise.resolve(targets.map(() => NOT_ASKED)),
    },
    keeper: null,
  };
}

/** The base branch with the files of the template, and nothing else. */
async function commitTemplate(git: Git, settings: GitSettings, at: EpochMs): Promise<void> {
  const names = await readdir(TEMPLATE);
  const files = await Promise.all(
    names.map(async (name) => ({ path: `${CODE_FOLDER}/${name}`, text: await readFile(join(TEMPLATE, name), 'utf8') })),
  );
  const author = { name: 'Platform team', email: 'platform@invalid' };
  const commit = { parent: null, files, message: 'Scaling of the services\n', at };
  const head = await makeCommit(git, { ...settings, author }, commit);
  await git(['update-ref', `refs/heads/${BASE_BRANCH}`, head]);
  await git(['symbolic-ref', 'HEAD', `refs/heads/${BASE_BRANCH}`]);
}

async function readProposals(host: CodeHost, git: Git): Promise<readonly ProposalReport[]> {
  const opened = valueOf(await host.opened(0));
  const views = await Promise.all(
    opened.map(async ({ branch }) => ({ branch, view: valueOf(await host.look(branch)) })),
  );
  const reports = await Promise.all(
    views.flatMap(({ branch, view }) =>
      view.proposals.map(async ({ id, title, body, state, openedAt }): Promise<ProposalReport> => {
        const standsOn = view.branch === null ? null : branch;
        return {
          id,
          branch,
          state,
          openedAt,
          title,
          body,
          diff: standsOn === null ? '' : await diffOf(git, standsOn),
        };
      }),
    ),
  );
  return reports.toSorted((a, b) => a.openedAt - b.openedAt);
}

function valueOf<T>(result: HostResult<T>): T {
  if (result.kind === 'refused') throw new Error(`the repository of the demo: ${result.because.detail}`);
  return result.value;
}

async function diffOf(git: Git, branch: string): Promise<string> {
  const { stdout } = await git(['diff', '--no-color', `${BASE_BRANCH}...${branch}`]);
  return stdout.toString('utf8');
}

/** @throws the error, unless it is that there is no git */
function missing(error: unknown): null {
  if (error instanceof GitError && error.code === 'ENOENT') return null;
  throw error;
}
