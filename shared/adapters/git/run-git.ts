import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type EpochMs, secondsBetween } from '../../domain/units.ts';
import { GitError } from './refusals.ts';
import type { GitSettings } from './settings.ts';

export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit codes other than 0 that are answers. */
  readonly answers?: readonly number[];
}

/** Runs git in our copy of the remote. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<GitResult>;

const OUTPUT_AT_MOST_BYTES = 256 * 1024 * 1024;

/** Prepares our copy of the remote, and gives what runs git in it. */
export async function gitIn(settings: GitSettings): Promise<Git> {
  if (!existsSync(join(settings.workFolder, 'HEAD'))) await makeCopy(settings);
  return (args, options = {}) => run(settings, args, options);
}

/** Made aside and put in place whole: another process may be starting at the same moment. */
async function makeCopy(settings: GitSettings): Promise<void> {
  const { workFolder } = settings;
  await mkdir(dirname(workFolder), { recursive: true });
  const aside = await mkdtemp(`${workFolder}-`);
  try {
    await run({ ...settings, workFolder: aside }, ['init', '--quiet', '--bare', '--template=', aside], {});
    await rename(aside, workFolder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    // The other one was first.
    if (!existsSync(join(workFolder, 'HEAD'))) throw error;
  }
}

/**
 * One command, without a shell. Everything of the machine and its users that could steer it is shut out: their settings,
 * hooks, credential prompts and transports that run commands.
 *
 * @throws GitError when the command fails, or git is missing
 */
function run(
  { workFolder, remote, commandSeconds }: GitSettings,
  args: readonly string[],
  { input, environment = {}, answers = [] }: GitOptions,
): Promise<GitResult> {
  const env = { ...isolation(workFolder, remote), ...environment };
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...args],
      { cwd: workFolder, env, encoding: 'buffer', maxBuffer: OUTPUT_AT_MOST_BYTES, timeout: commandSeconds * 1000 },
      (error, stdout, stderr) => {
        const text = stderr.toString('utf8');
        if (error === null) {
          resolve({ status: 0, stdout, stderr: text });
          return;
        }
        const { code, killed } = error;
        if (typeof code === 'number' && answers.includes(code)) resolve({ status: code, stdout, stderr: text });
        else reject(new GitError(killed === true ? 'timed-out' : String(code), stdout.toString('utf8'), text, remote));
      },
    );
    // A command that ends before it has read everything closes the pipe; its exit code says more than that.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

function isolation(workFolder: string, remote: string): Readonly<Record<string, string>> {
  const { PATH = '', HOME = workFolder, SSH_AUTH_SOCK } = process.env;
  return {
    PATH,
    HOME,
    ...(SSH_AUTH_SOCK === undefined ? {} : { SSH_AUTH_SOCK }),
    // Messages are read by us.
    LC_ALL: 'C',
    GIT_DIR: workFolder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
    // A path of the repository is never a pattern.
    GIT_LITERAL_PATHSPECS: '1',
    ...configuration({
      // Neither an argument nor a file: an address may hold a password.
      'remote.origin.url': remote,
      'core.hooksPath': '/dev/null',
      'core.quotePath': 'false',
      'credential.helper': '',
      'gc.auto': '0',
      // A pack appears whole. Single objects appear one by one, and another process would find commits without their files.
      'fetch.unpackLimit': '1',
    }),
  };
}

function configuration(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(values);
  const result: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) };
  for (const [index, [key, value]] of entries.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = key;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return result;
}

/** The environment that makes a commit ours, and the same commit whenever it is made again. */
export function authorship({ name, email }: GitSettings['author'], at: EpochMs): Readonly<Record<string, string>> {
  const date = `@${Math.floor(secondsBetween(0, at))} +0000`;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

/** The output as one line of text. */
export function lineOf({ stdout }: GitResult): string {
  return stdout.toString('utf8').trim();
}

/** The output as lines, or as what else it is separated by. */
export function partsOf({ stdout }: GitResult, separator = '\n'): readonly string[] {
  return stdout
    .toString('utf8')
    .split(separator)
    .filter((part) => part !== '');
}
