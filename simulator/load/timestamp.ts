import type { EpochMs } from '../../shared/domain/units.ts';
import type { TraceProblem } from './trace-error.ts';

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$/;

/** An ISO 8601 instant in UTC, ending in `Z` or `+00:00`; anything else comes back as the problem that it is. */
export function parseUtc(text: string): EpochMs | TraceProblem {
  const parts = TIMESTAMP.exec(text);
  if (!parts) return { code: 'not-a-timestamp', found: text };
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '0', offset] = parts;
  const at = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  );
  // Date.UTC turns 31 June into 1 July, 24:00 into the next day, and second 60 into the next minute.
  if (at.toISOString() !== `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`) {
    return { code: 'not-a-timestamp', found: text };
  }
  if (offset === undefined) return { code: 'no-offset', found: text };
  const instant = at.getTime() + Math.round(Number(`0.${fraction}`) * 1000);
  const offsetMinutes = minutesOf(offset);
  return offsetMinutes === 0 ? instant : { code: 'not-utc', found: text, inUtc: instant - offsetMinutes * 60_000 };
}

function minutesOf(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return offset.startsWith('-') ? -minutes : minutes;
}
