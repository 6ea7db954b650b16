import { explainLocalTime, instantOf, isTimeZone } from '../local-time.ts';
import { describeValue, type Finding, type Path } from '../problem.ts';
import type { Part } from '../sound-parts.ts';
import { didYouMean } from '../suggest.ts';

/** Whether the zone is one; nothing is said of its local times otherwise. */
export function zoneIsKnown({ path, value: { timeZone } }: Part<{ readonly timeZone: string }>): readonly Finding[] {
  if (isTimeZone(timeZone)) return [];
  const suggestion = didYouMean(timeZone, [...Intl.supportedValuesOf('timeZone'), 'UTC']);
  return [
    {
      path: [...path, 'timeZone'],
      at: 'value',
      found: timeZone,
      message: `found ${describeValue(timeZone)}`,
      expected: 'an IANA time zone',
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ];
}

/** Whether both local times are instants, in order. */
export function checkPeriod(
  path: Path,
  { from, to, timeZone }: Record<'from' | 'to' | 'timeZone', string>,
): readonly Finding[] {
  const [begin, end] = [instantOf(from, timeZone), instantOf(to, timeZone)];
  if (begin.kind === 'instant' && end.kind === 'instant') {
    if (begin.at < end.at) return [];
    const expected = `a time after from, which is ${from}`;
    return [{ path: [...path, 'to'], at: 'value', found: to, message: `found ${describeValue(to)}`, expected }];
  }
  const faults = [
    { key: 'from', local: from, reason: begin },
    { key: 'to', local: to, reason: end },
  ];
  return faults.flatMap(({ key, local, reason }): readonly Finding[] =>
    // An unknown zone is one mistake, and told where it stands.
    reason.kind === 'instant' || reason.kind === 'unknown-zone'
      ? []
      : [{ path: [...path, key], at: 'value', found: local, message: explainLocalTime(reason, local, timeZone) }],
  );
}
