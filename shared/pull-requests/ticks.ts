/** A step of a task list in Markdown. */
const STEP = /^(?<before>[-*] \[)(?<mark>[ xX])(?<after>\] )(?<step>.*)$/;

/**
 * The body with the steps ticked that are ticked in another one: what a person, or we, have ticked stays ticked when the
 * text is renewed, and what we have seen done is ticked in a text that is not renewed. Steps are told by their text.
 */
export function withTicksOf(body: string, other: string): string {
  const done = tickedSteps(other);
  return body
    .split('\n')
    .map((line) => {
      const { before, mark, after, step } = STEP.exec(line)?.groups ?? {};
      if (before === undefined || after === undefined || step === undefined || mark !== ' ') return line;
      return done.has(step.trim()) ? `${before}x${after}${step}` : line;
    })
    .join('\n');
}

/** The texts of the steps that are ticked. */
function tickedSteps(body: string): ReadonlySet<string> {
  return new Set(
    body.split('\n').flatMap((line) => {
      const { mark, step } = STEP.exec(line.trimEnd())?.groups ?? {};
      return step === undefined || mark === ' ' ? [] : [step.trim()];
    }),
  );
}
