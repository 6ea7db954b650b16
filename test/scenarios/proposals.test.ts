import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runningTasksQuery } from '../../shared/levers/metric-queries.ts';
import { HOUR, isoInstant } from '../../shared/domain/units.ts';
import { branchOf } from '../../shared/pull-requests/identity.ts';
import { removeTemplate } from '../adapters/git/remote-repository.ts';
import { type CodeRepository, gitHubRepository, gitRepository } from '../support/code-repositories.ts';
import { sceneWithCode, storyOf } from '../support/code-scene.ts';
import { aPolicy, servicePolicyOf } from '../support/policies.ts';
import type { Scene } from '../support/scene.ts';

const TF = `# Scaling of the API. Ask the platform team before you raise it.
resource "aws_appautoscaling_target" "api" {
  resource_id        = "service/production/api"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
  min_capacity       = 2
  max_capacity       = 10 # of 30
}
`;
const PATH = 'infra/api.tf';
const ABOUT = 'service/production/api';
const RESOURCE = `proposal/ceiling/${ABOUT}`;
const BRANCH = branchOf({ fleet: 'production', lever: 'ceiling', resource: ABOUT });
const CODE = [
  'infrastructureCode:',
  '  repository: acme/platform',
  '  paths: [infra]',
  "  github: { appId: '4711', installationId: '99', login: 'fulcrum[bot]', privateKeyFrom: 'arn:aws:ssm:eu-central-1:111122223333:parameter/key' }",
];
const proposing = aPolicy({ mode: 'propose', extra: CODE });

afterAll(removeTemplate);

describe.each([
  ['a git remote', () => Promise.resolve(gitRepository())],
  ['GitHub', gitHubRepository],
])('proposals on %s', (_, make) => {
  let repository: CodeRepository;
  let scene: Scene;

  beforeEach(async () => {
    repository = await make();
    repository.pushes('main', { [PATH]: TF });
    ({ scene } = sceneWithCode(proposing, '2026-12-01T12:00:00Z', ({ clock }) => repository.host(clock)));
  });
  afterEach(() => repository.close());

  /** Lets hours pass without their ticks, then one minute with: the windows of the metrics stay filled. */
  const hours = async (count: number): Promise<void> => {
    scene.clock.advance(count * HOUR);
    for (let minute = 0; minute < 11; minute += 1) {
      scene.clock.advance(60);
      scene.town.passMinute();
    }
    await scene.minute();
  };
  /** A look on the hour, when the slow metric is due by which the lever judges that its ceiling is right as it is. */
  const contentLookAt = async (time: string): Promise<void> => {
    await hours(5);
    const service = servicePolicyOf(proposing, 'api');
    const week = (): { at: number; value: number }[] =>
      Array.from({ length: 7 * 1440 }, (_, minute) => ({
        at: scene.clock.now() - (minute + 1) * 60_000,
        value: 13,
      })).reverse();
    while (isoInstant(scene.clock.now()).slice(11, 16) !== time) {
      scene.clock.advance(60);
      scene.town.passMinute();
    }
    scene.town.world.putSeries(runningTasksQuery(service, 7), week());
    await scene.tick();
    await scene.deliver();
  };
  const newest = async (): Promise<string | undefined> => (await storyOf(scene, RESOURCE)).at(-1);

  it('a service at its ceiling becomes a pull request of one line, and nothing is changed live', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    expect(scene.town.bounds('api')).toEqual({ min: 2, max: 10 });
    expect(repository.file(BRANCH, PATH)).toBe(TF.replace('= 10 # of 30', '= 15 # of 30'));
    expect(repository.commits(BRANCH)).toBe(1);
    const [proposal] = repository.proposals(BRANCH);
    expect(proposal?.title).toBe('api: max capacity to 15 tasks');
    expect(proposal?.body).toContain(
      'At the ceiling of 10 tasks with 97 % CPU against a target of 70 % for 10 minutes',
    );
    expect(proposal?.body).toContain('| max capacity | `10 tasks` | `15 tasks` |');
    expect(proposal?.body).toMatch(/\*\*\+207\.25 USD a month\*\*: 414\.49 USD before, 621\.74 USD after/);
    expect(proposal?.body).toMatch(/Decision `ceiling\/production\/.+` in the audit table/);
    expect(await storyOf(scene, RESOURCE)).toEqual([
      expect.stringMatching(/^12-01 12:\d\d decided: propose in infrastructure code: set max capacity 10 → 15/),
      expect.stringMatching(/^12-01 12:\d\d applied: .*opened pull request 1/),
    ]);
    expect(scene.errors).toEqual([]);
  });

  it('the same need is the same pull request; another number is one new commit on it', async () => {
    scene.town.weather('api', { wants: 1_000, cpu: 80 });
    await scene.minutes(15);
    expect(repository.file(BRANCH, PATH)).toContain('max_capacity       = 12');
    await hours(6);
    expect(await newest()).toMatch(/skipped: .*pull request 1 stands as it is: nothing is new/);
    scene.town.crowd('api');
    await hours(1);
    expect(repository.file(BRANCH, PATH)).toContain('max_capacity       = 15');
    expect([repository.commits(BRANCH), repository.proposals(BRANCH).length]).toEqual([1, 1]);
    expect(await newest()).toMatch(/applied: .*refreshed pull request 1: another value is needed now/);
  });

  it('moves along with the base, and keeps what people have ticked', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    repository.pushes('main', { [PATH]: `# Moved.\n${TF}` });
    await hours(7);
    expect(repository.file(BRANCH, PATH)).toBe(`# Moved.\n${TF.replace('= 10', '= 15')}`);
    expect(await newest()).toMatch(/refreshed pull request 1: the base branch has moved/);
  });

  it('keeps its hands off once a person has pushed, and says so once', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    repository.pushes(BRANCH, { 'infra/theirs.tf': '# mine\n' });
    await hours(7);
    await hours(7);
    expect(await newest()).toMatch(/skipped: .*pull request 1 is left to others: somebody has pushed to it/);
    expect(repository.file(BRANCH, 'infra/theirs.tf')).toBe('# mine\n');
    expect(repository.proposals(BRANCH)[0]?.notes).toEqual([expect.stringContaining('keeps its hands off')]);
  });

  it('closes it with a comment when the need has been gone for three days', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    scene.town.calm('api');
    await hours(7);
    expect(await newest()).toMatch(/skipped: .*stands as it is: the need has gone, and may return/);
    await hours(72);
    expect(await newest()).toMatch(/applied: close the proposal .*closed pull request 1: the need has gone/);
    expect(repository.proposals(BRANCH)[0]?.notes).toEqual([expect.stringContaining('The need has gone')]);
    expect(repository.file(BRANCH, PATH)).toBeNull();
  });

  it('takes the no of a person for this value, and asks again for another', async () => {
    scene.town.weather('api', { wants: 1_000, cpu: 80 });
    await scene.minutes(15);
    repository.refuses(BRANCH);
    await hours(7);
    expect(await newest()).toMatch(/skipped: .*not proposed again: a person has closed pull request 1/);
    scene.town.crowd('api');
    await hours(25);
    expect(await newest()).toMatch(/applied: .*opened pull request 2/);
  });

  it('follows one that was merged until it is live, and tells that it is', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    repository.merges(BRANCH);
    await hours(7);
    expect(await newest()).toMatch(/skipped: .*pull request 1 is merged and not seen live yet/);
    scene.town.byHand('api', { bounds: { min: 2, max: 15 } });
    scene.town.weather('api', { wants: 13, cpu: 60 });
    await contentLookAt('02:00');
    expect(await newest()).toMatch(/skipped: .*pull request 1 is merged and live/);
    expect(repository.proposals(BRANCH)[0]?.body).toContain('- [x] terraform apply, then the bounds are seen');
    await contentLookAt('09:00');
    const verified = (await storyOf(scene, RESOURCE)).filter((line) => line.includes('verified'));
    expect(verified).toEqual(['12-02 02:00 verified: pull request 1 is merged and live']);
  });

  it('an issue says of another value what it says, and is closed when the need has gone', async () => {
    repository.pushes('main', { [PATH]: TF.replace('= 10 # of 30', '= 5 * 2') });
    scene.town.weather('api', { wants: 1_000, cpu: 80 });
    await scene.minutes(15);
    expect(repository.issues().map(({ title }) => title)).toEqual(['api: max capacity to 12 tasks']);
    scene.town.crowd('api');
    await hours(7);
    expect(repository.issues().map(({ title }) => title)).toEqual(['api: max capacity to 15 tasks']);
    scene.town.calm('api');
    await hours(7);
    expect(repository.issues().map(({ isOpen }) => isOpen)).toEqual([true]);
    await hours(72);
    expect(repository.issues().map(({ isOpen }) => isOpen)).toEqual([false]);
    expect(await newest()).toMatch(/applied: .*closed issue 1: the need has gone/);
    scene.town.crowd('api');
    await hours(7);
    expect(repository.issues().map(({ isOpen }) => isOpen)).toEqual(expect.arrayContaining([true, false]));
  });

  it('an issue is closed when a pull request takes its place', async () => {
    repository.pushes('main', { [PATH]: TF.replace('= 10 # of 30', '= 5 * 2') });
    scene.town.crowd('api');
    await scene.minutes(15);
    repository.pushes('main', { [PATH]: TF });
    await hours(7);
    expect(repository.issues().map(({ isOpen }) => isOpen)).toEqual([false]);
    expect(await newest()).toMatch(/applied: .*opened pull request 2.*closed issue 1: the code can be edited by now/);
  });

  it('a code that no machine should edit becomes an issue with the place and the reason', async () => {
    repository.pushes('main', { [PATH]: TF.replace('10 #', 'var.day * 2 #') });
    scene.town.crowd('api');
    await scene.minutes(15);
    const [issue] = repository.issues();
    expect(issue?.title).toBe('api: max capacity to 15 tasks');
    expect(issue?.body).toContain('infra/api.tf:7');
    expect(await newest()).toMatch(/applied: .*issue 1 .*takes the place of a pull request: infra\/api.tf:7/);
    expect(repository.file(BRANCH, PATH)).toBeNull();
  });

  it('a rule that forbids the branch is a failure with its reason, and leaves nothing behind', async () => {
    repository.forbidsBranches();
    scene.town.crowd('api');
    await scene.minutes(15);
    expect(await newest()).toMatch(/failed: .*the host of the infrastructure code refuses/);
    expect([repository.file(BRANCH, PATH), repository.proposals(BRANCH)]).toEqual([null, []]);
  });

  it.each([
    ['a syntax error', TF.replace('"ecs"', '"ecs'), /cannot be read/],
    ['a resource of another name', TF.replace('production/api', 'production/api-v2'), /There is no/],
    ['two resources of the name', `${TF}\n${TF.replace('"api"', '"twin"')}`, /stands in several places/],
  ])('%s in the code is said in an issue, and nothing is guessed', async (_case, text, why) => {
    repository.pushes('main', { [PATH]: text });
    scene.town.crowd('api');
    await scene.minutes(15);
    expect(repository.issues()).toHaveLength(1);
    expect(await newest()).toMatch(why);
    expect([repository.file(BRANCH, PATH), repository.proposals(BRANCH)]).toEqual([null, []]);
  });

  it('a resource that is renamed while its pull request is open turns it into advice', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    repository.pushes('main', { [PATH]: TF.replace('10 #', 'local.most #') });
    await hours(7);
    expect(await newest()).toMatch(/closed pull request 1: the code can no longer be edited safely/);
    await hours(7);
    expect(repository.issues()).toHaveLength(1);
    expect(repository.file(BRANCH, PATH)).toBeNull();
  });

  it('a conflict with the base is resolved by a new commit on the newest base', async () => {
    scene.town.crowd('api');
    await scene.minutes(15);
    repository.pushes('main', {
      [PATH]: TF.replace('max_capacity       = 10 # of 30', 'max_capacity       = 11 # of 40'),
    });
    await hours(7);
    expect(repository.file(BRANCH, PATH)).toContain('max_capacity       = 15 # of 40');
    expect(repository.commits(BRANCH)).toBe(1);
    expect(await newest()).toMatch(/refreshed pull request 1: the base branch has moved/);
  });

  it('an order that comes twice opens one', async () => {
    scene.town.crowd('api');
    scene.losesOrders = true;
    await scene.minutes(15);
    const change = await scene.state.readChange('production', RESOURCE);
    expect(change?.status.status).toBe('ordered');
    await Promise.all([scene.act(change!.order).catch(() => null), scene.act(change!.order).catch(() => null)]);
    await scene.act(change!.order);
    expect(repository.proposals(BRANCH)).toHaveLength(1);
  });

  it('opens no more of them than are allowed, open at a time and in a day', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const many = aPolicy({
      mode: 'propose',
      services: Object.fromEntries(names.map((name) => [name, []])),
      extra: [...CODE, '  openAtMost: 3', '  perDayAtMost: 2'],
    });
    repository.pushes(
      'main',
      Object.fromEntries(names.map((name) => [`infra/${name}.tf`, TF.replaceAll('api', name)])),
    );
    ({ scene } = sceneWithCode(many, '2026-12-01T12:00:00Z', ({ clock }) => repository.host(clock)));
    for (const name of names) scene.town.crowd(name);
    await scene.minutes(15);
    const last = async (name: string) => (await storyOf(scene, RESOURCE.replace(/api$/, name))).at(-1);
    const told = await Promise.all(names.map(last));
    expect(told.filter((line) => line?.includes('opened pull request'))).toHaveLength(2);
    expect(told.at(-1)).toMatch(/skipped: .*waits: 2 pull requests were opened in 24 hours, at most 2 may be/);
    await hours(25);
    const next = await Promise.all(names.map(last));
    expect(next.filter((line) => line?.includes('opened pull request'))).toHaveLength(1);
    expect(next.at(-1)).toMatch(/skipped: .*waits: 3 pull requests are open, at most 3 may be/);
  });

  describe('drift', () => {
    const applying = aPolicy({ mode: 'apply', extra: CODE });
    beforeEach(() => {
      ({ scene } = sceneWithCode(applying, '2026-12-01T12:00:00Z', ({ clock }) => repository.host(clock)));
    });

    it('what was raised live is proposed for the code, with what the next apply would take back', async () => {
      scene.town.weather('api', { wants: 14, cpu: 97 });
      await scene.minutes(50);
      expect(scene.town.bounds('api')).toEqual({ min: 2, max: 15 });
      expect(repository.file(BRANCH, PATH)).toBe(TF.replace('= 10', '= 15'));
      const body = repository.proposals(BRANCH)[0]?.body ?? '';
      expect(body).toContain('- Max 15 is live, infrastructure code was last known to say max 10.');
      expect(body).toContain(
        'The next apply would set aws\\_appautoscaling\\_target.api.max\\_capacity back from 15 to 10 (infra/api.tf:7).',
      );
      expect(await newest()).toMatch(
        /applied: .*opened pull request 1.*; the next apply would set .* back from 15 to 10 \(infra\/api.tf:7\)/,
      );
    });

    it('is proposed once, and renewed when the ceiling moves on', async () => {
      scene.town.weather('api', { wants: 14, cpu: 97 });
      await scene.minutes(50);
      expect((await storyOf(scene, RESOURCE)).filter((line) => line.includes('decided'))).toHaveLength(1);
      scene.town.weather('api', { wants: 1_000, cpu: 97 });
      await hours(6);
      await scene.minutes(50);
      expect(scene.town.bounds('api')?.max).toBeGreaterThan(20);
      expect(repository.proposals(BRANCH)).toHaveLength(1);
      expect(await newest()).toMatch(/applied: .*refreshed pull request 1: another value is needed now/);
    });

    it('a code that says it already is left alone', async () => {
      repository.pushes('main', { [PATH]: TF.replace('= 10', '= 15') });
      scene.town.weather('api', { wants: 14, cpu: 97 });
      await scene.minutes(50);
      expect(await newest()).toMatch(/skipped: .*there is nothing to propose/);
      expect(repository.proposals(BRANCH)).toEqual([]);
    });

    it('a code that leaves the ceiling to others has nothing to take back', async () => {
      const ignoring = TF.replace(/}\n$/, '  lifecycle {\n    ignore_changes = [max_capacity]\n  }\n}\n');
      repository.pushes('main', { [PATH]: ignoring });
      scene.town.weather('api', { wants: 14, cpu: 97 });
      await scene.minutes(50);
      expect(await newest()).toMatch(/skipped: .*there is nothing to propose$/);
    });

    it('what a known event raises for a while is not proposed', async () => {
      await scene.announce({
        fleet: 'production',
        event: 'deadline',
        from: '2026-12-01T13:00',
        to: '2026-12-01T14:00',
        timeZone: 'UTC',
        floors: { api: 12 },
      });
      await scene.at('13:30');
      expect(scene.town.bounds('api')?.max).toBeGreaterThan(10);
      await scene.at('15:01');
      expect(scene.town.bounds('api')?.max).toBeGreaterThan(10);
      expect(await storyOf(scene, RESOURCE)).toEqual([]);
    });
  });
});
