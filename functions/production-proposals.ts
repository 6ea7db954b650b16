import {
  autoScalingReadClient,
  cloudWatchClient,
  ecsClient,
  elastiCacheClient,
  rdsClient,
  secretsManagerClient,
  ssmClient,
} from '../shared/adapters/aws/clients.ts';
import { AwsDatabaseKeeper } from '../shared/adapters/aws/database-keeper.ts';
import { AwsInfrastructureReader } from '../shared/adapters/aws/infrastructure-reader.ts';
import { AwsMetricReader } from '../shared/adapters/aws/metric-reader.ts';
import { AwsScalingReader } from '../shared/adapters/aws/scaling-reader.ts';
import { Secrets } from '../shared/adapters/aws/secrets.ts';
import { gitHubCodeHost } from '../shared/adapters/github/code-host.ts';
import { DEFAULT_PATIENCE } from '../shared/adapters/github/settings.ts';
import { systemClock as clock } from '../shared/adapters/system-clock.ts';
import { systemWait } from '../shared/adapters/system-wait.ts';
import type { FleetPolicy } from '../shared/config/policy.ts';
import { loadTerraformParser, type TerraformParser } from '../shared/infrastructure-code/hcl/parser.ts';
import type { ProposalDependencies, ProposalToolsOf } from '../shared/proposals/tend-craft.ts';
import type { CodeHost } from '../shared/pull-requests/code-host.ts';
import { actionDependencies, type Packaged } from './production.ts';

type InfrastructureCode = NonNullable<FleetPolicy['infrastructureCode']>;
type GitHub = NonNullable<InfrastructureCode['github']>;

const NEVER = new AbortController().signal;

/** What looking after a proposal needs of AWS. */
export function proposalDependencies(stack: Packaged): ProposalDependencies {
  const { auditTable: name, region } = stack.environment;
  return {
    ...actionDependencies(stack),
    wait: (seconds) => systemWait(seconds, NEVER),
    auditTable: { name, region },
  };
}

/** How the code of a fleet is reached: by an app of GitHub. A git remote would need a git, which Lambda has not. */
export function proposalToolsOf({ environment }: Packaged): ProposalToolsOf {
  const { region } = environment;
  let parser: Promise<TerraformParser> | undefined;
  const autoScaling = autoScalingReadClient(region);
  const rds = rdsClient(region);
  const witness = {
    scaling: new AwsScalingReader(autoScaling, clock),
    infrastructure: new AwsInfrastructureReader(
      { ecs: ecsClient(region), rds, elastiCache: elastiCacheClient(region), autoScaling },
      clock,
    ),
    keeper: new AwsDatabaseKeeper(rds, new AwsMetricReader(cloudWatchClient(region)), clock),
  };
  return async (_, code) => {
    const { host, github } = code;
    if (host !== 'github' || github === undefined) {
      const why = 'proposals are opened from AWS through an app of GitHub, and fulcrum.yml names none';
      return { code: 'not-found', detail: why };
    }
    parser ??= loadTerraformParser();
    return { host: await gitHubOf(code, github, region), parser: await parser, witness };
  };
}

/** Made anew for every order: a rotated key is known at once. */
async function gitHubOf(
  { repository, branch, paths }: InfrastructureCode,
  { apiUrl, appId, installationId, login, privateKeyFrom }: GitHub,
  region: string,
): Promise<CodeHost> {
  const secrets = new Secrets({ secretsManager: secretsManagerClient(region), ssm: ssmClient(region) });
  const privateKey = (await secrets.read(privateKeyFrom)).reveal();
  const [owner = '', name = ''] = repository.split('/');
  return gitHubCodeHost({
    apiUrl,
    owner,
    repository: name,
    baseBranch: branch,
    folders: paths,
    credentials: { kind: 'app', appId, installationId, privateKey },
    author: { kind: 'app', login },
    patience: DEFAULT_PATIENCE,
  });
}
