import type { FailureReason } from '../../domain/reason.ts';
import { detailOf, failureWhile, isDenied, isFromAws, isTransient } from './errors.ts';

/**
 * Makes a change, and gives a permanent refusal back as a value.
 *
 * @throws TransientError for what may pass, and a bug of ours as it is.
 */
export async function attempt(doing: string, call: () => Promise<unknown>): Promise<FailureReason | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (!isFromAws(error) || isTransient(error)) throw failureWhile(doing, error);
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): FailureReason {
  const detail = detailOf(error);
  if (isDenied(error)) return { code: 'not-permitted', detail };
  const name = error instanceof Error ? error.name : '';
  if (name === 'LimitExceededException') return { code: 'limit-exceeded', detail };
  const isMissing = name === 'ObjectNotFoundException' || name === 'ResourceNotFoundException';
  // Registering a service that does not exist is refused as invalid; only the text tells it apart.
  return { code: isMissing || /does(n't| not) exist/i.test(detail) ? 'not-found' : 'rejected', detail };
}
