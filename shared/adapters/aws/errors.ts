import { TransientError } from '../../domain/errors.ts';
import { type Unseen, unseen } from '../../domain/reading.ts';

/** Names under which AWS services report that they are busy, or that the same call may succeed later. */
const TRANSIENT_NAMES: ReadonlySet<string> = new Set([
  'ConcurrentUpdateException',
  'ExpiredTokenException',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceError',
  'InternalServiceException',
  'InternalServiceFault',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionConflictException',
]);

const THROTTLING_NAMES: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** Codes of Node.js for faults on the way to AWS. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** Who we are is in doubt. The messages of these errors can quote the signed request, so they are never repeated. */
const IDENTITY_NAMES: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

const DENIED_NAMES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'FailedResourceAccessException',
  'NotAuthorized',
  'OptInRequired',
  'UnauthorizedOperation',
]);

interface Fault {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
}

/** What AWS, or the way to it, has to say; `null` for any other error: that is a bug of ours, and not for catching. */
function faultOf(error: unknown): Fault | null {
  if (!(error instanceof Error)) return null;
  const { name, message } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const isKnown = '$metadata' in error || TRANSIENT_NAMES.has(name) || IDENTITY_NAMES.has(name);
  if (!isKnown && (code === undefined || !NETWORK_CODES.has(code))) return null;
  return { name, message, code, status: statusOf(error) };
}

function statusOf(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** Whether the same call may succeed later: throttling, a fault of AWS or of the network. */
export function isTransient(error: unknown): boolean {
  const fault = faultOf(error);
  if (fault === null) return false;
  if (TRANSIENT_NAMES.has(fault.name) || (fault.code !== undefined && NETWORK_CODES.has(fault.code))) return true;
  return fault.status === 429 || (fault.status ?? 0) >= 500;
}

export function isThrottled(error: unknown): boolean {
  const fault = faultOf(error);
  return fault !== null && (THROTTLING_NAMES.has(fault.name) || fault.status === 429);
}

/** Whether AWS did not let us, for want of a permission or of valid credentials. */
export function isDenied(error: unknown): boolean {
  const fault = faultOf(error);
  if (fault === null || isTransient(error)) return false;
  return DENIED_NAMES.has(fault.name) || IDENTITY_NAMES.has(fault.name) || fault.status === 401;
}

/** Whether the error came from AWS or the way to it, rather than from our own code. */
export function isFromAws(error: unknown): boolean {
  return faultOf(error) !== null;
}

const DETAIL_LENGTH = 300;

/** Name and message of an error on one line, fit for the audit table: without control characters and without secrets. */
export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { name, message } = error;
  return IDENTITY_NAMES.has(name) ? name : plainText(message === '' ? name : `${name}: ${message}`);
}

/** Text of others made fit for our records. */
export function plainText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(ACCESS_KEY_ID, REMOVED)
    .replaceAll(TOKEN, (run) => (looksRandom(run) ? REMOVED : run))
    .replaceAll(SECRET_KEY, (run) => (looksRandom(run) ? REMOVED : run))
    .trim()
    .slice(0, DETAIL_LENGTH)
    .toWellFormed();
}

const REMOVED = '[removed]';
const ACCESS_KEY_ID = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g;
/** Session tokens and encoded authorization messages are longer than any name. */
const TOKEN = /[A-Za-z0-9+/=_%.-]{100,}/g;
/** A secret access key has exactly 40 characters. */
const SECRET_KEY = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])/g;

function looksRandom(text: string): boolean {
  return /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}

/**
 * The answer of a reader to an error.
 *
 * @throws the error itself when it is not from AWS: a reader hides no bug.
 */
export function unseenBecause(error: unknown): Unseen {
  if (!isFromAws(error)) throw error;
  return unseen({ code: 'unreadable', detail: detailOf(error) });
}

/**
 * What to throw where there is no value for a refusal: `TransientError` for what may pass, an error that says what was
 * being done for the rest, and a bug of ours as it is.
 */
export function failureWhile(doing: string, error: unknown): unknown {
  if (!isFromAws(error)) return error;
  const message = `${doing}: ${detailOf(error)}`;
  return isTransient(error) ? new TransientError(message, { cause: error }) : new Error(message, { cause: error });
}
