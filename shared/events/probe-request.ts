import * as z from 'zod/mini';
import { type AlarmStateChange, parseAlarm } from './alarm.ts';
import { parseEvent } from './parse.ts';

const schedule = z.object({ id: z.string(), 'detail-type': z.literal('Scheduled Event') });
const anyAlarm = z.object({ source: z.literal('aws.cloudwatch') });

/** What wakes the probe. */
export type ProbeRequest =
  | { readonly kind: 'schedule'; readonly id: string }
  | { readonly kind: 'alarm'; readonly id: string; readonly alarm: AlarmStateChange };

/** @throws MalformedEventError */
export function parseProbeRequest(event: unknown): ProbeRequest {
  if (anyAlarm.safeParse(event).success) {
    const alarm = parseAlarm(event);
    return { kind: 'alarm', id: alarm.id, alarm };
  }
  return { kind: 'schedule', id: parseEvent(schedule, 'a scheduled event or an alarm', event).id };
}
