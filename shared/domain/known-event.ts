import type { EpochMs, Tasks } from './units.ts';

/** A time of load that is known beforehand: a filing deadline, an enrolment, an election. */
export interface KnownEvent {
  /** `tax-deadline`: the name as a slug; unique within a fleet. */
  readonly id: string;
  readonly name: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** IANA name, for people: the instants above are what counts. */
  readonly timeZone: string;
  /** Least tasks while it lasts, by name of service. */
  readonly floors: Readonly<Record<string, Tasks>>;
  readonly source: 'calendar' | 'manual';
}

/** `Tax deadline 2026` becomes `tax-deadline-2026`. */
export function eventIdOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
}
