import * as z from 'zod/mini';
import type { ScalableTargetId } from '../domain/capacity.ts';
import { parseEvent } from './parse.ts';

const schema = z.object({
  id: z.string(),
  source: z.literal('aws.application-autoscaling'),
  'detail-type': z.literal('Application Auto Scaling Scaling Activity State Change'),
  detail: z.object({
    serviceNamespace: z.string(),
    resourceId: z.string().check(z.regex(/^service\/[^/]+\/[^/]+$/)),
    scaledToMax: z.literal(true),
  }),
});

export interface ScaledToMax {
  readonly id: string;
  readonly target: ScalableTargetId;
}

/** @throws MalformedEventError */
export function parseScaledToMax(event: unknown): ScaledToMax {
  const { id, detail } = parseEvent(schema, 'a scaled-to-max event of an ECS service', event);
  const [, cluster = '', service = ''] = detail.resourceId.split('/');
  return { id, target: { cluster, service } };
}
