import { z } from 'zod';
import { refusal } from '../../pull-requests/answering.ts';
import type { CommitId, FileText, ProposalText } from '../../pull-requests/code-host.ts';
import type { EpochMs } from '../../domain/units.ts';
import type { Git } from './run-git.ts';
import { makeCommit, readTexts } from './trees.ts';
import type { GitSettings } from './settings.ts';

/** A proposal as it is written down in the remote. Whether it is open or merged is read from the branches themselves. */
const proposalSchema = z.strictObject({
  number: z.int().positive(),
  branch: z.string(),
  /** The last commit of ours. */
  head: z.string(),
  openedAt: z.number(),
  title: z.string(),
  body: z.string(),
  labels: z.array(z.string()).readonly(),
  /** Whether we have closed it. */
  isClosed: z.boolean(),
  notes: z.array(z.strictObject({ key: z.string(), text: z.string() }).readonly()).readonly(),
});
export type ProposalEntry = Readonly<z.infer<typeof proposalSchema>>;

const issueSchema = z.strictObject({
  number: z.int().positive(),
  about: z.string(),
  key: z.string(),
  title: z.string(),
  body: z.string(),
  labels: z.array(z.string()).readonly(),
  /** Whether we have closed it. */
  isClosed: z.boolean(),
});
export type IssueEntry = Readonly<z.infer<typeof issueSchema>>;

export interface Ledger {
  /** `null`: nothing was ever written. */
  readonly commit: CommitId | null;
  /** Newest first. */
  readonly proposals: readonly ProposalEntry[];
  readonly issues: readonly IssueEntry[];
}

const PROPOSAL_FILE = /^proposals\/\d+\/proposal\.json$/;
const ISSUE_FILE = /^issues\/\d+\/issue\.json$/;

export async function readLedger(git: Git, commit: CommitId | null): Promise<Ledger> {
  if (commit === null) return { commit, proposals: [], issues: [] };
  const files = await readTexts(git, commit, /^(?:proposals|issues)\/\d+\/\w+\.json$/);
  const read = <T>(pattern: RegExp, schema: z.ZodType<T>): readonly T[] =>
    files.filter(({ path }) => pattern.test(path)).map((file) => parsed(schema, file));
  return {
    commit,
    proposals: [...read(PROPOSAL_FILE, proposalSchema)].sort((a, b) => b.number - a.number),
    issues: read(ISSUE_FILE, issueSchema),
  };
}

function parsed<T>(schema: z.ZodType<T>, { path, text }: FileText): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw refusal('rejected', `${path} of the ledger is not as we write it`);
  }
}

/** The next number of a proposal or an issue: they share one row, as on GitHub. */
export function nextNumber({ proposals, issues }: Ledger): number {
  return [...proposals, ...issues].reduce((most, { number }) => Math.max(most, number), 0) + 1;
}

/** The files of one entry: as data, and as a person reads it. */
export function proposalFiles(entry: ProposalEntry, pictures: ProposalText['pictures']): readonly FileText[] {
  const folder = `proposals/${entry.number}`;
  const notes = entry.notes.map(({ text }) => `---\n\n${text.trimEnd()}\n`);
  return [
    { path: `${folder}/proposal.json`, text: jsonText(entry) },
    { path: `${folder}/text.md`, text: [readableText(entry), ...notes].join('\n') },
    ...Object.entries(pictures).map(([name, text]) => ({ path: `${folder}/${name}`, text })),
  ];
}

export function issueFiles(entry: IssueEntry): readonly FileText[] {
  const folder = `issues/${entry.number}`;
  return [
    { path: `${folder}/issue.json`, text: jsonText(entry) },
    { path: `${folder}/text.md`, text: readableText(entry) },
  ];
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function readableText({ title, body }: { readonly title: string; readonly body: string }): string {
  // A title is plain text; under the heading it must not be read as markup.
  return `# ${title.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`)}\n\n${body.trimEnd()}\n`;
}

/** The next commit of the ledger. */
export function writeLedger(
  git: Git,
  settings: GitSettings,
  ledger: Ledger,
  page: { readonly files: readonly FileText[]; readonly message: string; readonly keeps: CommitId | null },
): Promise<CommitId> {
  const at: EpochMs = settings.clock.now();
  const { files, message, keeps } = page;
  return makeCommit(git, settings, {
    parent: ledger.commit,
    // Ours stays in the remote when its branch is removed, so that it can still be told whether it was merged.
    keeps: keeps === null ? [] : [keeps],
    files,
    message,
    at,
  });
}
