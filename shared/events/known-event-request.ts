import * as z from 'zod/mini';
import { problemsOf, WITH_INPUT } from './parse.ts';

const floors = z.record(z.string(), z.int().check(z.gte(1), z.lte(5000)));

const announcement = z.strictObject({
  fleet: z.string().check(z.minLength(1)),
  event: z.string().check(z.minLength(1), z.maxLength(100)),
  from: z.string(),
  to: z.string(),
  timeZone: z.string(),
  floors: floors.check(z.refine((given) => Object.keys(given).length > 0, 'names no service')),
  dryRun: z.optional(z.boolean()),
});

const withdrawal = z.strictObject({
  fleet: z.string().check(z.minLength(1)),
  event: z.string().check(z.minLength(1), z.maxLength(100)),
  withdraw: z.literal(true),
  dryRun: z.optional(z.boolean()),
});

export type KnownEventRequest =
  | ({ readonly kind: 'announce' } & z.output<typeof announcement>)
  | ({ readonly kind: 'withdraw' } & z.output<typeof withdrawal>)
  | { readonly kind: 'malformed'; readonly message: string };

/** The manual invoke. A person reads the answer, so a mistake is an answer, too. */
export function parseKnownEventRequest(event: unknown): KnownEventRequest {
  const isWithdrawal = typeof event === 'object' && event !== null && 'withdraw' in event;
  if (isWithdrawal) {
    const parsed = withdrawal.safeParse(event, WITH_INPUT);
    return parsed.success ? { kind: 'withdraw', ...parsed.data } : malformed(parsed.error);
  }
  const parsed = announcement.safeParse(event, WITH_INPUT);
  return parsed.success ? { kind: 'announce', ...parsed.data } : malformed(parsed.error);
}

function malformed(error: z.core.$ZodError): KnownEventRequest {
  return {
    kind: 'malformed',
    message:
      `the request is not understood: ${problemsOf(error)}. Expected ` +
      '{"fleet":"…","event":"…","from":"2026-12-01T08:00","to":"2026-12-01T20:00","timeZone":"Europe/Berlin","floors":{"service":8}} ' +
      'with an optional "dryRun":true, or {"fleet":"…","event":"…","withdraw":true}',
  };
}
