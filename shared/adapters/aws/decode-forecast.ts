import { brotliDecompressSync } from 'node:zlib';
import type { SeasonalInputs, StoredProfile } from '../../domain/lead-time-profile.ts';
import type { DayForecast, PastForecast, ServiceForecast } from '../../domain/service-forecast.ts';
import { unpack } from './packed-numbers.ts';
import {
  bothSpans,
  SEASONAL_FIELDS,
  type StoredDay,
  type StoredForecast,
  type StoredLearned,
  type StoredPast,
} from './stored-forecast.ts';

/** @throws Error when the bytes are no forecast of this schema. */
export function decodeForecast(bytes: Uint8Array): ServiceForecast {
  const { learned, day, ...rest } = decompressed(bytes) as StoredForecast;
  return { ...rest, learned: learned && learnedOf(learned), day: day && dayOf(day) };
}

/** @throws Error when the bytes are no such forecast of this schema. */
export function decodePast(bytes: Uint8Array): PastForecast {
  const { day, ...rest } = decompressed(bytes) as StoredPast;
  return { ...rest, day: day && dayOf(day) };
}

/** Many times what a forecast can ever have: who can write here could else fill the memory of every look. */
const MOST_BYTES = 16 * 1024 * 1024;

function decompressed(bytes: Uint8Array): unknown {
  return JSON.parse(brotliDecompressSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8'));
}

function learnedOf({ continuesAt, pace, learned, seasonal, state }: StoredLearned): StoredProfile {
  const { needs, gaps, pendingMeans, pendingErrors, ...rest } = state;
  const isGap = new Set(gaps);
  return {
    continuesAt,
    profile: {
      pace,
      learned,
      seasonal: bothSpans((span) => rowsOf(seasonal[span])),
      state: {
        ...rest,
        recent: needs.map((need, index) => ({ need, kind: isGap.has(index) ? 'gap' : 'measured' })),
        pending: bothSpans((span) => {
          const errors = unpack(pendingErrors[span]);
          return unpack(pendingMeans[span]).map((mean, index) => ({ mean: mean ?? 0, error: errors[index] ?? 0 }));
        }),
      },
    },
  };
}

function rowsOf(columns: StoredLearned['seasonal']['arrival']): readonly (SeasonalInputs | null)[] {
  const [dayGrowth = [], weekGrowth = [], dayLevel = [], weekLevel = [], hourGrowth = [], dayError = []] =
    SEASONAL_FIELDS.map((field) => unpack(columns[field]));
  return dayGrowth.map((growth, row) =>
    growth === null
      ? null
      : {
          dayGrowth: growth,
          weekGrowth: weekGrowth[row] ?? 0,
          dayLevel: dayLevel[row] ?? 0,
          weekLevel: weekLevel[row] ?? 0,
          hourGrowth: hourGrowth[row] ?? 0,
          dayError: dayError[row] ?? 0,
        },
  );
}

function dayOf({ loads, ...rest }: StoredDay): DayForecast {
  return { ...rest, perSecond: loads.map((packed) => unpack(packed).map((load) => load ?? 0)) };
}
