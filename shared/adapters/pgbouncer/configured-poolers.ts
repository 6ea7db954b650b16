import type { PoolerInstance, PoolerInstances } from '../../domain/pooler.ts';
import { type Reading, seen } from '../../domain/reading.ts';
import type { Clock } from '../../ports.ts';
import type { PoolerDirectory } from '../../pooler-port.ts';

/** PgBouncers whose addresses stand in `fulcrum.yml`. Which availability zone they are in is not known. */
export class ConfiguredPoolers implements PoolerDirectory {
  readonly #instances: readonly PoolerInstance[];
  readonly #clock: Clock;

  /** @param hosts `10.0.1.5`, `pooler.internal:6432`, `[fd00::1]:6432` */
  constructor(hosts: readonly string[], defaultPort: number, clock: Clock) {
    this.#instances = hosts.map((host) => instanceAt(host, defaultPort));
    this.#clock = clock;
  }

  find(): Promise<Reading<PoolerInstances>> {
    return Promise.resolve(seen({ instances: this.#instances, leftOut: [] }, this.#clock.now()));
  }
}

function instanceAt(address: string, defaultPort: number): PoolerInstance {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(address);
  const { v6, name, port } = match?.groups ?? {};
  const host = v6 ?? name;
  if (host === undefined) throw new RangeError(`not an address: ${address}`);
  const number = port === undefined ? defaultPort : Number(port);
  return {
    id: v6 === undefined ? `${host}:${number}` : `[${host}]:${number}`,
    host,
    port: number,
    availabilityZone: null,
  };
}
