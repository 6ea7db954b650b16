import type { HostRefusal, HostResult } from './code-host.ts';

/** Carries a refusal from where an adapter meets it to its boundary, which turns it into a value. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly because: HostRefusal;
  constructor(because: HostRefusal) {
    super(because.detail);
    this.because = because;
  }
}

export function refusal(code: HostRefusal['code'], detail: string): RefusedError {
  return new RefusedError({ code, detail });
}

/**
 * The boundary of an adapter.
 *
 * @param judge what an error of the host means; it throws `TransientError`, and again what is not from the host
 */
export async function answering<T>(
  work: () => Promise<T>,
  judge: (error: unknown) => HostRefusal,
): Promise<HostResult<T>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    return { kind: 'refused', because: error instanceof RefusedError ? error.because : judge(error) };
  }
}
