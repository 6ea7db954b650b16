import * as z from 'zod';
import { timeZone } from './schema-parts.ts';

/** How clean the power of the region is by the hour; part of the schema of `fulcrum.yml`. */
export const carbonSchema = z.strictObject({
  gramsPerKWh: z
    .array(z.number().gte(0).lte(2_000))
    .length(24)
    .meta({
      description:
        'Mean grid intensity in g CO₂/kWh in each of the 24 hours of a day, from midnight on: of the operator of the grid, or of a service that publishes it.',
      examples: [
        [
          310, 300, 295, 290, 295, 310, 330, 340, 320, 280, 240, 210, 190, 185, 195, 220, 270, 330, 370, 380, 370, 350,
          335, 320,
        ],
      ],
    }),
  timeZone: timeZone.default('UTC').describe('IANA time zone of these hours.'),
  equalWithinPercent: z
    .number()
    .gte(0)
    .lte(50)
    .default(5)
    .describe(
      'Hours count as equally quiet when their load is at most so much more than that of the quietest ones, in percent of the mean load of the day.',
    ),
});
