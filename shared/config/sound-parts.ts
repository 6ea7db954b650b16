import type * as z from 'zod';
import { carbonSchema } from './carbon-schema.ts';
import { isRecord, listAt, valueAt } from './content.ts';
import { infrastructureCodeSchema } from './infrastructure-code-schema.ts';
import { podAutoscalerSchema, type PodAutoscalerConfiguration } from './infrastructure-levers-schema.ts';
import { leversSchema } from './levers-schema.ts';
import type { Path } from './problem.ts';
import type { UnknownKey } from './schema-findings.ts';
import {
  calendarEntrySchema,
  type CalendarEntry,
  databaseSchema,
  type FleetConfiguration,
  freezeSchema,
  type FreezeConfiguration,
  poolerSchema,
  type ServiceConfiguration,
  serviceSchema,
} from './schema.ts';

/** A part of the file that is valid by itself, with its defaults. */
export interface Part<T> {
  readonly path: Path;
  readonly value: T;
}

/**
 * What is readable of a fleet, so that the checks across keys run before the last misspelt key is mended. Names stand
 * beside the parts: a service with a faulty `max` is still a service that an event may name.
 */
export interface SoundFleet {
  readonly path: Path;
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** `undefined` when one of them cannot be read. */
  readonly serviceNames: readonly string[] | undefined;
  readonly services: readonly Part<ServiceConfiguration>[];
  /** Whether the section is there at all, valid or not. */
  readonly has: Readonly<Record<'pooler' | 'database', boolean>>;
  readonly pooler: Part<NonNullable<FleetConfiguration['pooler']>> | undefined;
  readonly database: Part<NonNullable<FleetConfiguration['database']>> | undefined;
  readonly replicationGroup: string | undefined;
  readonly podAutoscalers: readonly Part<PodAutoscalerConfiguration>[];
  readonly levers: Part<FleetConfiguration['levers']> | undefined;
  readonly freezes: readonly Part<FreezeConfiguration>[];
  readonly calendar: readonly Part<CalendarEntry>[];
  readonly carbon: Part<NonNullable<FleetConfiguration['carbon']>> | undefined;
  readonly infrastructureCode: Part<NonNullable<FleetConfiguration['infrastructureCode']>> | undefined;
}

/** @param unknown keys that the schema does not know: they are read as what they were meant to be, or not at all. */
export function soundFleets(content: unknown, unknown: readonly UnknownKey[]): readonly SoundFleet[] {
  const mended = withKnownKeys(content, unknown);
  return listAt(mended, ['fleets']).map((_, index) => soundFleet(mended, ['fleets', index]));
}

function withKnownKeys(content: unknown, unknown: readonly UnknownKey[]): unknown {
  const copy: unknown = structuredClone(content);
  for (const { holder, key, meant } of unknown) {
    const map = valueAt(copy, holder);
    if (!isRecord(map)) continue;
    if (meant !== undefined && !Object.hasOwn(map, meant)) Reflect.set(map, meant, map[key]);
    Reflect.deleteProperty(map, key);
  }
  return copy;
}

function soundFleet(content: unknown, path: Path): SoundFleet {
  const text = (key: string): string | undefined => {
    const value = valueAt(content, [...path, key]);
    return typeof value === 'string' ? value : undefined;
  };
  const part = <T>(key: string, schema: z.ZodType<T>): Part<T> | undefined =>
    soundPart(content, [...path, key], schema);
  const parts = <T>(key: string, schema: z.ZodType<T>): readonly Part<T>[] =>
    listAt(content, [...path, key])
      .map((_, index) => soundPart(content, [...path, key, index], schema))
      .filter((found) => found !== undefined);

  const names = listAt(content, [...path, 'services']).map((service) => valueAt(service, ['name']));
  const serviceNames = names.filter((name) => typeof name === 'string');
  const replicationGroup = valueAt(content, [...path, 'cache', 'replicationGroup']);
  return {
    path,
    name: text('name'),
    region: text('region'),
    account: text('account'),
    serviceNames: serviceNames.length === names.length ? serviceNames : undefined,
    services: parts('services', serviceSchema),
    has: {
      pooler: valueAt(content, [...path, 'pooler']) !== undefined,
      database: valueAt(content, [...path, 'database']) !== undefined,
    },
    pooler: part('pooler', poolerSchema),
    database: part('database', databaseSchema),
    replicationGroup: typeof replicationGroup === 'string' ? replicationGroup : undefined,
    podAutoscalers: parts('podAutoscalers', podAutoscalerSchema),
    levers: part('levers', leversSchema),
    freezes: parts('freezes', freezeSchema),
    calendar: parts('calendar', calendarEntrySchema),
    carbon: part('carbon', carbonSchema),
    infrastructureCode: part('infrastructureCode', infrastructureCodeSchema),
  };
}

function soundPart<T>(content: unknown, path: Path, schema: z.ZodType<T>): Part<T> | undefined {
  const value = valueAt(content, path);
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  return parsed.success ? { path, value: parsed.data } : undefined;
}
