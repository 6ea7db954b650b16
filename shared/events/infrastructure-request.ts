import * as z from 'zod/mini';
import type { ScalableTargetId } from '../domain/capacity.ts';
import { parseEvent } from './parse.ts';

const schedule = z.object({ id: z.string(), 'detail-type': z.literal('Scheduled Event') });
const deployment = z.object({
  id: z.string(),
  source: z.literal('aws.ecs'),
  'detail-type': z.literal('ECS Deployment State Change'),
  resources: z.array(z.string()),
});

/** What wakes the look at the infrastructure. */
export type InfrastructureRequest =
  | { readonly kind: 'schedule'; readonly id: string }
  /** A deployment of these services has come to its end, one way or the other. */
  | { readonly kind: 'deployment-ended'; readonly id: string; readonly services: readonly ScalableTargetId[] };

/** @throws MalformedEventError */
export function parseInfrastructureRequest(event: unknown): InfrastructureRequest {
  const wanted = 'a scheduled event or the end of a deployment';
  const parsed = parseEvent(z.union([schedule, deployment]), wanted, event);
  if (!('resources' in parsed)) return { kind: 'schedule', id: parsed.id };
  return { kind: 'deployment-ended', id: parsed.id, services: parsed.resources.flatMap(serviceIn) };
}

/** `arn:aws:ecs:eu-central-1:111122223333:service/production/core-api`; the short form of before names no cluster. */
function serviceIn(arn: string): readonly ScalableTargetId[] {
  const [, cluster, service] = /:service\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  return cluster === undefined || service === undefined ? [] : [{ cluster, service }];
}
