import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const NEEDED = ['serverless.yml', 'serverless', 'functions', 'shared', 'package.json'];
/** Longer than any command takes on a slow machine, and shorter than the limit of a test: it tells what was said so far. */
const COMMAND_TIMEOUT_MS = 540_000;

export interface Finished {
  readonly status: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  readonly seconds: number;
}

/** A copy of the project in a folder of its own, so that runs beside each other do not write over each other. */
export interface Project {
  readonly folder: string;
  /**
   * Runs `npx sls` there, as a person does.
   * @param environment what AWS tools read from it; of our own environment only the path goes in besides
   */
  sls(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Finished>;
  remove(): Promise<void>;
}

export async function copyProject(fulcrumYml: string): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'fulcrum-project-'));
  for (const name of NEEDED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'fulcrum.yml'), fulcrumYml);
  const ours = { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' };
  return {
    folder,
    sls: (args, environment) => run('npx', ['sls', ...args], { cwd: folder, env: { ...ours, ...environment } }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export function exampleFulcrumYml(): Promise<string> {
  return readFile(join(ROOT, 'fulcrum.yml'), 'utf8');
}

/** A tool of .venv, which scripts/install-test-servers makes. */
export function runPython(tool: 'python' | 'cfn-lint', ...args: readonly string[]): Promise<Finished> {
  return run(join(ROOT, '.venv/bin', tool), args, {});
}

function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd, env, timeout: COMMAND_TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') {
          reject(new Error(`${command} ${args.join(' ')} did not end by itself: ${error.message}\n${stdout}${stderr}`));
          return;
        }
        const seconds = (performance.now() - started) / 1000;
        resolve({ status: child.exitCode ?? 1, output: `${stdout}${stderr}`, seconds });
      },
    );
  });
}
