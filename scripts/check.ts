import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Every gate of `npm run check`. All of them run, also when one fails: a person wants to see everything at once. */
const GATES: readonly { readonly name: string; readonly command: readonly string[]; readonly mend: string }[] = [
  { name: 'types', command: ['tsc', '-p', '.'], mend: 'mend the types' },
  { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'], mend: 'npx eslint . --fix' },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'], mend: 'npx prettier --write .' },
  {
    name: 'imports',
    command: [
      'depcruise',
      '--output-type',
      'err',
      'functions',
      'shared',
      'simulator',
      'cli',
      'scripts',
      'serverless',
      'test',
      'bench',
    ],
    mend: 'turn the arrow inward: .dependency-cruiser.cjs says why',
  },
  { name: 'dead code', command: ['knip'], mend: 'remove what nobody uses' },
  { name: 'generated documents', command: ['node', 'scripts/docs.ts', '--check'], mend: 'npm run docs' },
];

interface Finished {
  readonly status: number;
  readonly output: string;
  readonly seconds: number;
}

async function run([program = '', ...args]: readonly string[]): Promise<Finished> {
  const started = performance.now();
  const bin = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
  const child = spawn(program, args, { env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
  return { status, output, seconds: (performance.now() - started) / 1000 };
}

let failures = 0;
for (const { name, command, mend } of GATES) {
  const { status, output, seconds } = await run(command);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (status === 0) continue;
  failures += 1;
  console.log(`${output.trimEnd()}\n       -> ${mend}`);
}
console.log(failures === 0 ? 'all gates passed' : `${failures} of ${GATES.length} gates failed`);
process.exitCode = failures === 0 ? 0 : 1;
