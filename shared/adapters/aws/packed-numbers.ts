/**
 * Numbers as whole multiples of a unit, each but the first as the difference to the one before: series of loads then are
 * short texts that compress well. `null` stays `null` and is no step.
 */
export interface Packed {
  readonly unit: number;
  readonly steps: readonly (number | null)[];
}

export function pack(values: readonly (number | null)[], unit: number): Packed {
  let before = 0;
  const steps = values.map((value) => {
    if (value === null) return null;
    const whole = Math.round(value / unit);
    const step = whole - before;
    before = whole;
    return step;
  });
  return { unit, steps };
}

export function unpack({ unit, steps }: Packed): readonly (number | null)[] {
  // A unit below one is a power of ten: dividing by its inverse gives the decimal that was meant.
  const perOne = Math.round(1 / unit);
  const scaled = (whole: number): number => (unit < 1 ? whole / perOne : whole * unit);
  let whole = 0;
  return steps.map((step) => {
    if (step === null) return null;
    whole += step;
    return scaled(whole);
  });
}

/** A power of ten that tells the largest value with so many digits. */
export function unitFor(values: readonly number[], digits: number): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0 ? 1 : 10 ** (Math.floor(Math.log10(largest)) + 1 - digits);
}

/** With so many significant digits: what is left out is noise of the measurement. */
export function significant(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
