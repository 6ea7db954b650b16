import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { TransientError } from '../../shared/domain/errors.ts';
import { DAY, earlier, HOUR } from '../../shared/domain/units.ts';
import { branchOf, type Subject } from '../../shared/pull-requests/identity.ts';
import { DEFAULT_LIMITS } from '../../shared/pull-requests/life-cycle.ts';
import { type Need, tendProposal, type Tended } from '../../shared/pull-requests/tend.ts';
import { ModelHost } from './model-host.ts';
import { aDescription, NOON } from './samples.ts';

const SUBJECT: Subject = { fleet: 'production', lever: 'database-class', resource: 'core-db' };
const BRANCH = branchOf(SUBJECT);
const PATH = 'infra/main.tf';

function wanted(to = 'db.r6g.xlarge', baseText = 'a', subject = SUBJECT): Extract<Need, { kind: 'wanted' }> {
  return {
    kind: 'wanted',
    target: { instanceClass: to },
    description: aDescription({ subject, changes: [{ what: 'instance class', from: 'db.r6g.large', to }] }),
    base: 'base',
    before: [{ path: PATH, text: baseText }],
    after: [{ path: PATH, text: `${baseText} ${to}` }],
  };
}

function advised(to = 'db.r6g.xlarge'): Need {
  const { target, description } = wanted(to);
  return { kind: 'not-editable', target, description, advice: { because: 'it is computed', places: [] } };
}

describe('tending a proposal', () => {
  let clock: ManualClock;
  let host: ModelHost;
  beforeEach(() => {
    clock = new ManualClock(NOON);
    host = new ModelHost(() => clock.now());
  });
  const tend = (need: Need, subject = SUBJECT, limits = DEFAULT_LIMITS): Promise<Tended> =>
    tendProposal(host, subject, need, { limits, labels: ['fulcrum'] }, clock.now());
  const steps = async (...needs: readonly Need[]): Promise<readonly string[]> => {
    const kinds: string[] = [];
    for (const need of needs) kinds.push((await tend(need)).step?.kind ?? 'none');
    return kinds;
  };

  it('the same need twice is one proposal', async () => {
    expect(await steps(wanted(), wanted())).toEqual(['open', 'leave']);
    expect(host.proposals).toMatchObject([{ state: 'open', title: 'core-db: instance class to db.r6g.xlarge' }]);
  });

  it('tells the story of one that is refreshed, taken over and left alone', async () => {
    await tend(wanted());
    clock.advance(6 * HOUR);
    expect(await steps(wanted('db.r6g.2xlarge'))).toEqual(['refresh']);
    expect(host.proposals).toMatchObject([{ id: '1', title: 'core-db: instance class to db.r6g.2xlarge' }]);
    clock.advance(6 * HOUR);
    expect(await steps(wanted('db.r6g.2xlarge', 'moved'), wanted('db.r6g.2xlarge', 'moved'))).toEqual([
      'refresh',
      'leave',
    ]);
    host.push(BRANCH);
    clock.advance(6 * HOUR);
    expect(await steps(wanted(), wanted('db.r6g.4xlarge'))).toEqual(['hands-off', 'hands-off']);
    expect(host.notes.map(({ key }) => key)).toEqual(['hands-off']);
  });

  it('renews its evidence once a day', async () => {
    await tend(wanted());
    clock.advance(DAY);
    expect(await steps(wanted(), wanted())).toEqual(['reword', 'leave']);
  });

  it('withdraws it when the need has gone, and proposes it again when it returns', async () => {
    await tend(wanted());
    const gone: Need = { kind: 'not-needed', lastNeededAt: NOON };
    expect(await steps(gone)).toEqual(['leave']);
    clock.advance(3 * DAY);
    expect(await steps(gone, gone)).toEqual(['close', 'nothing']);
    expect(host.branches.size).toBe(0);
    expect(host.proposals).toMatchObject([
      { state: 'closed', title: 'core-db: instance class to db.r6g.xlarge (withdrawn)' },
    ]);
    expect(host.notes.map(({ text }) => text)).toEqual([
      'The need has gone (as of 2026-12-04). When it returns, Fulcrum will propose it again.',
    ]);
    expect(await steps(wanted())).toEqual(['open']);
  });

  it('takes a no for this value, and asks again for another', async () => {
    await tend(wanted());
    host.end(BRANCH, 'closed', 'remove');
    clock.advance(100 * DAY);
    expect(await steps(wanted(), wanted('db.r6g.2xlarge'))).toEqual(['refused-before', 'open']);
  });

  it('follows a merge until it is live', async () => {
    await tend(wanted());
    host.end(BRANCH, 'merged', 'remove');
    expect(await steps({ kind: 'in-code' }, { kind: 'live' })).toEqual(['await-roll-out', 'rolled-out']);
  });

  it('advises once where it must not edit, and has one issue whatever the value', async () => {
    expect(await steps(advised(), advised(), advised('db.r6g.2xlarge'))).toEqual(['advise', 'advise', 'advise']);
    expect(host.issues.map(({ title }) => title)).toEqual(['core-db: instance class to db.r6g.2xlarge']);
  });

  it('turns a proposal into advice when the code has changed under it', async () => {
    await tend(wanted());
    expect(await steps(advised('db.r6g.2xlarge'), advised('db.r6g.2xlarge'))).toEqual(['close', 'advise']);
  });

  it('looks again when a rival was first, and leaves the one that stands', async () => {
    const rival = new ModelHost(() => clock.now());
    await tendProposal(rival, SUBJECT, wanted(), { limits: DEFAULT_LIMITS, labels: [] }, NOON);
    host.meanwhile = () => {
      host.take(rival);
    };
    expect(await steps(wanted())).toEqual(['leave']);
    expect(host.proposals).toHaveLength(1);
  });

  it('looks again when a person pushes at the last moment, and keeps its hands off', async () => {
    await tend(wanted());
    clock.advance(DAY);
    host.meanwhile = () => {
      host.push(BRANCH);
    };
    expect(await steps(wanted('db.r6g.2xlarge'))).toEqual(['hands-off']);
  });

  it('leaves it to the queue when others keep changing it', async () => {
    const restless = (): void => {
      host.branches.set(BRANCH, { head: `ours-${(host.commits += 1)}`, authorship: 'ours' });
      host.meanwhile = restless;
    };
    restless();
    await expect(tend(wanted())).rejects.toThrow(TransientError);
  });

  it('hands a refusal of the host on, with the step that it concerns', async () => {
    const because = { code: 'not-permitted', detail: 'no' } as const;
    host.refusal = { of: 'open', because };
    expect(await tend(wanted())).toEqual({ step: { kind: 'open', over: null }, outcome: { kind: 'refused', because } });
    host.refusal = { of: 'look', because };
    expect(await tend(wanted())).toEqual({ step: null, outcome: { kind: 'refused', because } });
  });
});

describe('laws of tending', () => {
  const subjects = ['a', 'b', 'c', 'd'].map((resource): Subject => ({ ...SUBJECT, resource }));
  const limits = { ...DEFAULT_LIMITS, openAtMost: 2, perDayAtMost: 3 };
  type Deed =
    | { readonly kind: 'tend'; readonly subject: number; readonly to: string; readonly base: string }
    | { readonly kind: 'race'; readonly subject: number; readonly to: string }
    | { readonly kind: 'gone' | 'live' | 'in-code' | 'advise' | 'push' | 'label'; readonly subject: number }
    | {
        readonly kind: 'end';
        readonly subject: number;
        readonly how: 'closed' | 'merged';
        readonly then: 'keep' | 'remove';
      }
    | { readonly kind: 'later'; readonly hours: number };
  const subject = fc.nat(subjects.length - 1);
  const to = fc.constantFrom('x', 'y', 'z');
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('tend' as const), subject, to, base: fc.constantFrom('1', '2') }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('race' as const), subject, to }) },
    fc.record({ kind: fc.constantFrom('gone' as const, 'live', 'in-code', 'advise', 'push', 'label'), subject }),
    fc.record({
      kind: fc.constant('end' as const),
      subject,
      how: fc.constantFrom('closed' as const, 'merged' as const),
      then: fc.constantFrom('keep' as const, 'remove' as const),
    }),
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('later' as const), hours: fc.integer({ min: 1, max: 60 }) }),
    },
  );

  interface World {
    readonly clock: ManualClock;
    readonly host: ModelHost;
  }

  async function perform({ clock, host }: World, given: Deed): Promise<void> {
    if (given.kind === 'later') {
      clock.advance(given.hours * HOUR);
      return;
    }
    const about = subjects[given.subject] ?? SUBJECT;
    const branch = branchOf(about);
    const tend = (need: Need): Promise<unknown> => tendProposal(host, about, need, { limits, labels: [] }, clock.now());
    switch (given.kind) {
      case 'tend':
        await tend(wanted(given.to, given.base, about));
        break;
      case 'race':
        await Promise.all([tend(wanted(given.to, '1', about)), tend(wanted(given.to, '1', about))]);
        break;
      case 'gone':
        await tend({ kind: 'not-needed', lastNeededAt: earlier(clock.now(), 4 * DAY) });
        break;
      case 'live':
      case 'in-code':
        await tend({ kind: given.kind });
        break;
      case 'advise':
        await tend(advised());
        break;
      case 'push':
        host.push(branch);
        break;
      case 'end':
        host.end(branch, given.how, given.then);
        break;
      case 'label': {
        const open = host.proposals.find((each) => each.branch === branch && each.state === 'open');
        if (open !== undefined) host.change(open.id, { labels: [limits.handsOffLabel] });
        break;
      }
    }
  }

  it('whatever happens: one open for each subject, limits kept, no work of a person lost, no value asked twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 40 }), async (deeds) => {
        const clock = new ManualClock(NOON);
        const host = new ModelHost(() => clock.now());
        const refusedTitles = new Set<string>();
        for (const given of deeds) {
          const before = host.proposals.length;
          // The model breaks when the work of a person would be lost.
          await perform({ clock, host }, given);
          const open = host.proposals.filter(({ state }) => state === 'open');
          expect(new Set(open.map(({ branch }) => branch)).size).toBe(open.length);
          expect(open.length).toBeLessThanOrEqual(limits.openAtMost);
          const today = host.proposals.filter(({ openedAt }) => openedAt > earlier(clock.now(), DAY));
          expect(today.length).toBeLessThanOrEqual(limits.perDayAtMost);
          for (const { branch, title } of host.proposals.slice(before)) {
            expect(refusedTitles.has(`${branch} ${title}`)).toBe(false);
          }
          for (const { branch, title, state, body } of host.proposals) {
            if (state === 'closed' && !body.includes('fulcrum:proposal withdrawn'))
              refusedTitles.add(`${branch} ${title}`);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
