import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LEDGER } from '../../../shared/adapters/git/remote.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import type { CodeHost } from '../../../shared/pull-requests/code-host.ts';
import {
  aDraft,
  aText,
  BRANCH,
  DATABASE_TF,
  MAIN_TF,
  refusalCode,
  valueOf,
} from '../../contracts/code-host.samples.ts';
import { makeRemoteRepository, type RemoteRepository, removeTemplate } from './remote-repository.ts';

afterAll(removeTemplate);

describe('code host of git', () => {
  let repository: RemoteRepository;
  let host: CodeHost;
  let base: string;
  beforeEach(() => {
    repository = makeRemoteRepository();
    host = repository.host();
    base = repository.git('rev-parse', 'main');
  });
  afterEach(() => {
    repository.remove();
  });

  it('makes the same commit whenever and wherever it is made again', async () => {
    const first = valueOf(await host.open(aDraft(base), null));
    const other = makeRemoteRepository();
    const second = valueOf(await other.host().open(aDraft(base), null));
    other.remove();
    expect(second.head).toBe(first.head);
    expect(repository.git('log', '-1', '--format=%an <%ae> %aI / %cn <%ce> %cI', first.head)).toBe(
      'Fulcrum <fulcrum@invalid> 2026-12-01T12:01:00Z / Fulcrum <fulcrum@invalid> 2026-12-01T12:01:00Z'.replaceAll(
        'Z',
        '+00:00',
      ),
    );
  });

  it('shows a reviewer a diff of one line', async () => {
    valueOf(await host.open(aDraft(base), null));
    expect(repository.git('diff', '--unified=0', `main...${BRANCH}`).split('\n').slice(-2)).toEqual([
      '-  instance_class = "db.r6g.large"',
      '+  instance_class = "db.r6g.xlarge"',
    ]);
  });

  it('keeps the text in the remote and beside it', async () => {
    const text = aText({ pictures: { 'plot.svg': '<svg/>\n' } });
    const { url } = valueOf(await host.open(aDraft(base, { text }), null));
    const [proposal] = valueOf(await host.look(BRANCH)).proposals;
    valueOf(await host.comment(proposal!, { key: 'hands-off', text: 'Hands off.' }));
    const readable = '# core-db: instance class to db.r6g.xlarge\n\nBecause.\n\n---\n\nHands off.\n';
    expect(repository.read('show', `${LEDGER}:proposals/1/text.md`)).toBe(readable);
    expect(readFileSync(new URL(url ?? ''), 'utf8')).toBe(readable);
    expect(readFileSync(join(repository.folder, 'text/proposals/1/plot.svg'), 'utf8')).toBe('<svg/>\n');
    expect(repository.git('log', '-2', '--format=%s', LEDGER).split('\n')).toEqual([
      'Amend 1: core-db: instance class to db.r6g.xlarge',
      'Open 1: core-db: instance class to db.r6g.xlarge',
    ]);
    expect(repository.git('for-each-ref', '--format=%(refname)').split('\n')).toEqual([
      LEDGER,
      `refs/heads/${BRANCH}`,
      'refs/heads/main',
    ]);
  });

  it('writes text nowhere but to the remote when it has no folder for it', async () => {
    const { url } = valueOf(await repository.host({ textFolder: null }).open(aDraft(base), null));
    expect(url).toBeNull();
    expect(existsSync(join(repository.folder, 'text'))).toBe(false);
  });

  it('loses nothing with its copy of the remote', async () => {
    valueOf(await host.open(aDraft(base), null));
    repository.git('update-ref', '-d', `refs/heads/${BRANCH}`);
    repository.git('gc', '--quiet', '--prune=now');
    rmSync(join(repository.folder, 'work'), { recursive: true });
    expect(valueOf(await host.look(BRANCH)).proposals).toMatchObject([{ id: '1', state: 'closed' }]);
  });

  it('leaves no scratch files behind', async () => {
    valueOf(await host.open(aDraft(base), null));
    expect(refusalCode(await host.open(aDraft(base), null))).toBe('conflict');
    expect(readdirSync(join(repository.folder, 'work')).filter((name) => name.startsWith('index-'))).toEqual([]);
  });

  it('two subjects at the same moment both get theirs, under different numbers', async () => {
    const drafts = ['a', 'b', 'c'].map((name) => aDraft(base, { branch: `fulcrum/production/ceiling/${name}` }));
    const results = await Promise.all(drafts.map((draft) => repository.host().open(draft, null)));
    expect(results.map((result) => valueOf(result).id).sort()).toEqual(['1', '2', '3']);
    expect(valueOf(await host.opened(0))).toHaveLength(3);
  });

  it('a refused branch leaves no word in the ledger either', async () => {
    repository.forbid('refs/heads/fulcrum/*');
    expect(await host.open(aDraft(base), null)).toMatchObject({ because: { code: 'not-permitted' } });
    expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('a base commit that the remote has dropped is a conflict', async () => {
    expect(refusalCode(await host.open(aDraft('1'.repeat(40)), null))).toBe('conflict');
  });

  it('keeps the mode of a file that can be run', async () => {
    repository.pushes('main', { 'infra/apply.tf': '#!/bin/sh\n' });
    const clone = join(repository.folder, 'clone');
    chmodSync(join(clone, 'infra/apply.tf'), 0o755);
    const runnable = repository.pushes('main', { 'infra/other.tf': '#\n' });
    const files = [{ path: 'infra/apply.tf', text: '#!/bin/sh -e\n' }];
    valueOf(await host.open(aDraft(runnable, { files }), null));
    expect(repository.git('ls-tree', BRANCH, 'infra/apply.tf')).toMatch(/^100755 /);
  });

  it('a change by hand to another value is no merge', async () => {
    valueOf(await host.open(aDraft(base), null));
    repository.pushes('main', { [DATABASE_TF]: MAIN_TF.replace('large', '4xlarge') });
    repository.git('update-ref', '-d', `refs/heads/${BRANCH}`);
    expect(valueOf(await host.look(BRANCH)).proposals).toMatchObject([{ state: 'closed' }]);
  });

  describe('isolation', () => {
    it('runs no hook of ours and reads no settings of the user', async () => {
      const witness = join(repository.folder, 'hook-ran');
      valueOf(await host.look(BRANCH));
      const hooks = join(repository.folder, 'work/hooks');
      expect(existsSync(hooks)).toBe(false);
      const settings = join(repository.folder, 'work/config');
      writeFileSync(
        settings,
        `${readFileSync(settings, 'utf8')}\n[core]\n\thooksPath = ${repository.folder}/evil\n[alias]\n\tpush = !touch ${witness}\n`,
      );
      valueOf(await host.open(aDraft(base), null));
      expect(existsSync(witness)).toBe(false);
    });

    it.each(['ext::sh -c "touch /tmp/x"', '--upload-pack=touch', 'git://127.0.0.1/x'])(
      'runs nothing for the address %j',
      async (remote) => {
        const refused = await repository.host({ remote }).look(BRANCH);
        expect(['rejected', 'not-found', 'not-permitted']).toContain(refusalCode(refused));
      },
    );

    it('is refused without a git', async () => {
      const path = process.env['PATH'];
      process.env['PATH'] = repository.folder;
      const refused = await repository.host({ workFolder: join(repository.folder, 'w2') }).look(BRANCH);
      process.env['PATH'] = path;
      expect(refused).toMatchObject({
        because: { code: 'rejected', detail: expect.stringMatching('no git') as unknown },
      });
    });
  });

  describe('faults', () => {
    it('a server that is not there is left to the queue, and its password is told to nobody', async () => {
      const remote = 'http://fulcrum:s3cr3t-pass@127.0.0.1:1/platform.git';
      const error: unknown = await repository
        .host({ remote })
        .look(BRANCH)
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(TransientError);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('s3cr3t');
      const files = readdirSync(join(repository.folder, 'work'), { recursive: true, withFileTypes: true });
      const texts = files
        .filter((file) => file.isFile())
        .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
      expect(texts.join('\n')).not.toContain('s3cr3t');
    });

    it('a ledger that others have broken is said, not guessed at', async () => {
      valueOf(await host.open(aDraft(base), null));
      repository.writesLedger({ 'proposals/1/proposal.json': '{"number": 1}\n' });
      expect(await host.look(BRANCH)).toMatchObject({
        because: { code: 'rejected', detail: 'proposals/1/proposal.json of the ledger is not as we write it' },
      });
    });
  });
});
