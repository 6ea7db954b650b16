import type { ProposableChange } from '../domain/change.ts';
import { proposedValue } from '../domain/proposed-value.ts';
import type { ProposalReason } from '../domain/reason.ts';
import type { At } from '../infrastructure-code/at.ts';
import type {
  EditedFile,
  EditResult,
  InfrastructureCode,
  InfrastructureEdit,
  NotNeeded,
} from '../infrastructure-code/edit.ts';
import type { TerraformParser } from '../infrastructure-code/hcl/parser.ts';
import { describeDrift, planEdit } from '../infrastructure-code/plan-edit.ts';
import type { Refusal } from '../infrastructure-code/refusal.ts';
import type { BaseFiles, FileText } from '../pull-requests/code-host.ts';
import type { Advice, Description } from '../pull-requests/describe.ts';
import type { Need } from '../pull-requests/tend.ts';
import { editOfChange, type PooledFleet } from './edit-of-change.ts';
import { valueChanges } from './value-changes.ts';

export interface CodeInHand {
  readonly parser: TerraformParser;
  readonly base: BaseFiles;
  /** Folders that may be edited. */
  readonly folders: readonly string[];
  readonly fleet: PooledFleet;
}

/** Whether the platform has the value. */
export type Standing = 'live' | 'not-live' | 'unseen';

type Undoing = Extract<ProposalReason, { code: 'code-would-undo' }>;

/** Which files have a say in a change, by the ends of their names. */
export function filesInQuestion(change: ProposableChange, fleet: PooledFleet): readonly string[] {
  const edit = editOfChange(change, fleet);
  switch (edit?.kind) {
    case undefined:
      return [];
    case 'set-attributes':
    case 'set-parameters':
    case 'add-replica':
      return TERRAFORM;
    case 'set-task-definition':
      return [...TERRAFORM, '.json'];
    case 'set-autoscaler':
      return ['.yaml', '.yml'];
    case 'set-pgbouncer':
      return ['.ini'];
  }
}

const TERRAFORM = ['.tf', '.tfvars', '.tfvars.json', '.tf.json'];

/** What the next apply of the code would take back of a change that is live. */
export function undoings(change: ProposableChange, code: CodeInHand): readonly Undoing[] {
  const edit = editOfChange(change, code.fleet);
  if (edit === null || edit.kind === 'add-replica') return [];
  return describeDrift(code.parser, codeOf(code), edit).flatMap((drift) =>
    drift.kind === 'would-undo'
      ? [
          {
            code: 'code-would-undo',
            name: drift.name,
            at: placeOf(drift.at),
            inCode: String(drift.code),
            live: String(drift.live),
          },
        ]
      : [],
  );
}

/** Whether the base has the value already. */
export function isInCode(change: ProposableChange, code: CodeInHand): boolean {
  const edit = editOfChange(change, code.fleet);
  return edit !== null && planned(edit, code).kind === 'not-needed';
}

/** What is to be proposed of a change in the code as it stands at its base, or why a person has to make the edit. */
export function needOfChange(
  change: ProposableChange,
  code: CodeInHand,
  standing: Standing,
  description: Description,
): Need {
  const edit = editOfChange(change, code.fleet);
  const target = { kind: change.kind, to: proposedValue(change) };
  const advised = (because: string, places: readonly At[] = []): Need => ({
    kind: 'not-editable',
    target,
    description,
    advice: adviceOn(change, because, places),
  });
  if (edit === null) return advised('Infrastructure code does not say this.');
  const result = planned(edit, code);
  switch (result.kind) {
    case 'edited': {
      // Half of what is needed would be proposed under the name of the whole.
      const ignored = ignoredBy(result.notNeeded);
      if (ignored !== undefined && standing !== 'live') return advised(adviceOnIgnored(ignored), [ignored.at]);
      return {
        kind: 'wanted',
        target,
        description,
        base: code.base.commit,
        before: texts(result.files, 'before'),
        after: texts(result.files, 'after'),
      };
    }
    case 'not-needed': {
      const ignored = ignoredBy(result.because);
      if (ignored !== undefined && standing === 'not-live') return advised(adviceOnIgnored(ignored), [ignored.at]);
      return { kind: standing === 'live' ? 'live' : 'in-code', checklist: description.checklist };
    }
    case 'refused':
      return advised(result.advice, placesOf(result.because));
  }
}

type Ignored = Extract<NotNeeded, { code: 'ignored-by-terraform' }>;

function ignoredBy(notNeeded: readonly NotNeeded[]): Ignored | undefined {
  return notNeeded.find((why) => why.code === 'ignored-by-terraform');
}

function adviceOnIgnored({ name }: Ignored): string {
  return `Terraform has been told to leave ${name} alone (ignore_changes), so the code cannot change it. Change it where it is live.`;
}

function planned(edit: InfrastructureEdit, code: CodeInHand): EditResult {
  return planEdit(code.parser, codeOf(code), edit);
}

function codeOf({ base: { files, skipped }, folders }: CodeInHand): InfrastructureCode {
  return { files: new Map(files.map(({ path, text }) => [path, text])), editable: folders, unread: skipped };
}

function texts(files: readonly EditedFile[], side: 'before' | 'after'): readonly FileText[] {
  return files.map((file) => ({ path: file.path, text: file[side] }));
}

function adviceOn(change: ProposableChange, because: string, places: readonly At[]): Advice {
  const values = valueChanges(change);
  const [first] = values;
  if (places.length === 0) {
    return { because, places: values.map(({ what, to }) => ({ path: 'infrastructure code', line: null, what, to })) };
  }
  return { because, places: places.map(({ path, line }) => ({ path, line, what: first.what, to: first.to })) };
}

function placesOf(refusal: Refusal): readonly At[] {
  if ('places' in refusal) return refusal.places;
  return 'at' in refusal ? [refusal.at] : [];
}

function placeOf({ path, line }: At): string {
  return `${path}:${line}`;
}
