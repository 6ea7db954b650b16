import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TransientError } from '../../../shared/domain/errors.ts';
import type { CodeHost } from '../../../shared/pull-requests/code-host.ts';
import {
  aDraft,
  BASE_FILES,
  BRANCH,
  DATABASE_TF,
  MAIN_TF,
  refusalCode,
  valueOf,
} from '../../contracts/code-host.samples.ts';
import { NOON } from '../../contracts/samples.ts';
import { type GitHub, startGitHub, TOKEN } from '../../support/github-stand-in/github.ts';
import { TREE_AT_MOST } from '../../support/github-stand-in/routes.ts';

/** In 2038, the last that the client can count. */
const FAR_AWAY = '2147483000';
const LONG_AGO = '946684800';

describe('code host of GitHub', () => {
  let github: GitHub;
  let host: CodeHost;
  let base: string;
  beforeEach(async () => {
    github = await startGitHub();
    host = github.host('app');
    base = github.repository.head('main') ?? '';
  });
  afterEach(() => github.stop());

  /** What the caller gets, whichever way it comes. */
  const outcome = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  describe('identity', () => {
    it('asks for a token of this repository with no more permissions than it needs, once', async () => {
      valueOf(await host.look(BRANCH));
      valueOf(await host.readFiles(['.tf']));
      const asked = github.standIn.requests.filter(({ path }) => path.endsWith('/access_tokens'));
      expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
        {
          repositories: ['platform'],
          permissions: { contents: 'write', metadata: 'read', pull_requests: 'write' },
        },
      ]);
    });

    it('lets GitHub sign commits of the app, and knows them again', async () => {
      const { head } = valueOf(await host.open(aDraft(base), null));
      expect(github.repository.objects.commit(head)).toMatchObject({
        author: { login: 'fulcrum[bot]' },
        committer: { login: 'web-flow' },
      });
      expect(valueOf(await host.look(BRANCH)).branch).toMatchObject({
        lastCommitBy: 'fulcrum[bot]',
        authorship: 'ours',
      });
    });

    it('dates commits of its own name by the clock of the draft', async () => {
      const first = valueOf(await github.host('token').open(aDraft(base), null));
      expect(github.repository.objects.commit(first.head)).toMatchObject({
        author: { email: 'fulcrum@example.org' },
        date: '2026-12-01T12:01:00.000Z',
      });
    });

    it('takes a commit of the app that a person has amended for theirs', async () => {
      const { head } = valueOf(await host.open(aDraft(base), null));
      const { objects } = github.repository;
      const ours = objects.commit(head);
      if (ours === undefined) throw new Error('no commit');
      const amended = objects.putCommit({ ...ours, committer: github.person, message: 'amended' });
      github.repository.setRef(`refs/heads/${BRANCH}`, amended.sha);
      expect(valueOf(await host.look(BRANCH)).branch).toMatchObject({ authorship: 'shared' });
    });

    it.each([
      ['a key of another app', { appId: '4712' }],
      ['an installation that was removed', { installationId: '100' }],
    ])('is refused with %s', async (_, over) => {
      const app = { kind: 'app', appId: '4711', privateKey: github.privateKey, installationId: '99', ...over } as const;
      const refused = await github.host('app', { credentials: app }).look(BRANCH);
      expect(['not-permitted', 'not-found']).toContain(refusalCode(refused));
    });

    it('is refused with a token that was revoked', async () => {
      github.standIn.tokens.delete(TOKEN);
      const refused = await github.host('token').look(BRANCH);
      expect(refused).toEqual({
        kind: 'refused',
        because: { code: 'not-permitted', detail: `look at ${BRANCH}: Bad credentials` },
      });
    });
  });

  describe('a token that was just made', () => {
    const unknownTo = (servers: number): void => {
      for (let server = 0; server < servers; server += 1) {
        github.standIn.faults.push({ method: 'GET', path: /\/git\/ref\//, status: 401, message: 'Bad credentials' });
      }
    };

    it('is tried again where a server of GitHub does not know it yet', async () => {
      unknownTo(2);
      expect(valueOf(await host.look(BRANCH))).toEqual({ branch: null, proposals: [] });
      expect(github.standIn.count('GET', /\/git\/ref\//)).toBe(3);
    });

    it('is refused in the end', async () => {
      unknownTo(9);
      expect(refusalCode(await host.look(BRANCH))).toBe('not-permitted');
      expect(github.standIn.count('GET', /\/git\/ref\//)).toBe(3);
    });
  });

  it('a branch with another history is of others', async () => {
    const { objects } = github.repository;
    const main = objects.commit(base);
    const orphan = objects.putCommit({ ...main!, parents: [], author: github.person, committer: github.person });
    github.repository.setRef(`refs/heads/${BRANCH}`, orphan.sha);
    expect(valueOf(await host.look(BRANCH)).branch).toMatchObject({ head: orphan.sha, authorship: 'shared' });
  });

  it('a base branch that is gone or renamed is named', async () => {
    expect(await github.host('app', { baseBranch: 'master' }).readFiles(['.tf'])).toEqual({
      kind: 'refused',
      because: { code: 'not-found', detail: 'acme/platform has no branch master, or the app may not see it' },
    });
  });

  describe('permissions', () => {
    const only = (permissions: Readonly<Record<string, string>>): CodeHost => {
      github.standIn.tokens.set(TOKEN, { permissions, repositories: null, login: 'fulcrum-user' });
      return github.host('token');
    };

    it('without writing contents nothing is left behind', async () => {
      const reader = only({ contents: 'read', metadata: 'read', pull_requests: 'write' });
      expect(await reader.open(aDraft(base), null)).toEqual({
        kind: 'refused',
        because: {
          code: 'not-permitted',
          detail: 'open the pull request: Resource not accessible by integration',
        },
      });
      expect([...github.repository.refs.keys()]).toEqual(['refs/heads/main']);
    });

    it('without writing pull requests the branch is removed again', async () => {
      const writer = only({ contents: 'write', metadata: 'read', pull_requests: 'read' });
      expect(refusalCode(await writer.open(aDraft(base), null))).toBe('not-permitted');
      expect(github.standIn.count('POST', /\/git\/refs$/)).toBe(1);
      expect([...github.repository.refs.keys()]).toEqual(['refs/heads/main']);
    });

    it('without it a branch that was there before is put back where it was', async () => {
      valueOf(await host.open(aDraft(base), null));
      github.repository.close(github.repository.pull(BRANCH));
      const over = github.repository.head(BRANCH) ?? null;
      const writer = only({ contents: 'write', metadata: 'read', pull_requests: 'read' });
      const files = [{ path: DATABASE_TF, text: '# else\n' }];
      expect(refusalCode(await writer.open(aDraft(base, { files }), over))).toBe('not-permitted');
      expect(github.repository.head(BRANCH)).toBe(over);
    });

    it('without labels it is a pull request all the same', async () => {
      github.standIn.faults.push({ method: 'POST', path: /\/labels$/, status: 403, message: 'Must have admin rights' });
      const { shortcomings } = valueOf(await host.open(aDraft(base), null));
      expect(shortcomings).toEqual([
        { code: 'not-permitted', detail: 'label the pull request: Must have admin rights' },
      ]);
      expect(valueOf(await host.look(BRANCH)).proposals).toMatchObject([{ state: 'open', labels: [] }]);
    });

    it('without issues the app can still propose', async () => {
      github.app.permissions = { contents: 'write', metadata: 'read', pull_requests: 'write' };
      const issue = { about: 'a', key: 'k', title: 't', body: 'b', labels: [] };
      expect(refusalCode(await host.openIssue(issue))).toBe('rejected');
      expect(refusalCode(await host.open(aDraft(base), null))).toBe('done');
    });

    it('a protected branch is never moved', async () => {
      const { head } = valueOf(await host.open(aDraft(base), null));
      const [proposal] = valueOf(await host.look(BRANCH)).proposals;
      github.repository.protectedBranches = /fulcrum/;
      const files = [{ path: DATABASE_TF, text: '# else\n' }];
      expect(refusalCode(await host.refresh(proposal!, aDraft(base, { files }), head))).toBe('rejected');
      expect(github.repository.head(BRANCH)).toBe(head);
    });
  });

  describe('limits', () => {
    // prettier-ignore
    it.each([
      ['429 with a short pause',            { status: 429, message: 'Too Many Requests: secondary rate limit', headers: { 'retry-after': '1' } }],
      ['403 of the secondary limit',        { status: 403, message: 'You have exceeded a secondary rate limit.', headers: { 'retry-after': '5' } }],
      ['403 of the primary limit, at its end', { status: 403, message: 'API rate limit exceeded for installation.', headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': LONG_AGO } }],
      ['502',                               { status: 502, message: 'Bad Gateway' }],
      ['503',                               { status: 503, message: 'Service Unavailable' }],
    ])('%s is waited for and asked again', async (_, fault) => {
      github.standIn.faults.push({ method: 'GET', path: /\/git\/ref\//, ...fault });
      expect(valueOf(await host.look(BRANCH))).toEqual({ branch: null, proposals: [] });
      expect(github.standIn.count('GET', /\/git\/ref\//)).toBe(2);
    });

    // prettier-ignore
    it.each([
      ['429 with a long pause',             { status: 429, message: 'secondary rate limit', headers: { 'retry-after': '3600' } }],
      ['403 of the secondary limit',        { status: 403, message: 'You have exceeded a secondary rate limit.', headers: { 'retry-after': '60' } }],
      ['403 of the primary limit',          { status: 403, message: 'API rate limit exceeded for installation.', headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': FAR_AWAY } }],
    ])('%s is left to the queue', async (_, fault) => {
      github.standIn.faults.push({ method: 'GET', path: /\/git\/ref\//, ...fault });
      expect(await outcome(host.look(BRANCH))).toBeInstanceOf(TransientError);
      expect(github.standIn.count('GET', /\/git\/ref\//)).toBe(1);
    });

    it('a fault that does not pass is left to the queue after four attempts', async () => {
      for (let time = 0; time < 9; time += 1) {
        github.standIn.faults.push({ method: 'GET', path: /\/git\/ref\//, status: 502, message: 'Bad Gateway' });
      }
      expect(await outcome(host.look(BRANCH))).toEqual(new TransientError(`look at ${BRANCH}: Bad Gateway`));
      expect(github.standIn.count('GET', /\/git\/ref\//)).toBe(4);
    });

    it('a host that is not there is left to the queue', async () => {
      const lost = github.host('token', { apiUrl: 'http://127.0.0.1:1' });
      expect(await outcome(lost.look(BRANCH))).toBeInstanceOf(TransientError);
    });

    it('a want of permission is no limit', async () => {
      github.standIn.faults.push({
        method: 'GET',
        path: /\/git\/ref\//,
        status: 403,
        message: 'Resource not accessible',
      });
      expect(refusalCode(await host.look(BRANCH))).toBe('not-permitted');
    });
  });

  describe('lost answers', () => {
    const fault = (method: string, path: RegExp, times = 1): void => {
      for (let time = 0; time < times; time += 1) {
        github.standIn.faults.push({ method, path, status: 502, message: 'Bad Gateway', when: 'after' });
      }
    };

    it('of a pull request that was opened ends in the one', async () => {
      fault('POST', /\/pulls$/);
      expect(refusalCode(await host.open(aDraft(base), null))).toBe('conflict');
      expect(valueOf(await host.look(BRANCH)).proposals).toMatchObject([{ state: 'open' }]);
      expect(github.repository.head(BRANCH)).toBeDefined();
    });

    it('of a branch that was made ends in a branch of ours, which is used next time', async () => {
      fault('POST', /\/git\/refs$/);
      expect(refusalCode(await host.open(aDraft(base), null))).toBe('conflict');
      const { branch, proposals } = valueOf(await host.look(BRANCH));
      expect([branch?.authorship, proposals]).toEqual(['ours', []]);
      expect(refusalCode(await host.open(aDraft(base), branch?.head ?? null))).toBe('done');
    });

    it('of a branch that was moved is found to be a success', async () => {
      const { head } = valueOf(await host.open(aDraft(base), null));
      const [proposal] = valueOf(await host.look(BRANCH)).proposals;
      fault('POST', /^\/graphql$/);
      const files = [{ path: DATABASE_TF, text: '# else\n' }];
      const again = valueOf(await host.refresh(proposal!, aDraft(base, { files }), head));
      expect(github.repository.head(BRANCH)).toBe(again.head);
    });

    it('of a comment does not say it twice', async () => {
      valueOf(await host.open(aDraft(base), null));
      const [proposal] = valueOf(await host.look(BRANCH)).proposals;
      fault('POST', /\/comments$/);
      const note = { key: 'hands-off', text: 'Hands off.' };
      expect(await outcome(host.comment(proposal!, note))).toBeInstanceOf(TransientError);
      valueOf(await host.comment(proposal!, note));
      expect(github.repository.pull(BRANCH).comments).toHaveLength(1);
    });

    it('when opening fails for a while, the branch of ours is used next time', async () => {
      for (let time = 0; time < 4; time += 1) {
        github.standIn.faults.push({ method: 'POST', path: /\/pulls$/, status: 503, message: 'Unavailable' });
      }
      expect(await outcome(host.open(aDraft(base), null))).toBeInstanceOf(TransientError);
      const { branch } = valueOf(await host.look(BRANCH));
      expect(refusalCode(await host.open(aDraft(base), branch?.head ?? null))).toBe('done');
      expect(valueOf(await host.look(BRANCH)).proposals).toHaveLength(1);
    });
  });

  describe('a person who pushes between look and step', () => {
    it('keeps their commit, though GitHub was asked a moment before', async () => {
      const { head } = valueOf(await host.open(aDraft(base), null));
      const [proposal] = valueOf(await host.look(BRANCH)).proposals;
      let theirs = '';
      github.standIn.meanwhile.push({
        method: 'POST',
        path: /^\/graphql$/,
        happens: () => {
          theirs = github.repository.push(BRANCH, { 'infra/theirs.tf': '#\n' }, github.person).sha;
        },
      });
      const files = [{ path: DATABASE_TF, text: '# else\n' }];
      expect(refusalCode(await host.refresh(proposal!, aDraft(base, { files }), head))).toBe('conflict');
      expect(github.repository.head(BRANCH)).toBe(theirs);
    });

    it('keeps the branch when the pull request cannot be opened', async () => {
      let theirs = '';
      github.standIn.meanwhile.push({
        method: 'POST',
        path: /\/pulls$/,
        happens: () => {
          theirs = github.repository.push(BRANCH, { 'infra/theirs.tf': '#\n' }, github.person).sha;
        },
      });
      github.standIn.faults.push({ method: 'POST', path: /\/pulls$/, status: 422, message: 'Validation Failed' });
      expect(refusalCode(await host.open(aDraft(base), null))).toBe('conflict');
      expect(github.repository.head(BRANCH)).toBe(theirs);
    });
  });

  describe('mergeability', () => {
    it('is unknown, then known; behind only where a rule wants the newest base', async () => {
      valueOf(await host.open(aDraft(base), null));
      const mergeable = async () => valueOf(await host.look(BRANCH)).proposals[0]?.mergeable;
      expect([await mergeable(), await mergeable()]).toEqual(['unknown', 'clean']);
      github.repository.requiresUpToDate = true;
      github.repository.push('main', { 'infra/other.tf': '#\n' }, github.person);
      expect([await mergeable(), await mergeable()]).toEqual(['unknown', 'behind']);
    });
  });

  describe('large repositories', () => {
    it('are read folder by folder where GitHub cuts the listing off', async () => {
      const many = Object.fromEntries(Array.from({ length: TREE_AT_MOST }, (_, n) => [`app/file-${n}.txt`, `${n}\n`]));
      base = github.repository.push('main', many, github.person).sha;
      expect(valueOf(await host.readFiles(['.tf'])).files.map(({ path }) => path)).toEqual([
        DATABASE_TF,
        'infra/odd.tf',
      ]);
      valueOf(await host.open(aDraft(base), null));
      expect(github.repository.texts(`refs/heads/${BRANCH}`)).toEqual({
        ...BASE_FILES,
        ...many,
        'infra/link.tf': '../app/main.tf',
        [DATABASE_TF]: MAIN_TF.replace('large', 'xlarge'),
      });
    });

    it('are refused where a folder itself is too large', async () => {
      const many = Object.fromEntries(Array.from({ length: TREE_AT_MOST }, (_, n) => [`infra/file-${n}.tf`, `${n}\n`]));
      github.repository.push('main', many, github.person);
      expect(await host.readFiles(['.tf'])).toMatchObject({
        because: { code: 'rejected', detail: 'the folder infra has too many files' },
      });
    });

    it('what is not text is skipped, and said', async () => {
      github.repository.push('main', { 'infra/large.tf': 'x'.repeat(1_000_001) }, github.person);
      const { objects } = github.repository;
      const head = github.repository.head('main') ?? '';
      const files = new Map(objects.tree(head));
      files.set('infra/binary.tf', { mode: '100644', sha: objects.putBlob(Buffer.from([0xff, 0xfe, 0x00])) });
      const commit = objects.commit(head);
      const { sha } = objects.putCommit({ ...commit!, tree: objects.putTree(files), parents: [head] });
      github.repository.setRef('refs/heads/main', sha);
      expect(valueOf(await host.readFiles(['.tf'])).skipped).toEqual([
        { path: 'infra/binary.tf', because: 'not UTF-8' },
        { path: 'infra/large.tf', because: 'larger than 1000000 bytes' },
        { path: 'infra/link.tf', because: 'a link' },
      ]);
    });
  });

  describe('many of them', () => {
    it('are read page by page, those of forks and of people left out', async () => {
      github.repository.push('people/idea', { 'infra/idea.tf': '#\n' }, github.person);
      for (let n = 0; n < 101; n += 1) {
        github.repository.push(`fulcrum/p/l/${n}`, { 'infra/n.tf': `${n}\n` }, github.person);
        github.repository.openPull({ title: `${n}`, body: '', head: `fulcrum/p/l/${n}`, base: 'main' });
      }
      github.repository.openPull({ title: 'idea', body: '', head: 'people/idea', base: 'main' });
      github.repository.openPull({
        title: 'fork',
        body: '',
        head: 'fulcrum/p/l/0',
        base: 'main',
        headOwner: 'mallory',
      });
      expect(valueOf(await host.opened(NOON))).toHaveLength(101);
      expect(valueOf(await host.look('fulcrum/p/l/0')).proposals).toMatchObject([{ title: '0' }]);
    });

    it('a hundred comments hide none', async () => {
      const { id } = valueOf(await host.open(aDraft(base), null));
      const [proposal] = valueOf(await host.look(BRANCH)).proposals;
      const note = { key: 'hands-off', text: 'Hands off.' };
      for (let n = 0; n < 120; n += 1) github.repository.comment(Number(id), `${n}`, 'ines');
      valueOf(await host.comment(proposal!, note));
      valueOf(await host.comment(proposal!, note));
      expect(github.repository.pull(BRANCH).comments).toHaveLength(121);
    });
  });

  describe('secrets', () => {
    it('are in no answer, no error and no log, whatever fails', async () => {
      const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) =>
        jest.spyOn(console, level).mockImplementation(() => undefined),
      );
      const echo = `Bad request by token ${TOKEN} and ghs_${'0'.repeat(36)} or eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2ln`;
      const told: unknown[] = [];
      for (const identity of ['app', 'token'] as const) {
        for (const status of [400, 401, 403, 404, 409, 422, 429, 500]) {
          const each = github.host(identity, { patience: { secondMs: 0, pauseAtMostSeconds: 0, requestMs: 10_000 } });
          for (let time = 0; time < 4; time += 1) {
            github.standIn.faults.push({ method: 'GET', path: /\/git\/ref\//, status, message: echo });
          }
          told.push(await outcome(each.look(BRANCH)));
          github.standIn.faults.length = 0;
        }
      }
      github.standIn.faults.push({ method: 'POST', path: /access_tokens$/, status: 401, message: echo });
      told.push(await outcome(github.host('app').look(BRANCH)));
      const text = inspect([told, spies.map(({ mock }) => mock.calls)], { depth: 20, showHidden: true });
      for (const spy of spies) spy.mockRestore();
      expect(told).toHaveLength(17);
      expect(text).toContain('Bad request by token');
      expect(text).not.toMatch(/gh[ps]_\w{10}|eyJ[\w-]{10}|PRIVATE KEY|authorization/i);
    });
  });

  it('a folder outside of the repository is a fault of the settings', () => {
    expect(() => github.host('app', { folders: ['../other'] })).toThrow(RangeError);
  });
});
