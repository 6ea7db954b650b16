import type { At, Value } from './at.ts';
import type { Refusal } from './refusal.ts';
import { quote, quoteName, sayAt } from './text.ts';
import { sayValue } from './values.ts';

/** What stands in the way and what a person can do, as plain text that quotes code: whoever prints it escapes it. */
export function explainRefusal(refusal: Refusal): string {
  switch (refusal.code) {
    case 'not-found':
    case 'several-candidates':
    case 'syntax-error':
    case 'path-not-allowed':
    case 'unread-file':
    case 'failed-its-own-check':
      return aboutFiles(refusal);
    case 'shared':
    case 'overridden':
    case 'unexpected-value':
    case 'value-not-expressible':
    case 'needed-first':
      return aboutValues(refusal);
    default:
      return aboutExpressions(refusal);
  }
}

type OfCode<Code extends Refusal['code']> = Extract<Refusal, { code: Code }>;

function aboutFiles(
  refusal: OfCode<
    'not-found' | 'several-candidates' | 'syntax-error' | 'path-not-allowed' | 'unread-file' | 'failed-its-own-check'
  >,
): string {
  switch (refusal.code) {
    case 'not-found':
      return refusal.unreadable.length === 0
        ? `There is no ${quote(refusal.sought)} in the files. Look whether it is made elsewhere, and change it there.`
        : `There is no ${quote(refusal.sought)} in the files that can be edited; ${list(refusal.unreadable)} may have it, and is not read here. Change it there by hand.`;
    case 'several-candidates':
      return `${quote(refusal.sought)} stands in several places: ${places(refusal.places)}. Change the one that is applied to this environment.`;
    case 'syntax-error':
      return `${sayAt(refusal.at)} cannot be read, at ${quote(refusal.near)}. Mend the file first; the change is proposed again then.`;
    case 'path-not-allowed':
      return `${quote(refusal.path)} ${WHY_NOT_ALLOWED[refusal.why]}`;
    case 'unread-file':
      return `${quote(refusal.path)} may have a say in it, and is not read here (${quote(refusal.why)}). Look what it says, and change the value by hand.`;
    case 'failed-its-own-check':
      return `The edit of ${quote(refusal.path)} did not pass its own check (${refusal.detail}), so nothing was changed. Change the value by hand, and report this.`;
  }
}

const WHY_NOT_ALLOWED: Readonly<Record<OfCode<'path-not-allowed'>['why'], string>> = {
  'outside-editable-folders':
    'lies outside the folders that may be edited. Add its folder to the paths of the infrastructure code, or change the value by hand.',
  'not-a-plain-path': 'is no plain path inside of the repository, so it is left alone. Rename the file.',
  'symbolic-link': 'looks like a symbolic link, which is not followed. Change the file that it points to.',
};

function aboutValues(
  refusal: OfCode<'shared' | 'overridden' | 'unexpected-value' | 'value-not-expressible' | 'needed-first'>,
): string {
  const at = sayAt(refusal.at);
  switch (refusal.code) {
    case 'shared':
      return `The value at ${at} (${quoteName(refusal.name)}) is also used at ${places(refusal.others)}, which would change along. Give this resource a value of its own, or change ${at} by hand if all of them shall change.`;
    case 'overridden':
      return `What stands at ${at} is overridden at ${sayAt(refusal.by)}. Change it there by hand.`;
    case 'unexpected-value':
      return `${at} says ${said(refusal.present)}, but ${said(refusal.expected)} was read from the running system: code and system have drifted apart. Bring them in step first, then set ${quoteName(refusal.name)} to ${quote(sayValue(refusal.to))}.`;
    case 'value-not-expressible':
      return `${quote(refusal.value)} cannot be written at ${at} as ${refusal.notation}. Set it by hand.`;
    case 'needed-first':
      return `The resource at ${at} needs ${refusal.attribute} first: ${refusal.why}. Set it, apply it, and the change is proposed again.`;
  }
}

function said(value: Value | null): string {
  return quote(sayValue(value));
}

function aboutExpressions(
  refusal: Exclude<Refusal, Parameters<typeof aboutFiles>[0] | Parameters<typeof aboutValues>[0]>,
): string {
  const at = sayAt(refusal.at);
  switch (refusal.code) {
    case 'computed':
      return `${at} computes the value: ${quote(refusal.expression)}. Change what it is computed from, or put a literal there.`;
    case 'conditional':
      return `${at} chooses the value by a condition: ${quote(refusal.expression)}. Change the branch that holds for this environment by hand.`;
    case 'repeated':
      return `${refusal.by} makes several of it from one block, at ${at}: ${quote(refusal.expression)}. Change the entry of this one by hand, or give it a block of its own.`;
    case 'dynamic-block':
      return `A dynamic block at ${at} makes ${quote(refusal.block)}. Change what its content is computed from.`;
    case 'data-source':
      return `${at} takes the value from a data source, ${quote(refusal.reference)}. Change it where that is defined.`;
    case 'remote-module':
      return `module.${quote(refusal.module)} at ${at} comes from ${quote(refusal.source)}, which is not among the files that may be read here. Set the value in the arguments of the call by hand, as that module wants it.`;
    case 'another-resource':
      return `${at} takes the value from another resource, ${quote(refusal.reference)}. Change it there if both shall change, else put a literal here.`;
    case 'known-after-apply':
      return `${at} uses ${quote(refusal.reference)}, which only AWS knows. Find the resource by hand.`;
    case 'nothing-there':
      return `${at} names ${quote(refusal.reference)}, which is not in these files. Change it where that is defined.`;
    case 'variable-not-set':
      return `The variable ${quote(refusal.variable)} at ${at} has no value in these files: no default, no variable file, no argument. Change it where it is given, such as in the settings of the pipeline.`;
    case 'not-valid':
      return `The value is not one that the variable ${quote(refusal.variable)} takes: its validation at ${at} is ${quote(refusal.condition)}. Change both together by hand.`;
    case 'attribute-missing':
      return `${quote(refusal.attribute)} is not set at ${at}, and there is no safe place to add it. Add it by hand.`;
  }
}

const MOST_PLACES = 5;

function places(ats: readonly At[]): string {
  const rest = ats.length - MOST_PLACES;
  return [...ats.slice(0, MOST_PLACES).map(sayAt), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function list(names: readonly string[]): string {
  return names.slice(0, MOST_PLACES).join(', ');
}
