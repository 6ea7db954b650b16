import type { KnownEvent } from '../domain/known-event.ts';
import type { Recurrence } from '../domain/recurrence.ts';
import type { EpochMs } from '../domain/units.ts';
import type { Configuration, FleetConfiguration, FreezeConfiguration, ServiceConfiguration } from './schema.ts';

/** `fulcrum.yml` after validation, with names and local times resolved: what the Lambdas are packaged with. */
export interface Policy extends DeepReadonly<Omit<Configuration, 'fleets'>> {
  /** Short hash of the content: audit records name it. */
  readonly policyVersion: string;
  readonly fleets: readonly FleetPolicy[];
}

export interface FleetPolicy extends DeepReadonly<Omit<FleetConfiguration, 'calendar' | 'freezes' | 'services'>> {
  /** From one regular look to the next. */
  readonly tickMinutes: number;
  readonly services: readonly ServicePolicy[];
  readonly calendar: readonly KnownEvent[];
  readonly freezes: readonly Freeze[];
}

export interface ServicePolicy extends DeepReadonly<Omit<ServiceConfiguration, 'service'>> {
  /** ECS service name. */
  readonly service: string;
}

export type Freeze = {
  readonly name: string;
  readonly allow: FreezeConfiguration['allow'];
} & (
  | { readonly kind: 'once'; readonly from: EpochMs; readonly to: EpochMs }
  | {
      readonly kind: 'recurring';
      readonly recurrence: Recurrence;
      readonly durationMinutes: number;
      readonly timeZone: string;
    }
);

export type LeverSettings = FleetPolicy['levers'];
export type LeverName = keyof LeverSettings;
export type TargetTrackingSettings = ServicePolicy['targetTracking'];
export type DatabasePolicy = NonNullable<FleetPolicy['database']>;
export type PoolerPolicy = NonNullable<FleetPolicy['pooler']>;
export type Sustained = LeverSettings['ceiling']['sustained'];

type DeepReadonly<T> = T extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
