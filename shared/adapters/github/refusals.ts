import { TransientError } from '../../domain/errors.ts';
import type { HostRefusal } from '../../pull-requests/code-host.ts';

/** What an error of octokit says, without its request: that one quotes headers and the files of the repository. */
interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** `null` for any other error: that is a bug of ours, and not for catching. */
function answerOf(error: unknown): Answer | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'GraphqlResponseError') return graphqlAnswer(error);
  if (!('status' in error) || typeof error.status !== 'number') return null;
  const headers = 'response' in error ? headersOf(error.response) : {};
  return { status: error.status, message: error.message, headers };
}

function headersOf(response: unknown): Answer['headers'] {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {};
  const { headers } = response;
  return typeof headers === 'object' && headers !== null ? { ...headers } : {};
}

/** GraphQL answers 200 whatever happens; the type of the error stands for the status. */
const GRAPHQL_STATUS: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  RATE_LIMITED: 429,
};

function graphqlAnswer(error: Error): Answer {
  const errors: readonly unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const [first] = errors;
  const type = typeof first === 'object' && first !== null && 'type' in first ? first.type : undefined;
  return { status: GRAPHQL_STATUS[typeof type === 'string' ? type : ''] ?? 422, message: error.message, headers: {} };
}

/** Status of the answer of GitHub; `null` when the error is none. */
export function statusOf(error: unknown): number | null {
  return answerOf(error)?.status ?? null;
}

/**
 * What an error means for the caller.
 *
 * @throws TransientError for rate limits, faults of GitHub and of the network
 * @throws the error itself when it is not from GitHub
 */
export function refusalFrom(doing: string, error: unknown): HostRefusal {
  const answer = answerOf(error);
  if (answer === null) throw error;
  const detail = `${doing}: ${plainText(answer.message)}`;
  if (isTransient(answer)) throw new TransientError(detail);
  return { code: codeOf(answer.status), detail };
}

/** GitHub answers 403 for want of a permission and for both of its rate limits. */
function isTransient({ status, message, headers }: Answer): boolean {
  if (status >= 500 || status === 429 || status === 408) return true;
  if (status !== 403) return false;
  return (
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /\b(?:secondary rate limit|rate limit exceeded|abuse detection)\b/i.test(message)
  );
}

function codeOf(status: number): HostRefusal['code'] {
  switch (status) {
    case 401:
    case 403:
      return 'not-permitted';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    default:
      return 'rejected';
  }
}

const DETAIL_LENGTH = 300;

/** Tokens in all forms that GitHub gives them, and what an app signs. */
const SECRETS = /\b(?:gh[a-z]_\w{10,}|github_pat_\w{10,}|v1\.[0-9a-f]{40}|eyJ[\w-]{10,}\.[\w.-]+)/g;

/** What GitHub says, fit for our records: on one line, without secrets and without the advice to read the manual. */
function plainText(message: string): string {
  return message
    .replaceAll(SECRETS, '[removed]')
    .replaceAll(/ - https:\/\/docs\.github\.com\S*/g, '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, DETAIL_LENGTH)
    .toWellFormed();
}
