import { afterAll, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeVersion } from '../../serverless/code-version.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const folderOf = async (content: unknown): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'fulcrum-version-'));
  folders.push(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify(content));
  return folder;
};

const git = (folder: string, ...args: readonly string[]): void => {
  const settings = ['user.name=a', 'user.email=a@example.org', 'commit.gpgsign=false', 'tag.gpgsign=false'];
  const { status, stderr } = spawnSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
};

it('is the version of the package where there is no git', async () => {
  expect(await codeVersion(await folderOf({ version: '1.2.3' }))).toBe('1.2.3');
  expect(await codeVersion(await folderOf({}))).toBe('unknown');
});

it('is what git calls the commit, and says when it was changed', async () => {
  const folder = await folderOf({ version: '1.2.3' });
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', 'one');
  expect(await codeVersion(folder)).toMatch(/^[0-9a-f]{12}$/);
  git(folder, 'tag', 'v1');
  expect(await codeVersion(folder)).toBe('v1');
  await writeFile(join(folder, 'package.json'), '{}');
  expect(await codeVersion(folder)).toBe('v1-dirty');
});
