import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { readStack, stackOf } from '../../serverless/stack.ts';
import { aPolicy, aServiceInput } from '../support/builders/policy.ts';

const inFrankfurt = { name: 'frankfurt', region: 'eu-central-1' };
const inOhio = { name: 'ohio', region: 'us-east-2' };
const ofOthers = { name: 'others', region: 'eu-central-1', account: '444455556666' };

describe('what belongs into one stack', () => {
  it('is the only region of the file, unless another is asked for', () => {
    const policy = aPolicy([inFrankfurt]);
    expect(stackOf(policy, 'fulcrum.yml', undefined)).toEqual({
      kind: 'ok',
      stack: { policy, region: 'eu-central-1', account: '111122223333', poolerNetwork: null, notices: [] },
    });
    expect(stackOf(policy, 'fulcrum.yml', 'eu-central-1')).toEqual(stackOf(policy, 'fulcrum.yml', undefined));
  });

  it('is the fleets of the region that is asked for; the others are left out with a word', () => {
    const policy = aPolicy([inFrankfurt, inOhio]);
    const result = stackOf(policy, 'fulcrum.yml', 'us-east-2');
    if (result.kind !== 'ok') throw new Error(result.message);
    expect(result.stack.policy.fleets.map(({ name }) => name)).toEqual(['ohio']);
    expect(result.stack.policy.policyVersion).toBe(policy.policyVersion);
    expect(result.stack.notices).toEqual(['left out: frankfurt (eu-central-1), not in us-east-2']);
  });

  it.each([
    {
      why: 'several regions and none asked for',
      fleets: [inFrankfurt, inOhio],
      asked: undefined,
      message:
        'fulcrum.yml has fleets in eu-central-1 and us-east-2, and a stack serves one region: say which with --region',
    },
    {
      why: 'a region without fleets',
      fleets: [inFrankfurt, inOhio],
      asked: 'ap-south-1',
      message:
        'fulcrum.yml has no fleet in ap-south-1; its fleets are in eu-central-1 and us-east-2: name one with --region',
    },
    {
      why: 'several accounts in the region',
      fleets: [inFrankfurt, ofOthers],
      asked: undefined,
      message:
        'fulcrum.yml has fleets of several accounts in eu-central-1 (frankfurt in 111122223333 and others in 444455556666), ' +
        'and a stack serves one account: make a file for each, and deploy it with --param config=FILE and the credentials of its account',
    },
  ])('is refused for $why', ({ fleets, asked, message }) => {
    expect(stackOf(aPolicy(fleets), 'fulcrum.yml', asked)).toEqual({ kind: 'refused', message });
  });

  it('does not mind another account in another region', () => {
    const result = stackOf(aPolicy([inOhio, ofOthers]), 'fulcrum.yml', 'us-east-2');
    expect(result).toMatchObject({ kind: 'ok', stack: { account: '111122223333' } });
  });
});

describe('a file that is wrong', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fulcrum-stack-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is refused with every problem, at its place, with a remedy', async () => {
    const file = join(folder, 'fulcrum.yml');
    const { task, ...service } = aServiceInput({ max: 1 });
    await writeFile(
      file,
      JSON.stringify({
        version: 1,
        tickMinuts: 5,
        fleets: [
          {
            name: 'production',
            environment: 'production',
            region: 'eu-central-1',
            account: '111122223333',
            services: [{ ...service, task: { ...task, cpuUnits: 1000 } }],
          },
        ],
      }),
    );

    const result = await readStack(file, undefined);

    const name = relative(process.cwd(), file);
    expect(result.kind).toBe('refused');
    const lines = result.kind === 'refused' ? result.message.split('\n') : [];
    expect(lines).toContainEqual(`${name}:1:14 tickMinuts: unknown key "tickMinuts"; did you mean "tickMinutes"?`);
    expect(lines).toContainEqual(
      expect.stringMatching(/fleets\[0\]\.services\[0\]\.min: found 2, expected at most max/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/fleets\[0\]\.services\[0\]\.task: found 1000 CPU units/));
  });

  it('is refused when it is not there', async () => {
    expect(await readStack('/nowhere/fulcrum.yml', undefined)).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/there is no such file$/),
    });
  });
});
