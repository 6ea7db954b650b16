import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import { MemoryWorld } from '../../shared/adapters/memory/world.ts';
import type { ProposalChange } from '../../shared/domain/change.ts';
import { act } from '../../shared/domain/decision.ts';
import { seen } from '../../shared/domain/reading.ts';
import type { ReasonCode } from '../../shared/domain/reason.ts';
import { HOUR, later } from '../../shared/domain/units.ts';
import { proposalCraft } from '../../shared/proposals/tend-craft.ts';
import type { DatabaseKeeper } from '../../shared/proposals/witness.ts';
import { branchOf } from '../../shared/pull-requests/identity.ts';
import { carryOut } from '../../shared/workflow/carry-out-order.ts';
import { entryOfDecision } from '../../shared/workflow/tell.ts';
import { parser } from '../infrastructure-code/support.ts';
import { CHANGES } from '../proposals/samples.ts';
import { CORE_API } from '../support/builders/decisions.ts';
import { aCache, aDatabase } from '../support/builders/infrastructure.ts';
import { anOrder, aStoredChange } from '../support/builders/orders.ts';
import { A_DATABASE, aPolicy } from '../support/builders/policy.ts';
import { at, NOW } from '../support/builders/time.ts';
import { aScalingSetup } from '../support/builders/world.ts';
import { type GitHub, startGitHub } from '../support/github-stand-in/github.ts';

const ABOUT = 'database/core-db';
const RESOURCE = `proposal/database-class/${ABOUT}`;
const BRANCH = branchOf({ fleet: 'production', lever: 'database-class', resource: ABOUT });
const CLASS = CHANGES['change-database-class'];
const TF = `resource "aws_db_instance" "core" {
  identifier     = "core-db"
  instance_class = "db.r6g.large"
}
`;
const CODE = {
  repository: 'acme/platform',
  paths: ['infra'],
  auditLink: 'aws-console',
  checks: { plan: 'terraform plan', dryRun: 'staging dry run', loadTest: 'load test' },
};
const policy = aPolicy([{ database: { ...A_DATABASE, identifier: 'core-db' }, infrastructureCode: CODE }]);

/** A change of the database class from the pull request to the last step of its checklist, on GitHub. */
describe('the checklist of a larger database class', () => {
  let github: GitHub;
  let clock: ManualClock;
  let audit: MemoryAuditLog;
  let state: MemoryStateStore;
  let world: MemoryWorld;
  let instanceClass: string;
  let tendings: number;

  beforeEach(async () => {
    clock = new ManualClock(NOW);
    github = await startGitHub(() => clock.now());
    github.repository.push('main', { 'infra/database.tf': TF }, github.person);
    audit = new MemoryAuditLog();
    state = new MemoryStateStore();
    world = new MemoryWorld();
    world.addService(CORE_API, 2);
    raise(10);
    instanceClass = 'db.r6g.large';
    tendings = 0;
  });
  afterEach(() => github.stop());

  const raise = (max: number): void => {
    world.put(CORE_API, { scaling: aScalingSetup({ bounds: { min: 2, max } }) });
  };

  const keeper: DatabaseKeeper = {
    readSnapshot: () => Promise.resolve({ kind: 'available', since: at('12:40') }),
    takeSnapshot: () => Promise.resolve('asked'),
    readInterruptions: () => Promise.resolve(instanceClass === CLASS.to.instanceClass ? [at('02:10', 1)] : []),
    readConnections: () => Promise.resolve({ before: 40, now: 40 }),
    readReplica: () => Promise.resolve({ lagMillis: 9, connections: 4 }),
  };

  /** The order of six hours later, and what came of it. */
  async function tended(proposes: ProposalChange['to']['proposes'] = CLASS): Promise<readonly ReasonCode[]> {
    tendings += 1;
    clock.advance(6 * HOUR);
    const now = clock.now();
    const change: ProposalChange = {
      kind: 'tend-proposal',
      lever: 'database-class',
      about: ABOUT,
      from: null,
      to: { proposes, lastNeededAt: NOW },
    };
    const decisionId = `database-class/production/core-db/${tendings}`;
    const of = { decisionId, resource: RESOURCE, lever: 'database-class', decidedAt: now, expiresAt: later(now, HOUR) };
    const order = anOrder(change, of);
    const occasion = { fleet: 'production', trigger: order.trigger, now, codeVersion: 'test', policyVersion: 'test' };
    const decision = act(
      change,
      'grow',
      { code: 'database-pressed', what: 'cpu', is: 82.4, limit: 70, days: 12, of: 14 },
      { code: 'quiet-hours', from: at('02:00', 1), to: at('04:00', 1), loadPercent: 22 },
    );
    await audit.append(
      entryOfDecision(occasion, { ...of, transition: 'decided' }, decision, {
        input: null,
        settings: null,
        wanted: decision,
      }),
    );
    await state.openChange({
      ...aStoredChange(change, { status: 'ordered', updatedAt: now }, of),
      resource: RESOURCE,
    });
    const auditTable = { name: 'fulcrum-audit', region: 'eu-central-1' };
    const deps = { audit, state, clock, codeVersion: 'test', wait: () => Promise.resolve(), auditTable };
    const facts = aDatabase({ instanceClass, replicas: ['core-db-r1'] });
    const witness = {
      scaling: new MemoryCapacityReader(world, clock),
      infrastructure: {
        readDatabase: () => Promise.resolve(seen(facts, now)),
        readCache: () => Promise.resolve(seen(aCache(), now)),
        readTasks: () => Promise.resolve([]),
      },
      keeper,
    };
    const tools = () => Promise.resolve({ host: github.host('app'), parser, witness });
    const outcome = await carryOut(
      { ...order, change },
      proposalCraft(policy, tools, deps),
      `invocation-${tendings}`,
      deps,
    );
    if (!('reasons' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.reasons.map(({ code }) => code);
  }

  /** `plan`, or `plan → https://…` where something is shown. */
  const ticked = (): readonly string[] =>
    github.repository
      .pull(BRANCH)
      .body.split('\n')
      .filter((line) => line.startsWith('- [x] '))
      .map((line) => line.replace(/^- \[x\] /, '').replace(/^(.{12})[^—]*/, '$1… '));
  const says = (sha: string, context: string, targetUrl: string | null): void => {
    github.repository.statuses.push({ sha, context, state: 'success', targetUrl });
  };

  it('is ticked to its end, with what people and pipelines have attached', async () => {
    const { repository } = github;
    expect(await tended()).toEqual(['proposal-opened', 'bounds-before-class']);
    expect(ticked()).toEqual(['The trigger … ', 'Manual snaps… ']);
    expect(github.repository.pull(BRANCH).body).toContain(
      'dynamodbv2/home?region=eu-central-1#edit-item?itemMode=2&pk=proposal%2Fdatabase-class%2Fdatabase%2Fcore-db&sk=1&table=fulcrum-audit>) (`database-class/production/core-db/1`). Or: `npx fulcrum audit database-class/production/core-db/1 --table fulcrum-audit --region eu-central-1`',
    );

    const head = repository.head(BRANCH) ?? '';
    says(head, 'terraform plan', 'https://ci.example.org/plan/1?a=b');
    repository.checkRuns.push(
      { sha: head, name: 'staging dry run', app: 'ci', conclusion: 'failure', detailsUrl: null },
      { sha: head, name: 'unit tests', app: 'ci', conclusion: 'success', detailsUrl: null },
    );
    expect(await tended()).toEqual(['proposal-stands']);
    const plan = 'terraform pl… — [terraform plan](<https://ci.example.org/plan/1?a=b>)';
    expect(ticked()).toEqual(['The trigger … ', 'Manual snaps… ', plan]);

    repository.merge(BRANCH, 'squash');
    instanceClass = CLASS.to.instanceClass;
    expect(await tended(null)).toEqual(['proposal-merged']);
    const after = ['The trigger … ', 'Manual snaps… ', plan, 'The change i… ', 'terraform ap… ', 'The event of… '];
    const restarted = [...after, 'The instance… ', 'At least 90 … ', 'Every replic… ', 'Every replic… '];
    expect(ticked()).toEqual(restarted);

    raise(14);
    says(repository.head('main') ?? '', 'load test', 'https://ci.example.org/load/9');
    await tended(null);
    expect(ticked()).toEqual([
      ...restarted,
      'Pool sizes a… ',
      'The result o… — [load test](<https://ci.example.org/load/9>)',
    ]);
  });

  it('a plan of the commit before says nothing of the one that took its place', async () => {
    const { repository } = github;
    await tended();
    says(repository.head(BRANCH) ?? '', 'terraform plan', 'https://ci.example.org/plan/1');
    await tended();
    expect(ticked()).toHaveLength(3);
    repository.push('main', { 'infra/database.tf': `# Moved.\n${TF}` }, github.person);
    expect(await tended()).toEqual(['proposal-refreshed']);
    expect(ticked()).toEqual(['The trigger … ', 'Manual snaps… ']);
  });

  it('without the permission to read checks everything else is ticked, and the record says so', async () => {
    await tended();
    github.app.permissions = { ...github.app.permissions, checks: 'none' };
    expect(await tended()).toEqual(['proposal-stands', 'checks-unread']);
    expect(ticked()).toEqual(['The trigger … ', 'Manual snaps… ']);
  });
});
