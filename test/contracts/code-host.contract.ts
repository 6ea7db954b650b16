import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, earlier, later } from '../../shared/domain/units.ts';
import type { Check, CodeHost, CommitId, Opened, Proposal } from '../../shared/pull-requests/code-host.ts';
import {
  aDraft,
  aText,
  BASE_FILES,
  BRANCH,
  DATABASE_TF,
  MAIN_TF,
  ODD_TF,
  refusalCode,
  valueOf,
} from './code-host.samples.ts';
import { NOON } from './samples.ts';
import type { Subject } from './subject.ts';

export interface BranchInFact {
  readonly head: CommitId;
  readonly parents: readonly CommitId[];
  readonly message: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A host with `BASE_FILES` on its base branch, and the people who work there. */
export interface CodeHostSubject extends Subject<CodeHost> {
  /** The adapter of another invocation. */
  readonly rival: CodeHost;
  /** A person pushes; `null` removes a file. A branch that is new begins at the base branch. */
  readonly personPushes: (branch: string, changes: Readonly<Record<string, string | null>>) => Promise<CommitId>;
  readonly personRefuses: (branch: string) => Promise<void>;
  readonly personMerges: (branch: string, how: 'merge' | 'squash') => Promise<void>;
  /** A person or a pipeline says something of a commit, later than all before. */
  readonly says: (commit: CommitId, name: string, outcome: Check['outcome'], url: string | null) => Promise<void>;
  /** A rule of the repository forbids branches of ours from now on. */
  readonly forbidBranches: () => Promise<void>;
  /** The repository is not there, or not for us, from now on. */
  readonly hideRepository: () => Promise<void>;
  readonly branchInFact: (branch: string) => Promise<BranchInFact | null>;
  /** What a person reads under the newest proposal of a branch. */
  readonly notes: (branch: string) => Promise<readonly string[]>;
  readonly issues: () => Promise<readonly string[]>;
}

/** What every code host promises. */
export function describeCodeHostContract(name: string, makeSubject: () => Promise<CodeHostSubject>): void {
  describe(`code host contract: ${name}`, () => {
    let subject: CodeHostSubject;
    let host: CodeHost;
    let base: CommitId;
    beforeEach(async () => {
      subject = await makeSubject();
      host = subject.port;
      base = (await subject.branchInFact('main'))?.head ?? '';
    });
    afterEach(() => subject.close());

    const opened = async (over: CommitId | null = null): Promise<Opened> =>
      valueOf(await host.open(aDraft(base), over));
    const standing = async (): Promise<Proposal> => {
      const [proposal] = valueOf(await host.look(BRANCH)).proposals;
      if (proposal === undefined) throw new Error('nothing was proposed');
      return proposal;
    };

    describe('readFiles', () => {
      it('gives the files of the allowed folders as they are, by path, with the commit they are of', async () => {
        expect(valueOf(await host.readFiles(['.tf', '.yaml']))).toEqual({
          commit: base,
          files: [
            { path: 'deploy/production/service.yaml', text: 'kind: Service\n' },
            { path: DATABASE_TF, text: MAIN_TF },
            { path: 'infra/odd.tf', text: ODD_TF },
          ],
          skipped: [{ path: 'infra/link.tf', because: 'a link' }],
        });
      });

      it('gives what a person has pushed since', async () => {
        const commit = await subject.personPushes('main', { [DATABASE_TF]: '# new\n', 'infra/odd.tf': null });
        const { commit: read, files } = valueOf(await host.readFiles(['.tf']));
        expect(read).toBe(commit);
        expect(files).toEqual([{ path: DATABASE_TF, text: '# new\n' }]);
      });
    });

    describe('open', () => {
      it('puts one commit on the branch, which changes the given files alone', async () => {
        const { head, shortcomings } = await opened();
        expect(shortcomings).toEqual([]);
        expect(await subject.branchInFact(BRANCH)).toEqual({
          head,
          parents: [base],
          message: 'core-db: instance class to db.r6g.xlarge\n',
          files: {
            ...BASE_FILES,
            'infra/link.tf': '../app/main.tf',
            [DATABASE_TF]: MAIN_TF.replace('large', 'xlarge'),
          },
        });
      });

      it('keeps line ends, byte order marks and the bit of files that can be run; adds files that are new', async () => {
        const files = [
          { path: 'infra/odd.tf', text: ODD_TF.replace('1', '2') },
          { path: 'infra/database/replica.tf', text: 'resource "r" "a" {}\n' },
        ];
        valueOf(await host.open(aDraft(base, { files }), null));
        expect((await subject.branchInFact(BRANCH))?.files).toMatchObject({
          'infra/odd.tf': '\uFEFF# größe\r\nlocals { size = 2 }\r\n',
          'infra/database/replica.tf': 'resource "r" "a" {}\n',
        });
      });

      it('can be looked at', async () => {
        const { id, head } = await opened();
        const { branch, proposals } = valueOf(await host.look(BRANCH));
        expect(branch).toMatchObject({ head, basedOn: base, authorship: 'ours' });
        expect(proposals).toMatchObject([
          {
            id,
            branch: BRANCH,
            state: 'open',
            endedAt: null,
            labels: ['fulcrum', 'database'],
            title: 'core-db: instance class to db.r6g.xlarge',
          },
        ]);
        expect(proposals[0]?.body.trim()).toBe('Because.');
      });

      it('refuses what others have opened meanwhile, and leaves theirs alone', async () => {
        const first = valueOf(await subject.rival.open(aDraft(base), null));
        expect(refusalCode(await host.open(aDraft(base), null))).toBe('conflict');
        expect((await subject.branchInFact(BRANCH))?.head).toBe(first.head);
        expect(valueOf(await host.look(BRANCH)).proposals).toHaveLength(1);
      });

      it('two at the same moment end in one', async () => {
        // The same commit by both would be one, and both could rightly say that it is done.
        const results = await Promise.all(
          [host, subject.rival].map((each, index) => each.open(aDraft(base, { commitMessage: `by ${index}\n` }), null)),
        );
        expect(results.map(refusalCode).sort()).toEqual(['conflict', 'done']);
        expect(valueOf(await host.look(BRANCH)).proposals).toHaveLength(1);
      });

      it('never takes a branch that a person has made', async () => {
        const theirs = await subject.personPushes(BRANCH, { 'infra/theirs.tf': '# theirs\n' });
        expect(refusalCode(await host.open(aDraft(base), null))).toBe('conflict');
        expect(refusalCode(await host.open(aDraft(base), base))).toBe('conflict');
        expect((await subject.branchInFact(BRANCH))?.head).toBe(theirs);
        expect(valueOf(await host.look(BRANCH))).toMatchObject({ branch: { authorship: 'shared' }, proposals: [] });
      });

      it.each([
        ['a file outside of the folders', [{ path: 'app/main.tf', text: '' }], 'not-permitted'],
        ['a path that climbs out', [{ path: 'infra/../app/main.tf', text: '' }], 'not-permitted'],
        ['a workflow of the repository', [{ path: '.github/workflows/a.yml', text: '' }], 'not-permitted'],
        ['no file', [], 'rejected'],
        ['a file twice', [1, 2].map((n) => ({ path: DATABASE_TF, text: `${n}` })), 'rejected'],
        ['a link', [{ path: 'infra/link.tf', text: '' }], 'rejected'],
        ['files that change nothing', [{ path: DATABASE_TF, text: MAIN_TF }], 'rejected'],
      ])('refuses %s, and leaves no branch', async (_, files, code) => {
        expect(refusalCode(await host.open(aDraft(base, { files }), null))).toBe(code);
        expect(await subject.branchInFact(BRANCH)).toBeNull();
        expect(valueOf(await host.look(BRANCH)).proposals).toEqual([]);
      });

      it('is refused for good where a rule forbids the branch', async () => {
        await subject.forbidBranches();
        expect(['not-permitted', 'rejected']).toContain(refusalCode(await host.open(aDraft(base), null)));
        expect(await subject.branchInFact(BRANCH)).toBeNull();
      });

      it('of another value follows one that was refused, on a branch that was kept or removed', async () => {
        await opened();
        await subject.personRefuses(BRANCH);
        const over = (await subject.branchInFact(BRANCH))?.head ?? null;
        const text = aText({ title: 'core-db: instance class to db.r6g.2xlarge' });
        const files = [{ path: DATABASE_TF, text: MAIN_TF.replace('large', '2xlarge') }];
        valueOf(await host.open(aDraft(base, { text, files }), over));
        expect(valueOf(await host.look(BRANCH)).proposals.map(({ state, title }) => [state, title])).toEqual([
          ['open', 'core-db: instance class to db.r6g.2xlarge'],
          ['closed', 'core-db: instance class to db.r6g.xlarge'],
        ]);
      });
    });

    describe('look', () => {
      it('finds nothing where nothing is', async () => {
        expect(valueOf(await host.look(BRANCH))).toEqual({ branch: null, proposals: [] });
      });

      it('tells when a person has pushed to the branch', async () => {
        const { id } = await opened();
        const head = await subject.personPushes(BRANCH, { 'infra/database/main.tf': '# by hand\n' });
        const { branch, proposals } = valueOf(await host.look(BRANCH));
        expect(branch).toMatchObject({ head, authorship: 'shared', lastCommitBy: 'ines' });
        expect(proposals).toMatchObject([{ id, state: 'open' }]);
      });

      it('tells when a person has refused it', async () => {
        await opened();
        await subject.personRefuses(BRANCH);
        expect(await standing()).toMatchObject({ state: 'closed' });
      });

      it.each(['merge', 'squash'] as const)('tells when a person has merged it: %s', async (how) => {
        await opened();
        await subject.personMerges(BRANCH, how);
        expect(await standing()).toMatchObject({ state: 'merged' });
        expect(valueOf(await host.readFiles(['.tf'])).files).toContainEqual({
          path: DATABASE_TF,
          text: MAIN_TF.replace('large', 'xlarge'),
        });
      });

      it('tells whether it can be merged, at the latest when asked again', async () => {
        await opened();
        await standing();
        expect(await standing()).toMatchObject({ mergeable: 'clean' });
        await subject.personPushes('main', { 'infra/other.tf': '# elsewhere\n' });
        await standing();
        expect(await standing()).toMatchObject({ mergeable: 'clean' });
        await subject.personPushes('main', { [DATABASE_TF]: MAIN_TF.replace('large', 'small') });
        await standing();
        expect(await standing()).toMatchObject({ mergeable: 'conflicting' });
      });

      it('is refused where the repository is hidden', async () => {
        await subject.hideRepository();
        expect(refusalCode(await host.look(BRANCH))).toBe('not-found');
        expect(refusalCode(await host.readFiles(['.tf']))).toBe('not-found');
        expect(refusalCode(await host.open(aDraft(base), null))).toBe('not-found');
      });
    });

    describe('refresh', () => {
      const renewed = (onto: CommitId) =>
        aDraft(onto, {
          files: [{ path: DATABASE_TF, text: '# moved\n' }],
          commitMessage: 'again\n',
          text: aText({ title: 'core-db: instance class to db.r6g.2xlarge', body: 'Because of more.\n' }),
        });

      it('replaces commit, title and body of the same proposal', async () => {
        const { id, head } = await opened();
        const moved = await subject.personPushes('main', { 'infra/other.tf': '# elsewhere\n' });
        const again = valueOf(await host.refresh(await standing(), renewed(moved), head));
        expect(again.id).toBe(id);
        expect(await subject.branchInFact(BRANCH)).toMatchObject({
          head: again.head,
          parents: [moved],
          files: { [DATABASE_TF]: '# moved\n', 'infra/other.tf': '# elsewhere\n' },
        });
        const { branch, proposals } = valueOf(await host.look(BRANCH));
        expect(branch).toMatchObject({ head: again.head, basedOn: moved, authorship: 'ours' });
        expect(proposals).toMatchObject([{ id, state: 'open', title: 'core-db: instance class to db.r6g.2xlarge' }]);
      });

      it('never forces over a commit that a person has pushed since the look', async () => {
        const { head } = await opened();
        const proposal = await standing();
        const theirs = await subject.personPushes(BRANCH, { 'infra/theirs.tf': '# theirs\n' });
        expect(refusalCode(await host.refresh(proposal, renewed(base), head))).toBe('conflict');
        expect((await subject.branchInFact(BRANCH))?.head).toBe(theirs);
        expect(await standing()).toMatchObject({ title: 'core-db: instance class to db.r6g.xlarge' });
      });

      it('of two at the same moment one wins', async () => {
        const { head } = await opened();
        const proposal = await standing();
        const results = await Promise.all(
          [host, subject.rival].map((each, index) =>
            each.refresh(proposal, { ...renewed(base), commitMessage: `by ${index}\n` }, head),
          ),
        );
        expect(results.map(refusalCode).sort()).toEqual(['conflict', 'done']);
      });
    });

    describe('words', () => {
      it('can be renewed without a commit', async () => {
        const { head } = await opened();
        valueOf(await host.reword(await standing(), aText({ title: 'New', body: 'New body.\n' })));
        expect(await standing()).toMatchObject({ title: 'New', state: 'open' });
        expect((await standing()).body.trim()).toBe('New body.');
        expect((await subject.branchInFact(BRANCH))?.head).toBe(head);
      });

      it('are said once for each key', async () => {
        await opened();
        const proposal = await standing();
        for (const text of ['Hands off.', 'Hands off again.']) {
          valueOf(await host.comment(proposal, { key: 'hands-off', text }));
        }
        valueOf(await subject.rival.comment(proposal, { key: 'other', text: 'Something else.' }));
        const notes = await subject.notes(BRANCH);
        expect(notes.map((note) => note.split('\n')[0])).toEqual(['Hands off.', 'Something else.']);
      });
    });

    describe('close', () => {
      const farewell = (removeBranchAt: CommitId | null) => ({
        note: { key: 'withdrawn', text: 'The need has gone.' },
        text: aText({ title: 'core-db (withdrawn)' }),
        removeBranchAt,
      });

      it('says why, renews the text, and removes the branch', async () => {
        const { head } = await opened();
        valueOf(await host.close(await standing(), farewell(head)));
        expect(await standing()).toMatchObject({ state: 'closed', title: 'core-db (withdrawn)' });
        expect(await subject.branchInFact(BRANCH)).toBeNull();
        expect((await subject.notes(BRANCH)).map((note) => note.split('\n')[0])).toEqual(['The need has gone.']);
      });

      it('leaves a branch to which a person has pushed since the look', async () => {
        const { head } = await opened();
        const proposal = await standing();
        const theirs = await subject.personPushes(BRANCH, { 'infra/theirs.tf': '# theirs\n' });
        valueOf(await host.close(proposal, farewell(head)));
        expect((await subject.branchInFact(BRANCH))?.head).toBe(theirs);
        expect(await standing()).toMatchObject({ state: 'closed' });
      });
    });

    describe('readChecks', () => {
      const RUN = 'https://ci.example.org/runs/7?tab=plan#end';
      const checks = async (...names: readonly string[]) => valueOf(await host.readChecks(await standing(), names));

      it('gives what is said of the commit under the names, and where it lies', async () => {
        const { head } = await opened();
        expect(await checks('terraform plan', 'load test')).toEqual([]);
        await subject.says(head, 'terraform plan', 'passed', RUN);
        await subject.says(head, 'load test', 'failed', null);
        await subject.says(head, 'lint', 'passed', null);
        await subject.says(base, 'load test', 'passed', null);
        expect(await checks('terraform plan', 'load test')).toEqual([
          { name: 'terraform plan', outcome: 'passed', url: RUN },
          { name: 'load test', outcome: 'failed', url: null },
        ]);
        expect(await checks('lint')).toEqual([{ name: 'lint', outcome: 'passed', url: null }]);
      });

      it('gives the newest word', async () => {
        const { head } = await opened();
        for (const outcome of ['failed', 'passed', 'pending'] as const) {
          await subject.says(head, 'plan', outcome, null);
          expect(await checks('plan')).toEqual([{ name: 'plan', outcome, url: null }]);
        }
      });

      it('leaves out an address that is none of the web', async () => {
        const { head } = await opened();
        await subject.says(head, 'plan', 'passed', 'javascript:alert(1)');
        expect(await checks('plan')).toEqual([{ name: 'plan', outcome: 'passed', url: null }]);
      });

      it('is of the commit that stands: another one has not been looked at by anybody', async () => {
        const { head } = await opened();
        await subject.says(head, 'plan', 'passed', null);
        const files = [{ path: DATABASE_TF, text: MAIN_TF.replace('large', '2xlarge') }];
        valueOf(await host.refresh(await standing(), aDraft(base, { files }), head));
        expect(await checks('plan')).toEqual([]);
      });

      it.each(['merge', 'squash'] as const)('is still there after a %s', async (how) => {
        const { head } = await opened();
        await subject.personMerges(BRANCH, how);
        await subject.says(head, 'load test', 'passed', RUN);
        expect(await checks('load test')).toEqual([{ name: 'load test', outcome: 'passed', url: RUN }]);
      });
    });

    describe('opened', () => {
      it('lists what is open or was opened since, of ours alone', async () => {
        const draft = (resource: string) => aDraft(base, { branch: `fulcrum/production/ceiling/${resource}` });
        for (const resource of ['a', 'b']) valueOf(await host.open(draft(resource), null));
        await subject.personRefuses('fulcrum/production/ceiling/b');
        await subject.personPushes('people/idea', { 'infra/idea.tf': '# idea\n' });
        const list = async (since: number) =>
          valueOf(await host.opened(since))
            .map(({ branch, state }) => `${branch.split('/').at(-1) ?? ''} ${state}`)
            .sort();
        expect(await list(earlier(NOON, DAY))).toEqual(['a open', 'b closed']);
        expect(await list(later(NOON, DAY))).toEqual(['a open']);
      });
    });

    describe('openIssue', () => {
      const issue = {
        ...{ about: 'core-db', key: 'core-db-1', title: 'core-db: by hand' },
        ...{ body: 'Change line 3.\n', labels: ['fulcrum'] },
      };
      const other = { ...issue, about: 'core-db-1', key: 'core-db-1-1', title: 'of something else' };

      it('opens one for each subject', async () => {
        const first = valueOf(await host.openIssue(issue));
        const again = valueOf(await subject.rival.openIssue({ ...issue, title: 'other words' }));
        expect(again).toEqual(first);
        expect(valueOf(await host.openIssue(other)).id).not.toBe(first.id);
        expect(await subject.issues()).toEqual(['core-db: by hand', 'of something else']);
      });

      it('says of another value in the same issue', async () => {
        const first = valueOf(await host.openIssue(issue));
        const second = { ...issue, key: 'core-db-2', title: 'second' };
        expect(valueOf(await host.openIssue(second))).toEqual(first);
        expect(valueOf(await subject.rival.openIssue(second))).toEqual(first);
        expect(await subject.issues()).toEqual(['second']);
      });
    });

    describe('closeIssue', () => {
      const note = { key: 'advice-need-gone', text: 'The need has gone.' };
      const issue = {
        ...{ about: 'core-db', key: 'core-db-1', title: 'core-db: by hand' },
        ...{ body: 'Change line 3.\n', labels: ['fulcrum'] },
      };

      it('closes the one that is open, and the same may come again', async () => {
        const first = valueOf(await host.openIssue(issue));
        expect(valueOf(await host.closeIssue(issue, note))).toEqual({ ...first, state: 'closed' });
        expect(valueOf(await subject.rival.closeIssue(issue, note))).toBeNull();
        const next = valueOf(await host.openIssue(issue));
        expect([next.id === first.id, next.state]).toEqual([false, 'open']);
      });

      it('leaves those about something else alone', async () => {
        valueOf(await host.openIssue(issue));
        expect(valueOf(await host.closeIssue({ ...issue, about: 'core' }, note))).toBeNull();
        expect(valueOf(await host.openIssue(issue))).toMatchObject({ state: 'open' });
      });
    });
  });
}
