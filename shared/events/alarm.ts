import * as z from 'zod/mini';
import { parseEvent } from './parse.ts';

const state = z.object({ value: z.string(), timestamp: z.optional(z.string()) });

/** An alarm state change as EventBridge delivers it. */
const fromEventBridge = z.object({
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  detail: z.object({ alarmName: z.string(), state }),
});

/** The same as an alarm delivers it that names the function as its action. */
const fromAlarm = z.object({
  source: z.literal('aws.cloudwatch'),
  alarmArn: z.string(),
  alarmData: z.object({ alarmName: z.string(), state }),
});

export interface AlarmStateChange {
  readonly alarmName: string;
  readonly state: string;
  /** The same for both shapes and every delivery of one state change. */
  readonly id: string;
}

/** @throws MalformedEventError */
export function parseAlarm(event: unknown): AlarmStateChange {
  const parsed = parseEvent(z.union([fromEventBridge, fromAlarm]), 'a CloudWatch alarm state change', event);
  const { alarmName, state: change } = 'detail' in parsed ? parsed.detail : parsed.alarmData;
  return { alarmName, state: change.value, id: `${alarmName}/${change.value}/${change.timestamp ?? ''}` };
}
