import { TransientError } from '../../domain/errors.ts';
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
    return refusalWhile(doing, error);
  }
}

/**
 * A permanent refusal of AWS as a value.
 *
 * @throws TransientError for what may pass, and a bug of ours as it is.
 */
export function refusalWhile(doing: string, error: unknown): FailureReason {
  if (!isFromAws(error) || isTransient(error)) throw failureWhile(doing, error);
  if (isBusy(error)) throw new TransientError(`${doing}: ${detailOf(error)}`, { cause: error });
  return refusalOf(error);
}

/** Another change of the same thing is under way; whoever looks first finds a state that never ends, as `stopped`. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && /^Invalid(DBInstance|DBCluster|ReplicationGroup)State(Fault)?$/.test(error.name);
}

function refusalOf(error: unknown): FailureReason {
  const detail = detailOf(error);
  if (isDenied(error)) return { code: 'not-permitted', detail };
  const name = error instanceof Error ? error.name : '';
  if (name === 'LimitExceededException' || /^Insufficient|QuotaExceeded|QuotaForCustomerExceeded/.test(name)) {
    return { code: 'limit-exceeded', detail };
  }
  const isMissing = /NotFound(Fault|Exception)?$/.test(name);
  // Registering a service that does not exist is refused as invalid; only the text tells it apart.
  return { code: isMissing || /does(n't| not) exist/i.test(detail) ? 'not-found' : 'rejected', detail };
}
