import type { Policy } from '../../shared/config/policy.ts';
import type { AuditRecord } from '../../shared/domain/audit.ts';
import type { CacheFacts, DatabaseFacts, TaskFacts } from '../../shared/domain/infrastructure.ts';
import { NOT_ASKED, type Reading, seen } from '../../shared/domain/reading.ts';
import { loadTerraformParser } from '../../shared/infrastructure-code/hcl/parser.ts';
import { MemoryCapacityReader } from '../../shared/adapters/memory/capacity-reader.ts';
import type { InfrastructureReader } from '../../shared/ports.ts';
import type { ProposalToolsOf } from '../../shared/proposals/tend-craft.ts';
import type { DatabaseKeeper } from '../../shared/proposals/witness.ts';
import type { CodeHost } from '../../shared/pull-requests/code-host.ts';
import { Scene } from './scene.ts';

const parser = await loadTerraformParser();

/** What stands besides services, as a test says it. */
export class Estate implements InfrastructureReader {
  database: DatabaseFacts | null = null;
  cache: CacheFacts | null = null;
  readonly #scene: Scene;
  constructor(scene: Scene) {
    this.#scene = scene;
  }
  readDatabase(): Promise<Reading<DatabaseFacts>> {
    return Promise.resolve(this.#reading(this.database));
  }
  readCache(): Promise<Reading<CacheFacts>> {
    return Promise.resolve(this.#reading(this.cache));
  }
  readTasks(targets: readonly unknown[]): Promise<readonly Reading<TaskFacts>[]> {
    return Promise.resolve(targets.map(() => NOT_ASKED));
  }
  #reading<T>(value: T | null): Reading<T> {
    return value === null ? NOT_ASKED : seen(value, this.#scene.clock.now());
  }
}

/** A scene whose proposals reach a host of code. */
export function sceneWithCode(
  policy: Policy,
  startsAt: string,
  hostAt: (scene: Scene) => CodeHost,
  keeperAt: (scene: Scene) => DatabaseKeeper | null = () => null,
): { readonly scene: Scene; readonly estate: Estate; readonly tools: ProposalToolsOf } {
  const scene = new Scene(policy, startsAt);
  const estate = new Estate(scene);
  const witness = {
    scaling: new MemoryCapacityReader(scene.town.world, scene.clock),
    infrastructure: estate,
    keeper: keeperAt(scene),
  };
  const tools: ProposalToolsOf = () => Promise.resolve({ host: hostAt(scene), parser, witness });
  scene.proposals = tools;
  return { scene, estate, tools };
}

/** `2026-12-01 08:10 decided: propose …`, oldest first: the story of a proposal. */
export async function storyOf(scene: Scene, resource: string): Promise<readonly string[]> {
  const records = await scene.records(resource);
  return records.filter(({ transition }) => transition !== 'attempting').map(lineOf);
}

function lineOf({ at, transition, sentence }: AuditRecord): string {
  return `${at.slice(5, 16).replace('T', ' ')} ${transition}: ${sentence.replace(/^(?:applied|skipped|failed): /, '')}`;
}
