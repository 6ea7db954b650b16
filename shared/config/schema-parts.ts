import * as z from 'zod';

/** What several sections of `fulcrum.yml` are made of. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/)
  .meta({
    description: 'Unique within Fulcrum: events, audit records and answers use it.',
    patternErrorMessage: 'at most 63 lower-case letters, digits and hyphens, beginning with a letter',
    examples: ['core-api'],
  });
export const text = z.string().min(1).max(255);
export const tasks = z.int().min(0).max(5000);
export const percent = z.number().gt(0).lte(100);
export const seconds = z.int().min(0).max(86_400);
export const connections = z.int().min(0).max(100_000);
export const localTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
  .meta({
    description: 'Local time in `timeZone`.',
    patternErrorMessage: 'a local time to the minute',
    examples: ['2026-12-01T08:00'],
  });
export const timeZone = z
  .string()
  .min(1)
  .meta({ description: 'IANA time zone of the local times beside it.', examples: ['Europe/Berlin'] });

export const sustained = z.strictObject({
  datapoints: z.int().min(1).max(60).describe('So many one-minute points must breach …'),
  of: z.int().min(1).max(60).describe('… of the newest so many, read from the metric window.'),
});

export const mode = z
  .enum(['off', 'observe', 'propose', 'apply'])
  .describe(
    '`off`: not evaluated. `observe`: the audit table shows what it would do. `propose`: a pull request. `apply`: it acts.',
  );

export const whenBlind = z
  .enum(['hold', 'allow-growth'])
  .default('hold')
  .describe('What a lever may do when its metric is missing: nothing, or one step of growth. It never shrinks.');

export const cooldownHours = z.int().min(0).max(720).describe('Least time between two changes of one resource.');

/** Two weeks by default: what changes infrastructure is not moved by a transient spike. */
export const sustainedDays = z.strictObject({
  days: z.int().min(1).max(60).describe('So many whole days (UTC) must breach …'),
  of: z.int().min(1).max(60).describe('… of the newest so many, read from daily aggregates.'),
});
