import { expect } from '@jest/globals';
import { verifyChain } from '../../shared/audit/chain.ts';
import type { LeverName } from '../../shared/config/policy.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import { instant } from '../../shared/domain/units.ts';
import { replay } from '../../shared/evaluation/replay.ts';
import type { Scene } from './scene.ts';

const OUTCOMES: readonly string[] = ['applied', 'skipped', 'failed'];

/** What holds of the audit table and the platform whatever happened, once all is quiet. */
export async function expectSound(scene: Scene): Promise<void> {
  const resources = scene.policy.fleets.flatMap(({ services }) => services.map(({ name }) => scene.resource(name)));
  for (const resource of resources) {
    const records = await scene.records(resource);
    expect(verifyChain(records)).toEqual({ kind: 'ok', records: records.length });
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, index) => index + 1));
    expectWholeStories(records);
    expectReplays(records);
  }
  for (const service of scene.policy.fleets.flatMap(({ services }) => services)) {
    const bounds = scene.town.bounds(service.name);
    if (bounds === null) continue;
    expect(bounds.max).toBeLessThanOrEqual(service.hardLimit);
    expect(bounds.min).toBeGreaterThanOrEqual(service.min);
  }
}

/** Every attempt has one outcome behind it, and no decision is told, ended or verified twice. */
export function expectWholeStories(records: readonly AuditRecord[]): void {
  const byDecision = Map.groupBy(records, ({ decisionId }) => decisionId);
  const faults: string[] = [];
  for (const [decisionId, story] of byDecision) {
    const count = (transitions: readonly string[]): number =>
      story.filter(({ transition }) => transitions.includes(transition)).length;
    const attempts = story.filter(({ transition }) => transition === 'attempting');
    const outcome = story.find(({ transition }) => OUTCOMES.includes(transition));
    if (attempts.length > 0 && outcome === undefined) faults.push(`${decisionId}: attempting without an outcome`);
    if (attempts.some(({ sequence }) => outcome !== undefined && sequence > outcome.sequence)) {
      faults.push(`${decisionId}: attempting after its outcome`);
    }
    if (count(OUTCOMES) > 1) faults.push(`${decisionId}: ${count(OUTCOMES)} outcomes`);
    for (const once of ['decided', 'verified', 'external', 'held', 'abstained', 'blocked']) {
      if (count([once]) > 1) faults.push(`${decisionId}: ${once} ${count([once])} times`);
    }
  }
  expect(faults).toEqual([]);
}

/** The lever on the stored arguments gives the stored decision, after a round trip through JSON. */
export function expectReplays(records: readonly AuditRecord[]): void {
  for (const record of records) {
    if (record.replay === null || record.lever === null) continue;
    const { input, settings, wanted } = JSON.parse(JSON.stringify(record.replay)) as typeof record.replay;
    expect(replay(record.lever as LeverName, input, settings, instant(record.at))).toEqual(wanted);
  }
}
