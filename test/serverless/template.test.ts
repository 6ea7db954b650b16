import { describe, expect, it } from '@jest/globals';
import {
  logicalIdOf,
  uniqueLogicalIdOf,
  withoutExports,
  withoutRedundantDependencies,
} from '../../serverless/template.ts';

const dependenciesOf = (DependsOn: string | readonly string[], Properties: unknown) =>
  withoutRedundantDependencies({ It: { Type: 'AWS::Any', DependsOn, Properties } })['It']?.DependsOn;

describe('a dependency', () => {
  it.each([
    { by: 'Ref', Properties: { Table: { Ref: 'Table' } } },
    { by: 'Fn::GetAtt', Properties: { List: [{ Deep: { 'Fn::GetAtt': ['Table', 'Arn'] } }] } },
    { by: 'Fn::Sub', Properties: { Text: { 'Fn::Sub': 'arn:${AWS::Partition}:x:${Table.Arn}/index' } } },
  ])('that $by implies is dropped', ({ Properties }) => {
    expect(dependenciesOf('Table', Properties)).toBeUndefined();
    expect(dependenciesOf(['Table', 'Queue'], Properties)).toEqual(['Queue']);
  });

  it.each([
    { what: 'text that only looks like a reference', Properties: { Name: 'Table' } },
    { what: 'another resource', Properties: { Table: { Ref: 'TableOfOthers' } } },
    { what: 'an escaped name', Properties: { Text: { 'Fn::Sub': '${!Table}' } } },
    { what: 'nothing at all', Properties: undefined },
  ])('is kept beside $what', ({ Properties }) => {
    expect(dependenciesOf('Table', Properties)).toEqual(['Table']);
  });

  it('does not change the rest of a resource', () => {
    const resource = { Type: 'AWS::Any', DeletionPolicy: 'Retain', Properties: { Name: 'it' } };
    expect(withoutRedundantDependencies({ It: resource })).toEqual({ It: resource });
  });
});

it('outputs keep everything but their export', () => {
  expect(
    withoutExports({ A: { Value: { Ref: 'It' }, Export: { Name: 'it' } }, B: { Value: 1, Description: 'one' } }),
  ).toEqual({ A: { Value: { Ref: 'It' } }, B: { Value: 1, Description: 'one' } });
});

describe('logical ids', () => {
  it('hold letters and digits only', () => {
    expect(logicalIdOf('fulcrum-dev-production/service/core-api/cpu')).toBe('FulcrumDevProductionServiceCoreApiCpu');
    expect(uniqueLogicalIdOf('on-call@example.org')).toMatch(/^OnCallExampleOrg[0-9a-f]{8}$/);
  });

  it('differ where names differ, and not otherwise', () => {
    expect(uniqueLogicalIdOf('a-b/c')).not.toBe(uniqueLogicalIdOf('a/b-c'));
    expect(uniqueLogicalIdOf('a-b/c')).toBe(uniqueLogicalIdOf('a-b/c'));
    expect(uniqueLogicalIdOf('x'.repeat(255)).length).toBeLessThanOrEqual(255);
  });
});
