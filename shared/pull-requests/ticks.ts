/** A step of a task list in Markdown. */
const STEP = /^(?<before>[-*] \[)(?<mark>[ xX])(?<after>\] )(?<text>.*)$/;

/** What stands between a step and its proof: a link, or a name in code. */
export const PROOF = ' — ';
/** The first that looks like a proof is it: in the text of a step backticks and brackets are escaped, in a proof they need not be. */
const PROOF_OF_STEP = /^(?<step>.*?) — (?<proof>\[.*\]\(<[^<>]*>\)|`.*`)$/;

/**
 * The body with the steps ticked that are ticked in another one: what a person, or we, have ticked stays ticked when the
 * text is renewed. Steps are told by their text. A tick that rests on the proof of others goes with the proof: it was of
 * the commit that stood then.
 */
export function withTicksOf(body: string, former: string): string {
  const done = new Set(stepsIn(former).flatMap(({ step, proof, isDone }) => (isDone && proof === null ? [step] : [])));
  return withLines(body, ({ before, after, text, step, isDone }) =>
    !isDone && done.has(step) ? `${before}x${after}${text}` : null,
  );
}

/**
 * The body with the steps ticked that were seen to be done, with what shows it, and nothing else touched: for a text that
 * is not renewed.
 *
 * @param checklist the steps as they stand now, as a task list
 */
export function withStepsSeen(body: string, checklist: string): string {
  const seen = new Map(stepsIn(checklist).flatMap((step) => (step.isDone ? [[step.step, step.text] as const] : [])));
  return withLines(body, ({ before, after, step, isDone }) => {
    const text = seen.get(step);
    // What is done already is left as it is, unless there is something to show for it.
    return text === undefined || (isDone && text === step) ? null : `${before}x${after}${text}`;
  });
}

interface Line {
  readonly before: string;
  readonly after: string;
  /** The step with its proof. */
  readonly text: string;
  readonly step: string;
  readonly proof: string | null;
  readonly isDone: boolean;
}

/** @param change what stands in place of a step; `null`: it is left alone. */
function withLines(body: string, change: (step: Line) => string | null): string {
  return body
    .split('\n')
    .map((text) => {
      const line = lineOf(text);
      return line === null ? text : (change(line) ?? text);
    })
    .join('\n');
}

function stepsIn(body: string): readonly Line[] {
  return body.split('\n').flatMap((text) => lineOf(text.trimEnd()) ?? []);
}

function lineOf(line: string): Line | null {
  const { before, mark, after, text } = STEP.exec(line)?.groups ?? {};
  if (before === undefined || after === undefined || text === undefined) return null;
  const { step = text, proof = null } = PROOF_OF_STEP.exec(text.trimEnd())?.groups ?? {};
  return { before, after, text, step: step.trim(), proof, isDone: mark !== ' ' };
}
