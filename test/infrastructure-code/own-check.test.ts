import { describe, expect, it } from '@jest/globals';
import { applySplice } from '../../shared/infrastructure-code/apply-splice.ts';
import { openSession } from '../../shared/infrastructure-code/session.ts';
import { parser } from './support.ts';

/** What becomes of a file when a text takes the place of the `@`. */
function verdict(path: string, template: string, text: string): string {
  const start = template.indexOf('@');
  const session = openSession({ files: new Map([[path, template.replace('@', '5')]]) }, parser);
  try {
    const applied = applySplice(parser, session, { range: { path, start, end: start + 1 }, text });
    if (applied.kind === 'refused') return applied.because.code;
    applied.value.free();
    return 'passed';
  } finally {
    session.free();
  }
}

describe('an edited text is handed out only if it differs in the one value', () => {
  const block = 'resource "a" "b" {\n  x = @\n  y = 2 # z\n}\n\nlocals {\n  c = 1\n}\n';

  it.each([
    ['another number', '6', 'passed'],
    ['text', '"six"', 'passed'],
    ['another attribute besides', '6\n  z = 7', 'failed-its-own-check'],
    ['the beginning of a comment', '6 /*', 'failed-its-own-check'],
    ['a comment', '6 # ', 'failed-its-own-check'],
    ['the end of the block', '6\n}\nresource "c" "d" {', 'failed-its-own-check'],
    ['the beginning of a string', '"', 'failed-its-own-check'],
    ['the beginning of a heredoc', '<<EOT', 'failed-its-own-check'],
    ['an operation', '6 + 1', 'passed'],
    ['nothing', '', 'failed-its-own-check'],
  ])('Terraform with %s: %j %s', (_, text, then) => {
    expect(verdict('a.tf', block, text)).toBe(then);
  });

  it.each([
    ['{"a": @, "b": 1}', '6', 'passed'],
    ['{"a": @, "b": 1}', '6, "c": 7', 'failed-its-own-check'],
    ['{"a": @, "b": 1}', '6}', 'failed-its-own-check'],
  ])('JSON %s with %j %s', (template, text, then) => {
    expect(verdict('a.json', template, text)).toBe(then);
  });

  it.each([
    ['a: @ # c\nb: 1\n', '6', 'passed'],
    ['a: @ # c\nb: 1\n', '6\nc: 7', 'failed-its-own-check'],
    ['a: @ # c\nb: 1\n', '[6', 'failed-its-own-check'],
    ['a: @ # c\nb: 1\n', '6\n---\nd: 1', 'failed-its-own-check'],
  ])('YAML %j with %j %s', (template, text, then) => {
    expect(verdict('a.yaml', template, text)).toBe(then);
  });

  it.each([
    ['[p]\na = @\nb = 1\n', '6', 'passed'],
    ['[p]\na = @\nb = 1\n', '6\nc = 7', 'failed-its-own-check'],
    ['[p]\na = @\nb = 1\n', '6\n[q]', 'failed-its-own-check'],
  ])('ini %j with %j %s', (template, text, then) => {
    expect(verdict('a.ini', template, text)).toBe(then);
  });
});
