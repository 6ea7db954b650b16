/**
 * Imported where the SDK speaks to the emulator: its time limits, and those of functions, take so much longer to run out.
 * What is late there is an emulator on a busy machine, and a call that is made twice is not what is tested.
 */
const TIMES = 100;

/** Shorter times are pauses between attempts, of which nobody minds that they end. */
const SHORTEST_LIMIT_MS = 1_000;

globalThis.setTimeout = new Proxy(setTimeout, {
  apply: (target, self, [work, milliseconds = 0, ...rest]: [() => void, number?, ...unknown[]]): NodeJS.Timeout => {
    if (milliseconds < SHORTEST_LIMIT_MS)
      return Reflect.apply(target, self, [work, milliseconds, ...rest]) as NodeJS.Timeout;
    // No process lives on for the sake of a limit that nobody has taken back.
    return (Reflect.apply(target, self, [work, milliseconds * TIMES, ...rest]) as NodeJS.Timeout).unref();
  },
});
