import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck/light.js';
import type { GitHubSettings, Patience } from './settings.ts';

export type GitHubClient = InstanceType<typeof PatientOctokit>;

const PatientOctokit = Octokit.plugin(retry, throttling);

/** What a token of the app may do. The app itself may be allowed more; a token that leaks should not be. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/**
 * A client whose every request carries a token for this repository and these permissions alone.
 *
 * Attempts that fail by a fault of GitHub are made again, three times, and so are those over a rate limit when GitHub asks
 * for a short pause. After that the error comes out.
 */
export function gitHubClient(settings: GitHubSettings, permissions: Permissions): GitHubClient {
  const client = plainClient(settings);
  const token = tokenSource(settings, permissions);
  client.hook.before('request', async (options) => {
    options.headers.authorization = `token ${await token()}`;
  });
  return client;
}

function tokenSource(settings: GitHubSettings, permissions: Permissions): () => Promise<string> {
  const { credentials, repository } = settings;
  if (credentials.kind === 'token') return () => Promise.resolve(credentials.token);
  const { appId, privateKey, installationId } = credentials;
  const { request, log } = plainClient(settings);
  const authenticate = createAppAuth({ appId, privateKey, installationId, request, log });
  // Installation tokens live for an hour and are kept until shortly before its end.
  return async () => {
    const { token } = await authenticate({ type: 'installation', repositoryNames: [repository], permissions });
    return token;
  };
}

function plainClient({ apiUrl, patience }: GitHubSettings): GitHubClient {
  return new PatientOctokit({
    baseUrl: apiUrl,
    userAgent: 'fulcrum',
    // Every error reaches the caller; the log of a client could quote requests.
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    request: { fetch: fetchWithin(patience.requestMs) },
    retry: { retryAfterBaseValue: patience.secondMs, doNotRetry: ANSWERS },
    throttle: throttle(patience),
  });
}

/** Statuses that mean what they say. 429 is among them: throttling knows how long GitHub wants us to wait, retrying does not. */
const ANSWERS = [400, 401, 403, 404, 409, 410, 422, 429, 451];

const ATTEMPTS_OVER_LIMIT = 2;

function throttle({ secondMs, pauseAtMostSeconds }: Patience) {
  const isWorthWaiting = (retryAfterSeconds: number, _options: unknown, _client: unknown, attempts: number): boolean =>
    retryAfterSeconds <= pauseAtMostSeconds && attempts < ATTEMPTS_OVER_LIMIT;
  return {
    onRateLimit: isWorthWaiting,
    onSecondaryRateLimit: isWorthWaiting,
    retryAfterBaseValue: secondMs,
    write: new Bottleneck.Group({ maxConcurrent: 1, minTime: secondMs }),
    notifications: new Bottleneck.Group({ maxConcurrent: 1, minTime: 3 * secondMs }),
  };
}

function fetchWithin(milliseconds: number): typeof fetch {
  return (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(milliseconds) });
}

function nothing(): void {
  // Said on purpose: see above.
}
