/**
 * Reads load from `timestamp,value` files: ISO 8601 instants in UTC at a regular interval, an empty value where the sample
 * is missing. The file goes through in chunks; only the numbers stay in memory.
 */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Trace } from './trace.ts';
import { TraceBuilder } from './trace-builder.ts';

/** @throws TraceError when the file is not such a file; the error of the file system when it cannot be opened. */
export async function readTrace(path: string): Promise<Trace> {
  const builder = new TraceBuilder(path, basename(path));
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    rest = acceptLines(builder, rest + String(chunk));
  }
  return finish(builder, rest);
}

/** The same from a text; `name` stands for the file in messages. */
export function parseTrace(name: string, text: string): Trace {
  const builder = new TraceBuilder(name, name);
  return finish(builder, acceptLines(builder, text));
}

/** @returns what follows the last line break. */
function acceptLines(builder: TraceBuilder, text: string): string {
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    builder.accept(text.slice(start, end));
    start = end + 1;
  }
  return text.slice(start);
}

function finish(builder: TraceBuilder, lastLine: string): Trace {
  if (lastLine !== '') builder.accept(lastLine);
  return builder.build();
}
