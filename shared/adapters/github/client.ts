import { setTimeout } from 'node:timers/promises';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck/light.js';
import { statusOf } from './refusals.ts';
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
  const tokenOf = tokenSource(settings, permissions);
  const { secondMs } = settings.patience;
  client.hook.wrap('request', async (request, options) => {
    for (let attempt = 1; ; attempt += 1) {
      const { token, isNew } = await tokenOf();
      options.headers.authorization = `token ${token}`;
      try {
        return await request(options);
      } catch (error) {
        if (!isNew || statusOf(error) !== 401 || attempt === ATTEMPTS_WITH_NEW_TOKEN) throw error;
        await setTimeout(attempt * secondMs);
      }
    }
  });
  return client;
}

/** Not every server of GitHub knows a token at once: for some seconds it may be refused though it is good. */
const TOKEN_SPREADS_FOR_MS = 5_000;
const ATTEMPTS_WITH_NEW_TOKEN = 3;

interface Token {
  readonly token: string;
  readonly isNew: boolean;
}

function tokenSource(settings: GitHubSettings, permissions: Permissions): () => Promise<Token> {
  const { credentials, repository } = settings;
  if (credentials.kind === 'token') return () => Promise.resolve({ token: credentials.token, isNew: false });
  const { appId, privateKey, installationId } = credentials;
  const { request, log } = plainClient(settings);
  const authenticate = createAppAuth({ appId, privateKey, installationId, request, log });
  // Installation tokens live for an hour and are kept until shortly before its end.
  return async () => {
    const { token, createdAt } = await authenticate({
      type: 'installation',
      repositoryNames: [repository],
      permissions,
    });
    return { token, isNew: Date.now() - Date.parse(createdAt) < TOKEN_SPREADS_FOR_MS };
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
