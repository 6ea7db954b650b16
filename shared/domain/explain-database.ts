import type {
  DatabaseReason,
  DatabaseResource,
  OtherRemedy,
  StorageLimit,
  StorageNotOffered,
} from './database-reason.ts';
import { type EpochMs, isoInstant } from './units.ts';

const RESOURCES: Readonly<
  Record<DatabaseResource, { readonly name: string; readonly unit: string; readonly side: string }>
> = {
  cpu: { name: 'CPU', unit: ' %', side: 'above' },
  'sessions-on-cpu': { name: 'sessions on CPU', unit: '', side: 'above' },
  memory: { name: 'free memory', unit: ' GiB', side: 'below' },
  swap: { name: 'swap', unit: ' GiB', side: 'above' },
  connections: { name: 'connections', unit: '', side: 'above' },
  'io-credits': { name: 'I/O credits of the class', unit: ' %', side: 'below' },
};

const OTHER_REMEDY: Readonly<Record<OtherRemedy['why'], string>> = {
  'disk-fills': 'the disk fills up, and a database has one size of it',
  'cache-misses': 'what the cache cannot hold is asked of the database',
  'reads-can-leave': 'reads can leave the writer, without a restart of it',
  'class-has-both': 'the class is short of more than CPU, and a larger one has more CPU as well',
  'capacity-is-bound': 'its capacity is bound, which more of it mends without a change of the application',
  'memory-spares-reads': 'what memory cannot hold is read from the disk',
  'class-is-the-limit': 'the class passes on no more I/O than it does',
  'database-holds-back': 'the database holds the tasks back, and larger ones would only wait for it',
};

const STORAGE: Readonly<Record<StorageLimit, string>> = { iops: 'IOPS', mibps: 'MiB/s' };

const OFFERED: Readonly<Record<StorageNotOffered['what'], string>> = {
  ...STORAGE,
  size: 'GiB',
  'iops-per-gib': 'IOPS for each GiB',
  'mibps-per-iops': 'MiB/s for each of its IOPS',
};

export const EXPLAIN_DATABASE: {
  readonly [Code in DatabaseReason['code']]: (reason: Extract<DatabaseReason, { code: Code }>) => string;
} = {
  'database-pressed': ({ what, is, limit, days, of }) => {
    const { name, unit, side } = RESOURCES[what];
    return `${name} at ${round(is)}${unit}, ${side} ${round(limit)}${unit}, in the busy hours of ${days} of ${of} days`;
  },
  'class-offers': ({ instanceClass, vcpus, memoryGiB, maxConnections }) =>
    `${instanceClass} has ${vcpus} vCPUs, ${memoryGiB} GiB and by default ${maxConnections} connections`,
  'quiet-hours': ({ from, to, loadPercent }) =>
    `quiet hours from ${minute(from)} to ${minute(to)}, ${Math.round(loadPercent)} % of the mean load`,
  'green-hours': ({ gramsPerKWh, quietest, equalWithinPercent }) => {
    const { from, to, loadPercent } = quietest;
    const grams = `${Math.round(gramsPerKWh)} g CO₂/kWh`;
    const equal = `equally quiet (within ${equalWithinPercent} % of the mean load)`;
    return quietest.gramsPerKWh <= gramsPerKWh
      ? `${grams} then: no hours that are ${equal} are greener`
      : `${grams} then, against ${Math.round(quietest.gramsPerKWh)} in the quietest hours from ${minute(from)} to ${minute(to)}, ${Math.round(loadPercent)} % of the mean load: ${equal}, and greener`;
  },
  'database-calm': ({ days, cpuPercent, usedMemoryGiB, connections }) =>
    `never more than ${round(cpuPercent)} % CPU, ${round(usedMemoryGiB)} GiB of memory and ${Math.round(connections)} connections in ${days} days`,
  'reads-dominate': ({ readPercent, cpuPercent, days, of }) =>
    `${round(readPercent)} % of the load are reads, CPU of the writer at ${round(cpuPercent)} % in the busy hours of ${days} of ${of} days`,
  'replicas-busy': ({ replicas, cpuPercent, limitPercent, days, of }) =>
    `${counted(replicas, 'replica')} at ${round(cpuPercent)} % CPU, above ${limitPercent} %, in the busy hours of ${days} of ${of} days`,
  'replicas-idle': ({ replicas, cpuPercent, days }) =>
    `${counted(replicas, 'replica')} never above ${round(cpuPercent)} % CPU in ${days} days`,
  'storage-pressed': ({ what, is, provisioned, limitPercent, hours, of, readPercent }) =>
    `${Math.round(is)} of ${Math.round(provisioned)} ${STORAGE[what]}, above ${limitPercent} %, in ${hours} of ${of} hours${
      readPercent === null ? '' : `, ${Math.round(readPercent)} % of them reads`
    }`,
  'baseline-steps': ({ atGiB, iops, mibps }) =>
    `from ${atGiB} GiB on gp3 has ${iops} IOPS and ${mibps} MiB/s at no further charge`,
  'storage-ceiling-in-the-way': ({ maxAllocatedGiB, neededGiB }) =>
    `storage autoscaling ends at ${maxAllocatedGiB} GiB, ${neededGiB} GiB are to be allocated`,
  'storage-idle': ({ what, is, provisioned, days }) =>
    `never more than ${Math.round(is)} ${STORAGE[what]} of ${provisioned} in ${days} days`,
  'acu-near-max': ({ acu, maxAcu, limitPercent, hours, of }) =>
    `${round(acu)} ACU used of at most ${maxAcu}, above ${limitPercent} %, in ${hours} of ${of} hours`,
  'acu-ramps': ({ fromAcu, toAcu, factor, days, of }) =>
    `from ${round(fromAcu)} to ${round(toAcu)} ACU within an hour, more than ×${factor}, on ${days} of ${of} days`,
  'acu-warm-for-event': ({ event, from, minAcu }) => `“${event}” begins ${minute(from)}, ${minAcu} ACU are kept warm`,
  'acu-idle': ({ days, peakAcu, maxAcu }) =>
    `never more than ${round(peakAcu)} ACU in ${days} days, at most ${maxAcu} allowed`,
  'acu-warm-enough': ({ days, minAcu }) => `no ramp has needed a minimum of ${minAcu} ACU in ${days} days`,
  'pressed-too-seldom': ({ what, limit, days, of, needed }) => {
    const { name, unit, side } = RESOURCES[what];
    return `${name} ${side} ${round(limit)}${unit} on ${days} of ${of} days only, not on ${needed}`;
  },
  'no-larger-class': ({ instanceClass }) => `no class above ${instanceClass} offers what is needed`,
  'sessions-wait': ({ sessions, vcpus }) =>
    `${round(sessions)} sessions wait for locks or I/O, more than the ${vcpus} vCPUs: a larger class would not help them`,
  'pools-too-large': ({ connections, peakActive, poolSize }) =>
    `${Math.round(connections)} connections, and pools of ${poolSize} of which ${peakActive} are ever in use: smaller pools first`,
  'writes-dominate': ({ readPercent, limitPercent }) =>
    `${round(readPercent)} % of the load are reads, not ${limitPercent} %: a replica takes no writes`,
  'replicas-unused': ({ replicas, cpuPercent }) =>
    `${counted(replicas, 'replica')} at ${round(cpuPercent)} % CPU while the writer is busy: the application does not read from them`,
  'replicas-lag': ({ lagMillis, limitMillis }) =>
    `replicas are ${Math.round(lagMillis)} ms behind, more than ${limitMillis}: writes are the bottleneck, and every replica has to repeat them`,
  'most-replicas': ({ replicas }) => `${counted(replicas, 'replica')}, no more are allowed`,
  'storage-within-limits': ({ iops, provisionedIops }) => `${Math.round(iops)} of ${Math.round(provisionedIops)} IOPS`,
  'queue-without-load': ({ queueDepth, iops, latencyMillis }) =>
    `${round(queueDepth)} requests queue for ${round(latencyMillis)} ms at ${Math.round(iops)} IOPS: the volume has room, the instance passes no more on`,
  'storage-type-ends-here': ({ iops, needed }) =>
    `gp2 of this size has ${Math.round(iops)} IOPS, needs ${Math.round(needed)}: move to gp3, which has 3000 at any size and 12000 from 400 GiB`,
  'most-iops': ({ iops, needed }) => `${iops} IOPS are the most that is offered, needs ${Math.round(needed)}`,
  'most-acu': ({ maxAcu }) => `${maxAcu} ACU are the most that is allowed`,
  'acu-fits': ({ peakAcu, minAcu, maxAcu }) => `up to ${round(peakAcu)} ACU within ${minAcu}–${maxAcu}`,
  'database-changing': ({ status }) => `the database is changing: ${status}`,
  'changed-lately': ({ at, days }) => `changed at ${minute(at)}, judged again after ${counted(days, 'day')}`,
  'approval-needed': ({ instanceClass }) =>
    `a class is changed live only with an approval of exactly ${instanceClass} that has not expired`,
  'waits-for-quiet-hours': ({ from }) =>
    from === null ? 'waits for quiet hours, none are known' : `waits for the quiet hours from ${minute(from)}`,
  'other-remedy': ({ lever, why }) => `${lever} goes first: ${OTHER_REMEDY[why]}`,
  'storage-optimizing': () => 'the storage is still being optimised after the last change',
  'storage-modified-lately': ({ until }) =>
    `AWS allows four changes of storage in 24 hours, the next at ${minute(until)}`,
  'storage-not-offered': ({ what, wanted, offered }) =>
    `AWS takes ${offered.map(({ from, to }) => rangeOf(from, to)).join(' or ')} ${OFFERED[what]} for this instance, not ${ratio(wanted)}`,
  'storage-without-autoscaling': () => 'AWS offers no storage autoscaling for this instance',
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function rangeOf(from: number, to: number): string {
  return from === to ? `${ratio(from)}` : `${ratio(from)}–${ratio(to)}`;
}

/** A quarter of a MiB/s for each of the IOPS is much. */
function ratio(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function minute(at: EpochMs): string {
  return `${isoInstant(at).slice(0, 16).replace('T', ' ')} UTC`;
}
