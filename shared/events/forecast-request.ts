import * as z from 'zod/mini';
import { parseEvent } from './parse.ts';

const schedule = z.object({ id: z.string(), 'detail-type': z.literal('Scheduled Event') });
const handOver = z.object({
  id: z.string(),
  'detail-type': z.literal('Services To Forecast'),
  detail: z.object({ fleet: z.string(), services: z.array(z.string()) }),
});
/** By a person: `{}`, `{"fleet":"production"}` or with `"services":["core-api"]`. */
const byHand = z.strictObject({ fleet: z.optional(z.string()), services: z.optional(z.array(z.string())) });

export interface ForecastRequest {
  /** The event's own id; `null`: invoked by hand. */
  readonly id: string | null;
  /** `null`: every fleet. */
  readonly fleet: string | null;
  readonly services: readonly string[] | 'all';
}

/** @throws MalformedEventError */
export function parseForecastRequest(event: unknown): ForecastRequest {
  const what = 'a scheduled event, a list of services to forecast, or {"fleet":"…","services":["…"]}';
  const parsed = parseEvent(z.union([schedule, handOver, byHand]), what, event);
  if ('detail' in parsed) return { id: parsed.id, ...parsed.detail };
  if ('id' in parsed) return { id: parsed.id, fleet: null, services: 'all' };
  return { id: null, fleet: parsed.fleet ?? null, services: parsed.services ?? 'all' };
}
