import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { MemoryStateStore } from '../../shared/adapters/memory/state-store.ts';
import type { ProposalChange } from '../../shared/domain/change.ts';
import { ResourceBusyError } from '../../shared/domain/errors.ts';
import { NOT_ASKED } from '../../shared/domain/reading.ts';
import {
  proposalCraft,
  type ProposalDependencies,
  type ProposalToolsOf,
  REPOSITORIES,
} from '../../shared/proposals/tend-craft.ts';
import type { CodeHost, HostRefusal } from '../../shared/pull-requests/code-host.ts';
import { parser } from '../infrastructure-code/support.ts';
import { ModelHost } from '../pull-requests/model-host.ts';
import { anOrder } from '../support/builders/orders.ts';
import { aPolicy } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { CHANGES } from './samples.ts';

const CODE = { host: 'git' as const, repository: 'code', paths: ['infra'] };
const policy = aPolicy([{ infrastructureCode: CODE }]);
const change: ProposalChange = {
  kind: 'tend-proposal',
  lever: 'ceiling',
  about: 'service/production/core-api',
  from: null,
  to: { proposes: CHANGES['set-capacity-bounds'], lastNeededAt: NOW },
};
const order = anOrder(change, { resource: 'proposal/ceiling/service/production/core-api' });
const REPOSITORY = 'infrastructure-code/code';

describe('the action that looks after a proposal', () => {
  let deps: ProposalDependencies;
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock(NOW);
    deps = {
      audit: new MemoryAuditLog(),
      state: new MemoryStateStore(),
      clock,
      wait: (seconds) => {
        clock.advance(seconds);
        return Promise.resolve();
      },
      codeVersion: 'test',
      auditTable: null,
    };
  });

  const toolsWith = (over: Partial<CodeHost> = {}): ProposalToolsOf => {
    const host: CodeHost = new ModelHost(() => clock.now());
    const reached: CodeHost = {
      plots: host.plots,
      readFiles: () =>
        Promise.resolve({
          kind: 'done',
          value: { commit: 'base', files: [{ path: 'infra/a.tf', text: '' }], skipped: [] },
        }),
      look: (branch) => host.look(branch),
      readChecks: (proposal, names) => host.readChecks(proposal, names),
      opened: (since) => host.opened(since),
      open: (draft, at) => host.open(draft, at),
      refresh: (proposal, draft, at) => host.refresh(proposal, draft, at),
      reword: (proposal, text) => host.reword(proposal, text),
      comment: (proposal, note) => host.comment(proposal, note),
      close: (proposal, farewell) => host.close(proposal, farewell),
      openIssue: (issue) => host.openIssue(issue),
      closeIssue: (issue, note) => host.closeIssue(issue, note),
      ...over,
    };
    const witness = {
      scaling: { readScaling: () => Promise.resolve([NOT_ASKED]) },
      infrastructure: {
        readDatabase: () => Promise.resolve(NOT_ASKED),
        readCache: () => Promise.resolve(NOT_ASKED),
        readTasks: () => Promise.resolve([]),
      },
      keeper: null,
    };
    return () => Promise.resolve({ host: reached, parser, witness });
  };
  const refused = (because: HostRefusal) => () => Promise.resolve({ kind: 'refused' as const, because });

  it('says why the host refuses, whichever of its answers it is', async () => {
    const because: HostRefusal = { code: 'not-permitted', detail: 'read the files: Bad credentials' };
    const failure = { code: 'code-host-refused', why: 'not-permitted', detail: because.detail };
    for (const over of [{ readFiles: refused(because) }, { look: refused(because) }, { openIssue: refused(because) }]) {
      expect(await proposalCraft(policy, toolsWith(over), deps).effect(change, order)).toEqual({ failure });
    }
  });

  it('is of no use to a fleet that names no code, or whose code cannot be reached from here', async () => {
    const nowhere = proposalCraft(aPolicy([{}]), toolsWith(), deps);
    expect(await nowhere.effect(change, order)).toMatchObject({ failure: { code: 'not-found' } });
    const unreachable = { code: 'not-found', detail: 'no git' } as const;
    const craft = proposalCraft(policy, () => Promise.resolve(unreachable), deps);
    expect(await craft.effect(change, order)).toEqual({ failure: unreachable });
  });

  it('advises where the code has no such resource, and names the value', async () => {
    const done = await proposalCraft(policy, toolsWith(), deps).effect(change, order);
    expect(done).toMatchObject({
      failure: null,
      told: {
        as: 'applied',
        reasons: [{ code: 'proposal-advised', detail: expect.stringContaining('There is no') as unknown }],
      },
    });
  });

  it('advises where a file that the host could not read may have a say', async () => {
    const { target } = CHANGES['set-capacity-bounds'];
    const text = `variable "ceiling" { default = 10 }
resource "aws_appautoscaling_target" "api" {
  resource_id  = "service/${target.cluster}/${target.service}"
  max_capacity = var.ceiling
}`;
    const skipped = [{ path: 'infra/terraform.tfvars', because: 'a link' }];
    const value = { commit: 'base', files: [{ path: 'infra/a.tf', text }], skipped };
    const tools = toolsWith({ readFiles: () => Promise.resolve({ kind: 'done', value }) });
    expect(await proposalCraft(policy, tools, deps).effect(change, order)).toMatchObject({
      told: {
        reasons: [
          { code: 'proposal-advised', detail: expect.stringContaining('infra/terraform.tfvars may have') as unknown },
        ],
      },
    });
  });

  it('advises where Terraform leaves a part of it alone: the other part is not proposed under its name', async () => {
    const proposes = CHANGES['set-capacity-bounds'];
    const { cluster, service } = proposes.target;
    const moved = { ...proposes, to: { min: 4, max: 14 } };
    const text = (ignored: string): string => `resource "aws_appautoscaling_target" "api" {
  resource_id  = "service/${cluster}/${service}"
  min_capacity = 2
  max_capacity = 10
  lifecycle {
    ignore_changes = [${ignored}]
  }
}`;
    const reasonsWith = async (ignored: string) => {
      const value = { commit: 'base', files: [{ path: 'infra/a.tf', text: text(ignored) }], skipped: [] };
      const tools = toolsWith({ readFiles: () => Promise.resolve({ kind: 'done', value }) });
      const both = { ...change, to: { proposes: moved, lastNeededAt: NOW } };
      return proposalCraft(policy, tools, deps).effect(both, order);
    };
    const detail = expect.stringContaining('leave aws_appautoscaling_target.api.max_capacity alone') as unknown;
    expect(await reasonsWith('max_capacity')).toMatchObject({
      told: { reasons: [{ code: 'proposal-advised', detail }] },
    });
    expect(await reasonsWith('scalable_dimension')).toMatchObject({ told: { reasons: [{ code: 'proposal-opened' }] } });
  });

  it('waits for whoever tends the same repository, and gives it free again', async () => {
    const other = await deps.state.acquireLease(REPOSITORIES, REPOSITORY, 'other', clock.now(), 30);
    expect(other).not.toBeNull();
    const done = await proposalCraft(policy, toolsWith(), deps).effect(change, order);
    expect(done.failure).toBeNull();
    expect(clock.now()).toBeGreaterThan(NOW + 29_000);
    expect(await deps.state.acquireLease(REPOSITORIES, REPOSITORY, 'next', clock.now(), 30)).not.toBeNull();
  });

  it('waits for another fleet whose code is in the same repository', async () => {
    const both = aPolicy([
      { name: 'production', infrastructureCode: CODE },
      { name: 'edge', infrastructureCode: CODE },
    ]);
    let atWork = 0;
    const look: CodeHost['look'] = async () => {
      atWork += 1;
      expect(atWork).toBe(1);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      atWork -= 1;
      return { kind: 'refused', because: { code: 'not-found', detail: 'gone' } };
    };
    const craft = proposalCraft(both, toolsWith({ look }), deps);
    const done = await Promise.all([craft.effect(change, order), craft.effect(change, { ...order, fleet: 'edge' })]);
    expect(done).toMatchObject([{ failure: { detail: 'gone' } }, { failure: { detail: 'gone' } }]);
  });

  it('leaves it to the queue when others hold the repository for too long', async () => {
    await deps.state.acquireLease(REPOSITORIES, REPOSITORY, 'other', clock.now(), 900);
    await expect(proposalCraft(policy, toolsWith(), deps).effect(change, order)).rejects.toThrow(ResourceBusyError);
  });

  it('gives the repository free again when something is thrown', async () => {
    const craft = proposalCraft(policy, toolsWith({ look: () => Promise.reject(new Error('bug')) }), deps);
    await expect(craft.effect(change, order)).rejects.toThrow('bug');
    expect(await deps.state.acquireLease(REPOSITORIES, REPOSITORY, 'next', clock.now(), 30)).not.toBeNull();
  });

  it('with nothing that was ever proposed there is nothing to take back', async () => {
    const gone: ProposalChange = { ...change, to: { proposes: null, lastNeededAt: NOW } };
    expect(await proposalCraft(policy, toolsWith(), deps).effect(gone, order)).toEqual({
      failure: null,
      told: { as: 'skipped', reasons: [{ code: 'nothing-to-propose' }] },
    });
  });
});
