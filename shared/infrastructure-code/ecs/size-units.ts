import type { Place } from '../place.ts';

const IN_UNITS = /^(?<amount>\d+(?:\.\d+)?|\.\d+)(?<unit>\s*(?:vCPU|GB))$/i;
const UNITS_OF_ONE = 1024;

/** A size that may be written as `0.5 vCPU` or `1GB` (Amazon ECS, “Task definition parameters”), as CPU units and MiB. */
export function inCpuUnitsOrMiB(place: Place): Place {
  const { amount, unit } = (typeof place.present === 'string' ? IN_UNITS.exec(place.present)?.groups : null) ?? {};
  if (amount === undefined || unit === undefined) return place;
  return {
    ...place,
    present: Number(amount) * UNITS_OF_ONE,
    write: (to) => place.write(`${Number(to) / UNITS_OF_ONE}${unit}`),
  };
}
