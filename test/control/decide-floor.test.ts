import type { StoredProfile } from '../../shared/domain/lead-time-profile.ts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseFloor } from '../../shared/control/choose-floor.ts';
import { decideFloor, type FloorQuestion } from '../../shared/control/decide-floor.ts';
import { DEFAULT_SETTINGS, MINUTE_SIGNAL, needOf } from '../../shared/control/settings.ts';
import { instant, later } from '../../shared/domain/units.ts';
import { dailyNeed, hourlyBurst, learnMinutes } from './loads.ts';

const START = instant('2026-03-02T00:00:00Z');
const DAY = 1_440;
const LEARNED = 3 * DAY + 60;
const CAPACITY = 50;
const BOUNDS = { wantedTasks: 12, floorTasks: 12, minTasks: 2, maxTasks: 400 };

const loadAt = (minute: number): number => hourlyBurst(minute) * CAPACITY * DEFAULT_SETTINGS.usableUtilization;
/** By way of the load, so that it is rounded as the load is. */
const needAt = (minute: number): number => needOf(loadAt(minute), CAPACITY, DEFAULT_SETTINGS);

function storedAfter(minutes: number, hours: number): StoredProfile {
  const profile = learnMinutes(needAt, minutes).profile(hours);
  if (profile === null) throw new Error('the sample is long enough for a profile');
  return { continuesAt: later(START, minutes * 60), profile };
}

const STORED = storedAfter(LEARNED, 24);

/** After `minutes` have been measured and published. */
function question(minutes: number, changes: Partial<FloorQuestion> = {}): FloorQuestion {
  return {
    now: later(START, (minutes + 1) * 60),
    signal: MINUTE_SIGNAL,
    facts: { taskCapacity: CAPACITY, startupSeconds: 180 },
    bounds: BOUNDS,
    observed: { startsAt: later(START, LEARNED * 60), perSecond: loadsFrom(LEARNED, minutes) },
    stored: STORED,
    ...changes,
  };
}

function loadsFrom(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => loadAt(from + i));
}

describe('deciding the floor from a stored profile', () => {
  it.each([1, 2, 30, 59])('is what learning without a break decides, %d minutes later', (minutes) => {
    const live = learnMinutes(needAt, LEARNED + minutes).outlook();
    const expected = chooseFloor(live, BOUNDS, DEFAULT_SETTINGS);
    const { floorTasks, because } = decideFloor(question(LEARNED + minutes), DEFAULT_SETTINGS);
    expect(floorTasks).toBe(expected.floorTasks);
    expect(because.map(({ code }) => code)).toEqual(expected.because.map(({ code }) => code));
  });

  it('survives storage as JSON', () => {
    const stored = JSON.parse(JSON.stringify(STORED)) as StoredProfile;
    const asked = question(LEARNED + 20);
    expect(decideFloor({ ...asked, stored }, DEFAULT_SETTINGS)).toEqual(decideFloor(asked, DEFAULT_SETTINGS));
  });

  it('is ready before a burst that comes every hour', () => {
    const before = decideFloor(question(LEARNED + 58), DEFAULT_SETTINGS);
    const quiet = decideFloor(question(LEARNED + 40), DEFAULT_SETTINGS);
    expect(before.floorTasks).toBeGreaterThan(2 * dailyNeed(LEARNED + 62));
    expect(quiet.floorTasks).toBeLessThan(before.floorTasks);
  });

  it('does not look at what cannot have been published yet', () => {
    const minutes = LEARNED + 30;
    const asked = question(minutes);
    const tooMuch = { ...asked.observed, perSecond: [...asked.observed.perSecond, 1e9, null, 0] };
    expect(decideFloor({ ...asked, observed: tooMuch }, DEFAULT_SETTINGS)).toEqual(
      decideFloor(asked, DEFAULT_SETTINGS),
    );
  });

  it('does not depend on the unit of the load', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: -10, max: 10 }), (minutes, exponent) => {
        const asked = question(LEARNED + minutes);
        // Powers of two scale without rounding.
        const factor = 2 ** exponent;
        const scaled = {
          ...asked,
          facts: { ...asked.facts, taskCapacity: CAPACITY * factor },
          observed: { ...asked.observed, perSecond: asked.observed.perSecond.map((load) => load! * factor) },
        };
        expect(decideFloor(scaled, DEFAULT_SETTINGS)).toEqual(decideFloor(asked, DEFAULT_SETTINGS));
      }),
    );
  });

  it('never falls while the newest period is missing, wherever else there are gaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 5, maxLength: 120 }),
        fc.integer({ min: 2, max: 300 }),
        (holes, floorTasks) => {
          const minutes = LEARNED + holes.length;
          const asked = question(minutes, { bounds: { ...BOUNDS, wantedTasks: floorTasks, floorTasks } });
          const perSecond = asked.observed.perSecond.map((load, i) =>
            holes[i] === true || i === holes.length - 1 ? null : load,
          );
          const decision = decideFloor({ ...asked, observed: { ...asked.observed, perSecond } }, DEFAULT_SETTINGS);
          expect(decision.floorTasks).toBeGreaterThanOrEqual(floorTasks);
        },
      ),
    );
  });

  it('takes what is not in the list for a gap', () => {
    const asked = question(LEARNED + 30, { bounds: { ...BOUNDS, wantedTasks: 300, floorTasks: 300 } });
    const late = { ...asked.observed, perSecond: asked.observed.perSecond.slice(0, -1) };
    expect(decideFloor({ ...asked, observed: late }, DEFAULT_SETTINGS).floorTasks).toBe(300);
    expect(decideFloor(asked, DEFAULT_SETTINGS).floorTasks).toBeLessThan(300);
  });

  it('falls back when the profile does not reach so far', () => {
    const stored = storedAfter(LEARNED, 1);
    const decision = decideFloor({ ...question(LEARNED + 60), stored }, DEFAULT_SETTINGS);
    expect(decision.because.map(({ code }) => code)).toEqual(['profile-ends', 'not-learned']);
    expect(decision.targetPercent).toBe(70);
  });

  it('refuses a profile of another start-up time, and one off the grid', () => {
    const asked = question(LEARNED + 5);
    expect(() => decideFloor({ ...asked, facts: { ...asked.facts, startupSeconds: 60 } }, DEFAULT_SETTINGS)).toThrow(
      RangeError,
    );
    const stored = { ...STORED, continuesAt: later(STORED.continuesAt, 30) };
    expect(() => decideFloor({ ...asked, stored }, DEFAULT_SETTINGS)).toThrow(RangeError);
  });
});

describe('deciding the floor with nothing learned', () => {
  function unlearned(perSecond: readonly (number | null)[], floorTasks = 2): FloorQuestion {
    return {
      ...question(LEARNED),
      now: later(START, (perSecond.length + 1) * 60),
      bounds: { ...BOUNDS, floorTasks },
      observed: { startsAt: START, perSecond },
      stored: null,
    };
  }

  it.each([
    ['the highest of the lead time with a margin', [45, 450, 45, 45, 45], 2, 14, ['not-learned']],
    ['not what was higher before it', [4_500, 45, 45, 45, 45, 45], 2, 2, ['not-learned']],
    ['the floor in force while blind', [450, 45, 45, 45, null], 20, 20, ['not-learned', 'blind']],
    ['the floor in force without any measurement', [], 20, 20, ['no-measurements', 'blind']],
    ['the minimum without any of either', [], 0, 2, ['no-measurements', 'at-minimum']],
  ])('takes %s', (_, perSecond, floorTasks, expected, codes) => {
    const decision = decideFloor(unlearned(perSecond, floorTasks), DEFAULT_SETTINGS);
    expect(decision.floorTasks).toBe(expected);
    expect(decision.because.map(({ code }) => code)).toEqual(codes);
  });

  it.each([Number.NaN, -1, Infinity])('refuses a load of %d', (load) => {
    expect(() => decideFloor(unlearned([1, 2, load]), DEFAULT_SETTINGS)).toThrow(RangeError);
  });

  it.each([
    ['a minimum above the maximum', { minTasks: 5, maxTasks: 4 }],
    ['half a task', { floorTasks: 2.5 }],
    ['NaN tasks', { wantedTasks: Number.NaN }],
  ])('refuses %s', (_, changes) => {
    expect(() => decideFloor({ ...unlearned([1]), bounds: { ...BOUNDS, ...changes } }, DEFAULT_SETTINGS)).toThrow(
      RangeError,
    );
  });
});
