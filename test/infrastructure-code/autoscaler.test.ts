import { describe, expect, it } from '@jest/globals';
import type { Expectation, InfrastructureCode } from '../../shared/infrastructure-code/edit.ts';
import { ANYTHING, code, diff, fixture, is, plan } from './support.ts';

const kubernetes = fixture('kubernetes');

function setMax(
  from: InfrastructureCode,
  [name, namespace]: readonly [string, string],
  to: number,
  present: Expectation = ANYTHING,
): readonly string[] {
  return diff(
    plan(from, { kind: 'set-autoscaler', name, namespace, changes: [{ field: 'maxReplicas', present, to }] }),
  );
}

const hpa = (spec: string, name = 'a') =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: ${name}, namespace: n}\nspec:\n${spec}`;
const one = (spec: string) => code({ 'a.yaml': hpa(spec) });

describe('an autoscaler of Kubernetes', () => {
  it('is found by name and namespace among documents, and keeps blanks and comments', () => {
    expect(setMax(kubernetes, ['portal', 'public'], 12, is(10))).toEqual([
      'autoscalers.yaml:10: -  maxReplicas:   10   # the node group carries 12',
      'autoscalers.yaml:10: +  maxReplicas:   12   # the node group carries 12',
    ]);
  });

  it('without a namespace in the manifest is taken for the one that is asked for', () => {
    expect(setMax(kubernetes, ['queue', 'anywhere'], 8)).toEqual([
      'autoscalers.yaml:40: -  maxReplicas: 5',
      'autoscalers.yaml:40: +  maxReplicas: 8',
    ]);
  });

  it.each([
    ['carriage returns', 'a: 1\r\n', '  maxReplicas: 4\r\n', '  maxReplicas: 40\r'],
    ['quotes', '', '  maxReplicas: "4"\n', '  maxReplicas: "40"'],
    ['a flow map', '', '  {minReplicas: 1, maxReplicas: 4, x: 4}\n', '  {minReplicas: 1, maxReplicas: 40, x: 4}'],
    ['no final newline', '', '  maxReplicas: 4', '  maxReplicas: 40'],
    ['a comment instead of a blank', '', '  maxReplicas: 4 #4\n', '  maxReplicas: 40 #4'],
  ])('keeps %s', (_, before, spec, line) => {
    const from = code({ 'a.yaml': `\uFEFF${before}---\n${hpa(spec)}` });
    expect(setMax(from, ['a', 'n'], 40)).toContain(`a.yaml:${before === '' ? 6 : 7}: +${line}`);
  });

  it('may be an item of a list', () => {
    const item = '- apiVersion: autoscaling/v2\n  kind: HorizontalPodAutoscaler\n  metadata: {name: a, namespace: n}\n';
    const from = code({ 'a.yml': `apiVersion: v1\nkind: List\nitems:\n${item}  spec: {maxReplicas: 4}\n` });
    expect(setMax(from, ['a', 'n'], 5)).toEqual([
      'a.yml:7: -  spec: {maxReplicas: 4}',
      'a.yml:7: +  spec: {maxReplicas: 5}',
    ]);
  });

  it.each([
    ['an anchor', '  maxReplicas: &most 4\n  other: *most\n', 'shared'],
    ['an alias', '  most: &most 4\n  maxReplicas: *most\n', 'computed'],
    ['a template', '  maxReplicas: {{ .Values.most }}\n', 'computed'],
    ['a missing value', '  minReplicas: 1\n', 'attribute-missing'],
    ['a map', '  maxReplicas: {a: 1}\n', 'computed'],
    ['a key twice', '  maxReplicas: 4\n  maxReplicas: 5\n', 'syntax-error'],
    ['broken YAML', '  maxReplicas: [4\n', 'syntax-error'],
  ])('with %s is refused', (_, spec, refusal) => {
    expect(setMax(one(spec), ['a', 'n'], 5)).toEqual([expect.stringContaining(`refused: ${refusal}: `)]);
  });

  it('that is there twice, as in an overlay, is not guessed', () => {
    const from = code({ 'base/a.yaml': hpa('  maxReplicas: 4\n'), 'prod/a.yaml': hpa('  maxReplicas: 6\n') });
    expect(setMax(from, ['a', 'n'], 8)).toEqual([expect.stringContaining('base/a.yaml:1, prod/a.yaml:1')]);
  });

  describe('in a base of Kustomize', () => {
    const base = {
      'base/a.yaml': hpa('  maxReplicas: 4\n'),
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'prod/kustomization.yml': 'namespace: prod\nresources:\n  - ../base/\n  - https://example.org/x\n',
    };
    const set = (files: Readonly<Record<string, string>>) => setMax(code(files), ['a', 'n'], 8).join();

    it('of one overlay is that of the overlay', () => {
      expect(set(base)).toContain('base/a.yaml:5: +  maxReplicas: 8');
    });

    it('of several overlays is shared, by whatever way they take it in', () => {
      const staging = {
        'common/kustomization.yaml': 'bases: ["../base"]\n',
        'staging/kustomization.yaml': 'components: [../common]\n',
      };
      expect(set({ ...base, ...staging })).toContain(
        'refused: shared: The value at base/a.yaml:5 (a.spec.maxReplicas) is also used at prod/kustomization.yml:1, staging/kustomization.yaml:1',
      );
    });

    it.each(['resources: [../else]\n', 'resources: 4\n', '[', '', 'a: &a [*a]\n'])(
      'is not shared with one that does not take it in: %j',
      (other) => {
        expect(set({ ...base, 'other/kustomization.yaml': other })).toContain('+  maxReplicas: 8');
      },
    );
  });

  it('says both values where the code has another one', () => {
    expect(setMax(one('  maxReplicas: 4\n'), ['a', 'n'], 8, is(6))).toEqual([
      expect.stringContaining('refused: unexpected-value: a.yaml:5 says 4, but 6 was read'),
    ]);
  });

  it('has whole replicas only', () => {
    expect(setMax(one('  maxReplicas: 4\n'), ['a', 'n'], 4.5)).toEqual([
      expect.stringContaining('refused: value-not-expressible'),
    ]);
  });
});
