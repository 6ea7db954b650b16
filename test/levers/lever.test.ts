import { describe, expect, it } from '@jest/globals';
import { hold } from '../../shared/domain/decision.ts';
import { defineLever, serviceOf } from '../../shared/levers/lever.ts';
import { LEVERS } from '../../shared/levers/registry.ts';
import { resourceOf, targetOf } from '../../shared/levers/resources.ts';
import { replay } from '../../shared/evaluation/replay.ts';
import { aFleetPolicy, aService, aServiceInput } from '../support/builders/policy.ts';
import { NOW } from '../support/builders/time.ts';
import { aSnapshot } from '../support/builders/world.ts';

const policy = aFleetPolicy({
  services: [aServiceInput(), aServiceInput({ name: 'worker', cluster: 'jobs', service: 'worker-blue' })],
});

describe('a lever', () => {
  const lever = defineLever<{ readonly seenAt: number }, { readonly limit: number }, 'sample'>({
    name: 'sample',
    purpose: 'Holds, and says what it was given.',
    needs: () => [],
    cases: (_snapshot, { services }, now) =>
      services.map((service, index) => ({
        resource: resourceOf(service),
        service: service.name,
        input: { seenAt: now },
        settings: { limit: index },
      })),
    evaluate: ({ seenAt }, { limit }, now) => hold({ code: 'below-max', desired: seenAt - now, max: limit }),
  });

  it('proposes one wish for each case, with the arguments that it rests on', () => {
    expect(lever.propose(aSnapshot(policy), policy, NOW)).toEqual([
      {
        lever: 'sample',
        resource: 'service/production/core-api',
        service: 'core-api',
        input: { seenAt: NOW },
        settings: { limit: 0 },
        wanted: { kind: 'hold', because: [{ code: 'below-max', desired: 0, max: 0 }] },
      },
      {
        lever: 'sample',
        resource: 'service/jobs/worker-blue',
        service: 'worker',
        input: { seenAt: NOW },
        settings: { limit: 1 },
        wanted: { kind: 'hold', because: [{ code: 'below-max', desired: 0, max: 1 }] },
      },
    ]);
  });

  it('says the same of the same arguments again', () => {
    for (const { input, settings, wanted } of lever.propose(aSnapshot(policy), policy, NOW)) {
      expect(lever.replay(input, settings, NOW)).toEqual(wanted);
    }
  });
});

describe('the registry', () => {
  it('holds every lever that has settings, by name', () => {
    expect(LEVERS.map(({ name }) => name)).toEqual(Object.keys(policy.levers).sort());
  });

  it('tells a person what each is for', () => {
    for (const { purpose } of LEVERS) expect(purpose).toMatch(/^[A-Z].{20,120}\.$/);
  });

  it('finds a lever to replay by its name, and says so when there is none', () => {
    const [proposal] = LEVERS.find(({ name }) => name === 'ceiling')!.propose(aSnapshot(policy), policy, NOW);
    expect(replay('ceiling', proposal!.input, proposal!.settings, NOW)).toEqual(proposal!.wanted);
    expect(() => replay('gone' as 'ceiling', {}, {}, NOW)).toThrow('no lever is called gone');
  });
});

describe('what a lever finds its service by', () => {
  it('the name of AWS, where it differs from ours', () => {
    const service = aService({ name: 'worker', cluster: 'jobs', service: 'worker-blue' });
    expect(targetOf(service)).toEqual({ cluster: 'jobs', service: 'worker-blue' });
    expect(resourceOf(service)).toBe('service/jobs/worker-blue');
  });

  it('a snapshot of another policy is a defect, not a missing metric', () => {
    expect(() => serviceOf(aSnapshot(aFleetPolicy()), 'worker')).toThrow(
      'the snapshot of production lacks the service worker',
    );
  });
});
