import { expect, it } from '@jest/globals';
import { decisionIdOf } from '../../../shared/workflow/decision-id.ts';
import { anAct } from '../../support/builders/decisions.ts';
import { NOW } from '../../support/builders/time.ts';

const id = (what: unknown = anAct(), at = NOW): string => decisionIdOf('ceiling', 'production', 'core-api', what, at);

it('a decision is named by lever, fleet, service, minute and what it is', () => {
  expect(id()).toMatch(/^ceiling\/production\/core-api\/20261201T1230-[0-9a-f]{8}$/);
});

it('the same decision of the same look has the same name', () => {
  expect(id(structuredClone(anAct()))).toBe(id());
});

it('another decision, or another look, has another', () => {
  const names = [id(), id(anAct({ direction: 'shrink' })), id(anAct(), NOW + 1), id(anAct(), NOW + 60_000)];
  expect(new Set(names).size).toBe(names.length);
});
