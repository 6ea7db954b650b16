import { brotliCompressSync, constants } from 'node:zlib';
import type { LearnedSpan, SeasonalInputs, StoredProfile } from '../../domain/lead-time-profile.ts';
import type { DayForecast, PastForecast, ServiceForecast } from '../../domain/service-forecast.ts';
import { pack, significant, unitFor } from './packed-numbers.ts';
import {
  bothSpans,
  type SEASONAL_FIELDS,
  type StoredDay,
  type StoredForecast,
  type StoredLearned,
  type StoredPast,
} from './stored-forecast.ts';

/** Seasonal inputs are logarithms: a ten-thousandth is a hundredth of a percent of the load. */
const LOGARITHM_UNIT = 1e-4;
const PENDING_UNIT = 1e-5;
const LOAD_DIGITS = 5;
const STATE_DIGITS = 7;
/** Of 11: what comes after takes ten times as long for a twentieth of the bytes. */
const BROTLI_QUALITY = 9;

export function encodeForecast(forecast: ServiceForecast): Uint8Array {
  const { learned, day, ...rest } = forecast;
  return compressed({
    ...rest,
    learned: learned && storedLearned(learned),
    day: day && storedDay(day),
  } satisfies StoredForecast);
}

export function encodePast({ day, ...rest }: PastForecast): Uint8Array {
  return compressed({ ...rest, day: day && storedDay(day) } satisfies StoredPast);
}

function compressed(value: unknown): Uint8Array {
  return brotliCompressSync(Buffer.from(JSON.stringify(value), 'utf8'), {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    },
  });
}

function storedLearned({ continuesAt, profile }: StoredProfile): StoredLearned {
  const { pace, learned, seasonal, state } = profile;
  return {
    continuesAt,
    pace,
    learned: bothSpans((span) => roundedSpan(learned[span])),
    seasonal: bothSpans((span) => columnsOf(seasonal[span])),
    state: {
      measured: state.measured,
      levels: rounded(state.levels),
      change: significant(state.change, STATE_DIGITS),
      highest: significant(state.highest, STATE_DIGITS),
      needs: rounded(state.recent.map(({ need }) => need)),
      gaps: state.recent.flatMap(({ kind }, index) => (kind === 'gap' ? [index] : [])),
      errors: bothSpans((span) => rounded(state.errors[span])),
      pendingMeans: bothSpans((span) =>
        pack(
          state.pending[span].map(({ mean }) => mean),
          PENDING_UNIT,
        ),
      ),
      pendingErrors: bothSpans((span) =>
        pack(
          state.pending[span].map(({ error }) => error),
          PENDING_UNIT,
        ),
      ),
    },
  };
}

function roundedSpan({ mean, error, tail }: LearnedSpan): LearnedSpan {
  return {
    mean: rounded(mean),
    error: rounded(error),
    tail: tail && { edges: rounded(tail.edges), shares: rounded(tail.shares) },
  };
}

function rounded(values: readonly number[]): readonly number[] {
  return values.map((value) => significant(value, STATE_DIGITS));
}

function columnsOf(rows: readonly (SeasonalInputs | null)[]): StoredLearned['seasonal']['arrival'] {
  const column = (field: (typeof SEASONAL_FIELDS)[number]) =>
    pack(
      rows.map((row) => row && row[field]),
      LOGARITHM_UNIT,
    );
  return {
    dayGrowth: column('dayGrowth'),
    weekGrowth: column('weekGrowth'),
    dayLevel: column('dayLevel'),
    weekLevel: column('weekLevel'),
    hourGrowth: column('hourGrowth'),
    dayError: column('dayError'),
  };
}

function storedDay({ perSecond, ...rest }: DayForecast): StoredDay {
  const unit = unitFor(perSecond.flat(), LOAD_DIGITS);
  return { ...rest, loads: perSecond.map((loads) => pack(loads, unit)) };
}
