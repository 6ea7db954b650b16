import type { UsdPerMonth } from '../domain/units.ts';
import type { Check, ProposalText } from './code-host.ts';
import { code, codeCell, escapeText, inert, link } from './escape.ts';
import type { Subject } from './identity.ts';
import { type Marker, withMarker } from './marker.ts';
import { mermaidChart, type Plot, sparkline, svgPlot } from './plot.ts';
import { PROOF } from './ticks.ts';

/**
 * All that a reviewer is told. Every string may come from metrics, tags, the repository or the policy: it is escaped here,
 * so that callers pass plain text and no markup.
 */
export interface Description {
  readonly subject: Subject;
  /** What becomes different; the first is the target value of the title. */
  readonly changes: readonly [ValueChange, ...ValueChange[]];
  /** One sentence each. */
  readonly evidence: readonly string[];
  readonly plot: Plot | null;
  /** Why there is no plot, as one sentence. */
  readonly withoutPlot?: string;
  readonly connections: readonly ConnectionRow[];
  readonly cost: CostDelta | null;
  /** Why there is no cost, as one sentence. */
  readonly withoutCost?: string;
  readonly risk: { readonly level: 'low' | 'medium' | 'high'; readonly sentences: readonly string[] };
  readonly downtime: readonly string[];
  /** Steps, in order. */
  readonly rollback: readonly string[];
  readonly checklist: readonly Step[];
  /** Where the decision is recorded: an address or the key of the record, and the command that prints it. */
  readonly audit: { readonly decisionId: string; readonly address: string | null; readonly command?: string };
}

export interface Step {
  readonly step: string;
  readonly isDone: boolean;
  /** What others have attached to the commit that shows it; absent where it was seen by us, or by nobody. */
  readonly proof?: Check;
}

export interface ValueChange {
  /** `instance class`. */
  readonly what: string;
  /** `unset` where there was none. */
  readonly from: string;
  readonly to: string;
}

/** One line of the connection math: `needed` at the new values must stay within `limit`. */
export interface ConnectionRow {
  /** `clients: 30 tasks × 2 pools × 10`. */
  readonly sum: string;
  readonly before: number;
  readonly after: number;
  readonly limit: number;
}

export interface CostDelta {
  readonly beforeUsdPerMonth: UsdPerMonth;
  readonly afterUsdPerMonth: UsdPerMonth;
  /** `AWS price list, eu-central-1, 2026-11-01`. */
  readonly source: string;
}

/** GitHub takes 65,536 characters. What a host adds to the text needs some room. */
const BODY_AT_MOST = 60_000;
/** How many items of a list are shown; fewer when the whole is too long. */
const LIST_LENGTHS = [30, 10, 3, 1] as const;

/** Title and body of a proposal. */
export function describeProposal(description: Description, marker: Marker, plots: 'in-text' | 'beside'): ProposalText {
  const picture = description.plot === null || plots === 'in-text' ? null : svgPlot(description.plot);
  return {
    title: proposalTitle(description),
    body: withMarker(
      fitted((atMost) => [...sections(description, plots, atMost), CONDUCT]),
      marker,
    ),
    pictures: picture === null ? {} : { [PICTURE]: picture },
  };
}

/** File name of the plot, as the body refers to it. The host may put something before it. */
const PICTURE = 'plot.svg';

/** GitHub takes 256 characters; what is said in the title of one that is withdrawn needs some room. */
const TITLE_AT_MOST = 240;
/** Names in AWS have up to 255. The value, which comes last, tells more than their end. */
const NAME_AT_MOST = 80;

/** Names the target value, so that another value reads as another proposal: `core-db: instance class to db.r6g.xlarge`. */
export function proposalTitle({ subject, changes: [{ what, to }] }: Pick<Description, 'subject' | 'changes'>): string {
  const name = subject.resource.split('/').at(-1) ?? subject.resource;
  return `${inert(name, NAME_AT_MOST)}: ${inert(`${what} to ${to}`)}`.slice(0, TITLE_AT_MOST).toWellFormed();
}

/** The message of the one commit: title, and what becomes of what, in plain words. */
export function commitMessage(description: Description): string {
  const { subject, changes, audit } = description;
  return [
    proposalTitle(description),
    '',
    ...changes.map(({ what, from, to }) => `Change of ${inert(what)}: ${inert(from)} -> ${inert(to)}`),
    '',
    `Fleet ${inert(subject.fleet)}, lever ${inert(subject.lever)}, resource ${inert(subject.resource)}.`,
    `Decision ${inert(audit.decisionId)}.`,
    '',
  ].join('\n');
}

function sections(description: Description, plots: 'in-text' | 'beside', atMost: number): readonly string[] {
  const { subject, changes, evidence, plot, connections, cost, risk, downtime, rollback, checklist } = description;
  return [
    `Fulcrum proposes this change to ${code(subject.resource)} of the fleet ${code(subject.fleet)} (lever ${code(subject.lever)}).`,
    section('Why', list(evidence, atMost)),
    section('The metric', plot === null ? escapeText(description.withoutPlot ?? '') : plotText(plot, plots)),
    section(
      'Before and after',
      table(
        ['', 'before', 'after'],
        changes.map(({ what, from, to }) => [what, from, to]),
        atMost,
      ),
    ),
    section('Connections', connectionTable(connections, atMost)),
    section('Cost', cost === null ? escapeText(description.withoutCost ?? '') : costText(cost)),
    section('Risk', [`**${risk.level}**`, list(risk.sentences, atMost)].join('\n\n')),
    section('Downtime', list(downtime, atMost)),
    section(
      'Rollback',
      list(rollback, atMost, (index) => `${index + 1}.`),
    ),
    section('Checklist', tasks(checklist, atMost)),
    section('Record', recordText(description.audit)),
  ];
}

/** Why no machine should make the edit, and where a person would make it. */
export interface Advice {
  readonly because: string;
  readonly places: readonly {
    readonly path: string;
    /** From 1; `null` where the whole file is meant. */
    readonly line: number | null;
    /** `instance_class of aws_db_instance.core`. */
    readonly what: string;
    readonly to: string;
  }[];
}

/** Title and body of the issue that takes the place of a proposal. */
export function describeAdvice(
  description: Description,
  { because, places }: Advice,
): Pick<ProposalText, 'title' | 'body'> {
  const rows = places.map(({ path, line, what, to }) => [what, to, line === null ? path : `${path}:${line}`]);
  return {
    title: proposalTitle(description),
    body: fitted((atMost) => [
      section('Why this is no pull request', `The edit cannot be made safely: ${sentenceText(because)}`),
      section('What to change', table(['', 'to', 'where'], rows, atMost)),
      ...sections(description, 'in-text', atMost),
    ]),
  };
}

/** The sections as one text, with lists as long as fits. */
function fitted(parts: (atMost: number) => readonly string[]): string {
  const text = (atMost: number): string =>
    parts(atMost)
      .filter((part) => part !== '')
      .join('\n\n');
  const lengths: readonly number[] = LIST_LENGTHS;
  return text(lengths.find((atMost) => text(atMost).length <= BODY_AT_MOST) ?? 1);
}

const CONDUCT = [
  '---',
  'Fulcrum keeps this up to date while the branch is its own. Push to the branch, and it keeps its hands off.',
  'Close it, and exactly this value is not proposed again; reopen it to take that back.',
].join('\n\n');

function section(heading: string, text: string): string {
  return text === '' ? '' : `### ${heading}\n\n${text}`;
}

function list(sentences: readonly string[], atMost: number, bullet: (index: number) => string = () => '-'): string {
  const shown = sentences.slice(0, atMost).map((sentence, index) => `${bullet(index)} ${sentenceText(sentence)}`);
  const more = sentences.length - shown.length;
  return [...shown, ...(more > 0 ? [`${bullet(shown.length)} and ${more} more, in the record`] : [])].join('\n');
}

/** An item with nothing in it would swallow the line after it. */
function sentenceText(sentence: string): string {
  return escapeText(sentence) || '(nothing)';
}

/** The steps as a task list, without what stands around it. */
export function tasks(checklist: Description['checklist'], atMost: number = LIST_LENGTHS[0]): string {
  const shown = checklist
    .slice(0, atMost)
    .map(({ step, isDone, proof }) => `- [${isDone ? 'x' : ' '}] ${sentenceText(step)}${proofText(proof)}`);
  const more = checklist.length - shown.length;
  return [...shown, ...(more > 0 ? [`- [ ] and ${more} more, in the record`] : [])].join('\n');
}

/** What `ticks.ts` knows again as the proof of a step. */
function proofText(proof: Check | undefined): string {
  if (proof === undefined) return '';
  return `${PROOF}${proof.url === null ? code(proof.name) : link(proof.name, proof.url)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[], atMost: number): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows
    .slice(0, atMost)
    .map(([first = '', ...others]) => line([escapeText(first), ...others.map(codeCell)]));
  return [line(head), line(head.map(() => '---')), ...body].join('\n');
}

function connectionTable(rows: readonly ConnectionRow[], atMost: number): string {
  return table(
    ['connections', 'before', 'after', 'limit'],
    rows.map(({ sum, before, after, limit }) => [sum, ...[before, after, limit].map(String)]),
    atMost,
  );
}

function costText({ beforeUsdPerMonth, afterUsdPerMonth, source }: CostDelta): string {
  const delta = afterUsdPerMonth - beforeUsdPerMonth;
  const sign = delta < 0 ? '−' : '+';
  return [
    `**${sign}${money(Math.abs(delta))} a month**: ${money(beforeUsdPerMonth)} before, ${money(afterUsdPerMonth)} after.`,
    `Source: ${escapeText(source)}.`,
  ].join(' ');
}

function money(usd: UsdPerMonth): string {
  return `${usd.toFixed(2)} USD`;
}

function plotText(plot: Plot, plots: 'in-text' | 'beside'): string {
  const { threshold, unit, title } = plot;
  const limit = threshold === null ? '' : ` (${escapeText(threshold.label)}: ${threshold.value} ${escapeText(unit)})`;
  if (plots === 'beside') return `![${escapeText(title)}](${PICTURE})\n\nMeasured: ${escapeText(title)}${limit}`;
  const line = sparkline(plot);
  const chart = mermaidChart(plot);
  const summary =
    line === '' ? `Not measured: ${escapeText(title)}` : `Measured: ${escapeText(title)}${limit}: ${code(line)}`;
  return chart === null ? summary : `${summary}\n\n\`\`\`mermaid\n${chart}\n\`\`\``;
}

function recordText({ decisionId, address, command }: Description['audit']): string {
  const where =
    address === null
      ? `Decision ${code(decisionId)} in the audit table.`
      : `${link('The decision and its evidence', address)} (${code(decisionId)}).`;
  return command === undefined ? where : `${where} Or: ${code(command)}`;
}
