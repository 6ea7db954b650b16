import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CodeHost } from '../../../shared/pull-requests/code-host.ts';
import { aDraft, refusalCode, valueOf } from '../../contracts/code-host.samples.ts';
import { type GitHub, startGitHub } from '../../support/github-stand-in/github.ts';

describe('issues and labels on GitHub', () => {
  let github: GitHub;
  let host: CodeHost;
  beforeEach(async () => {
    github = await startGitHub();
    host = github.host('app');
  });
  afterEach(() => github.stop());

  it('takes an issue that a person has closed for a no to exactly that', async () => {
    const issue = { about: 'a', key: 'a-1', title: 'to 1', body: 'b', labels: [] };
    valueOf(await host.openIssue(issue));
    github.repository.issues[0]!.state = 'closed';
    expect(valueOf(await host.openIssue(issue))).toMatchObject({ id: '1', state: 'closed' });
    expect(valueOf(await host.openIssue({ ...issue, key: 'a-2', title: 'to 2' }))).toMatchObject({ state: 'open' });
    expect(github.repository.issues.map(({ title, state }) => [title, state])).toEqual([
      ['to 1', 'closed'],
      ['to 2', 'open'],
    ]);
  });

  it('closes an issue with a word on why, and a lost answer does not say it twice', async () => {
    const issue = { about: 'a', key: 'a-1', title: 'to 1', body: 'b', labels: [] };
    valueOf(await host.openIssue(issue));
    github.standIn.faults.push({ method: 'PATCH', path: /\/issues\/1$/, status: 422, message: 'no' });
    const note = { key: 'advice-need-gone', text: 'The need has gone.' };
    expect(refusalCode(await host.closeIssue(issue, note))).toBe('rejected');
    expect(valueOf(await host.closeIssue(issue, note))).toMatchObject({ id: '1', state: 'closed' });
    expect(github.repository.issues[0]?.comments.map(({ body }) => body)).toEqual([
      'The need has gone.\n\n<!-- fulcrum:key advice-need-gone -->\n',
    ]);
  });

  it('where issues are switched off it says so', async () => {
    github.repository.hasIssues = false;
    expect(await host.openIssue({ about: 'a', key: 'k', title: 't', body: 'b', labels: [] })).toEqual({
      kind: 'refused',
      because: { code: 'rejected', detail: 'open the issue: Issues are disabled for this repo' },
    });
  });

  it('while labels cannot be set it is a pull request all the same', async () => {
    for (let time = 0; time < 4; time += 1) {
      github.standIn.faults.push({ method: 'POST', path: /\/labels$/, status: 502, message: 'Bad Gateway' });
    }
    const { shortcomings } = valueOf(await host.open(aDraft(github.repository.head('main') ?? ''), null));
    expect(shortcomings).toEqual([{ code: 'rejected', detail: 'label the pull request: Bad Gateway' }]);
  });
});
