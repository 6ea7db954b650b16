import * as z from 'zod/mini';
import { parseEvent } from './parse.ts';

const schedule = z.object({ id: z.string(), 'detail-type': z.literal('Scheduled Event') });
const handOver = z.object({
  id: z.string(),
  'detail-type': z.literal('Fleets To Evaluate'),
  detail: z.object({ fleets: z.array(z.string()) }),
});

export interface Tick {
  readonly id: string;
  /** `all`: the regular look. A list: what an earlier invocation had no time for. */
  readonly fleets: 'all' | readonly string[];
}

/** @throws MalformedEventError */
export function parseTick(event: unknown): Tick {
  const parsed = parseEvent(z.union([schedule, handOver]), 'a scheduled event or a hand-over of fleets', event);
  return { id: parsed.id, fleets: 'detail' in parsed ? parsed.detail.fleets : 'all' };
}
