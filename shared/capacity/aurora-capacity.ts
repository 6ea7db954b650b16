import type { Connections } from '../domain/units.ts';
import { MOST_CONNECTIONS_BY_DEFAULT } from './postgres-defaults.ts';

/** Aurora capacity units of Aurora Serverless v2. One is about 2 GiB of memory with CPU and network to match. */
export type Acu = number;

/**
 * The range of Aurora Serverless v2 for PostgreSQL. Source: "Performance and scaling for Aurora Serverless v2" in the
 * Aurora User Guide, as of 2026-09. A minimum of 0 lets the cluster pause; it needs a recent engine version, as a maximum
 * above 128 does.
 */
export const ACU_RANGE = { step: 0.5, min: 0, leastMax: 1, max: 256 } as const;

/** Below it the default of `max_connections` is capped: memory must suffice when the cluster is at its smallest. */
export const UNCAPPED_FROM_MIN_ACU: Acu = 1;
const CAP_OF_SMALL_MINIMUM: Connections = 2000;

export interface AcuRange {
  readonly min: Acu;
  readonly max: Acu;
}

export function isValidAcuRange({ min, max }: AcuRange): boolean {
  const inSteps = [min, max].every((acu) => Number.isInteger(acu / ACU_RANGE.step));
  return inSteps && min >= ACU_RANGE.min && max >= ACU_RANGE.leastMax && min <= max && max <= ACU_RANGE.max;
}

/** The next step above `acu × factor`, never above what Aurora offers. */
export function largerAcu(acu: Acu, factor: number): Acu {
  const wanted = Math.round(acu * factor * 1e6) / 1e6;
  const onStep = Math.ceil(wanted / ACU_RANGE.step) * ACU_RANGE.step;
  return Math.min(Math.max(onStep, acu + ACU_RANGE.step), ACU_RANGE.max);
}

/** Default of `max_connections` by maximum ACU, up to where 5000 cuts it off. Source as above, "Maximum connections". */
const MAX_CONNECTIONS: readonly (readonly [maxAcu: Acu, connections: Connections])[] = [
  [1, 189],
  [4, 823],
  [8, 1669],
  [16, 3360],
];

/**
 * Default of `max_connections`, which follows the maximum and takes a restart to change:
 *
 *   0.5–1 ACU  ->  189        1–16 ACU  ->  3360        0.5–16 ACU  ->  2000, capped by the small minimum
 *
 * AWS publishes the values of some maxima. Memory is in proportion to ACU, so that the straight line between two of them,
 * and beyond the last, is right to a few connections.
 */
export function auroraMaxConnections({ min, max }: AcuRange): Connections {
  const cap = min < UNCAPPED_FROM_MIN_ACU ? CAP_OF_SMALL_MINIMUM : MOST_CONNECTIONS_BY_DEFAULT;
  return Math.min(byMaximum(max), cap);
}

function byMaximum(max: Acu): Connections {
  const last = MAX_CONNECTIONS.length - 1;
  const reaches = MAX_CONNECTIONS.findIndex(([acu]) => acu >= max);
  const right = reaches === -1 ? last : Math.max(reaches, 1);
  const [fromAcu, from] = MAX_CONNECTIONS[right - 1] ?? [0, 0];
  const [toAcu, to] = MAX_CONNECTIONS[right] ?? [1, 0];
  return Math.max(0, Math.floor(from + ((max - fromAcu) * (to - from)) / (toAcu - fromAcu)));
}
