import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type DurableSizes, POOLER_SIZES, type PoolerSizes } from '../../domain/pooler.ts';
import { type Reading, seen, unseen } from '../../domain/reading.ts';
import type { FailureReason } from '../../domain/reason.ts';
import type { DurablePoolSizes } from '../../pooler-port.ts';
import type { Clock } from '../../ports.ts';
import { unseenBecause } from './errors.ts';
import { attempt } from './refusals.ts';
import { sizeIn, type SizeNames } from './size-names.ts';

export interface ParameterSizesOptions {
  readonly ssm: Pick<SSMClient, 'send'>;
  readonly clock: Clock;
  /** Names of parameters. */
  readonly names: SizeNames;
}

/** Sizes in parameters of Systems Manager that the tasks read when they start. */
export class ParameterSizes implements DurablePoolSizes {
  readonly #options: ParameterSizesOptions;

  constructor(options: ParameterSizesOptions) {
    this.#options = options;
  }

  async read(): Promise<Reading<DurableSizes>> {
    const { ssm, clock, names } = this.#options;
    try {
      const at = clock.now();
      const named = POOLER_SIZES.flatMap((size) => names[size] ?? []);
      const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: named }));
      const values = new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
      const sizes = sizeIn(names, (name) => values.get(name), 'the parameter store');
      if ('detail' in sizes) return unseen({ code: 'unreadable', detail: sizes.detail });
      return seen({ sizes, revision: 'the parameter store', rollout: 'none' }, at);
    } catch (error) {
      return unseenBecause(error);
    }
  }

  async write(to: Partial<PoolerSizes>): Promise<FailureReason | null> {
    const { ssm, names } = this.#options;
    for (const size of POOLER_SIZES) {
      const [Name, value] = [names[size], to[size]];
      if (Name === undefined || value === undefined) continue;
      // Without a type it keeps the one it has.
      const failure = await attempt(`putting the parameter ${Name}`, () =>
        ssm.send(new PutParameterCommand({ Name, Value: String(value), Overwrite: true })),
      );
      if (failure !== null) return failure;
    }
    return null;
  }
}
