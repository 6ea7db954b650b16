import { describe, expect, it } from '@jest/globals';
import { MemoryAuditLog } from '../../shared/adapters/memory/audit-log.ts';
import type { ProposableChange } from '../../shared/domain/change.ts';
import { act } from '../../shared/domain/decision.ts';
import { causeOfDrift } from '../../shared/proposals/cause-of-drift.ts';
import { entryOfDecision } from '../../shared/workflow/tell.ts';
import { NOW } from '../support/builders/time.ts';
import { CHANGES } from './samples.ts';

const ABOUT = 'service/production/core-api';
const BOUNDS = CHANGES['set-capacity-bounds'];

type Told = readonly [lever: string, change: ProposableChange];

async function auditOf(told: readonly Told[]) {
  const audit = new MemoryAuditLog();
  const trigger = { kind: 'tick', id: 'tick' } as const;
  for (const [index, [lever, change]] of told.entries()) {
    const occasion = { fleet: 'production', trigger, now: NOW + index, codeVersion: 'test', policyVersion: 'test' };
    const of = { resource: ABOUT, transition: 'decided', lever, decisionId: `${lever}/${index}` } as const;
    await audit.append(entryOfDecision(occasion, of, act(change, 'grow', { code: 'not-registered' }), null));
  }
  return audit;
}

describe('the decision that made live what the code lacks', () => {
  const cause = async (change: ProposableChange, ...told: readonly Told[]): Promise<string | null> => {
    const audit = await auditOf(told);
    return (await causeOfDrift(change, { lever: 'ceiling', about: ABOUT }, audit))?.decisionId ?? null;
  };

  it('is the newest of its lever that has brought the value', async () => {
    const lower = { ...BOUNDS, to: { min: 2, max: 12 } };
    expect(await cause(BOUNDS, ['ceiling', BOUNDS], ['ceiling', BOUNDS], ['ceiling', lower])).toBe('ceiling/1');
  });

  it('may have brought another minimum: that is moved by others', async () => {
    expect(await cause({ ...BOUNDS, to: { min: 5, max: 14 } }, ['ceiling', BOUNDS])).toBe('ceiling/0');
  });

  it('has brought all sizes of pools, in whichever order they stand', async () => {
    const tuned = CHANGES['tune-pgbouncer'];
    const { defaultPoolSize, reservePoolSize, maxClientConnections } = tuned.to;
    const turned = { ...tuned, to: { maxClientConnections, reservePoolSize, defaultPoolSize } };
    expect(await cause(tuned, ['ceiling', turned])).toBe('ceiling/0');
    const other = { ...tuned, to: { ...tuned.to, reservePoolSize: reservePoolSize + 1 } };
    expect(await cause(tuned, ['ceiling', other])).toBeNull();
  });

  it('is none of another lever, and none that is not there', async () => {
    expect(await cause(BOUNDS, ['known-event', BOUNDS])).toBeNull();
    expect(await cause(BOUNDS)).toBeNull();
  });
});
