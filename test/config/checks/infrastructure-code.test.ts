import { describe, expect, it } from '@jest/globals';
import { policyOf, problemsOf, SAMPLE } from '../sample.ts';

const APP =
  "github: { appId: '1', installationId: '2', login: 'fulcrum[bot]', privateKeyFrom: 'arn:aws:ssm:eu-central-1:111122223333:parameter/fulcrum/key' }";
const proposing = SAMPLE.replace('mode: apply', 'mode: propose');
const withCode = (lines: string, text = SAMPLE): string =>
  [text, '    infrastructureCode:', ...lines.split('\n').map((line) => `      ${line}`)].join('\n');

describe('infrastructure code', () => {
  it('is known by its repository and folders; the rest has defaults', () => {
    const policy = policyOf(withCode(`repository: example/infrastructure\npaths: [infra]\n${APP}`, proposing));
    expect(policy.fleets[0]?.infrastructureCode).toMatchObject({
      host: 'github',
      branch: 'main',
      labels: ['fulcrum'],
      handsOffLabel: 'fulcrum:hands-off',
      openAtMost: 5,
      perDayAtMost: 3,
      github: { apiUrl: 'https://api.github.com', login: 'fulcrum[bot]' },
    });
  });

  it.each([
    ['an address where a name is meant', 'repository: https://github.com/example/x\npaths: [infra]', /owner and name/],
    ['a folder outside', 'repository: example/x\npaths: [../other]', /a folder of the repository/],
    ['a folder of git', 'repository: example/x\npaths: [.git/hooks]', /a folder of the repository/],
    [
      'an address without TLS',
      `repository: example/x\npaths: [infra]\n${APP.replace('{ ', "{ apiUrl: 'http://x', ")}`,
      /apiUrl/,
    ],
    [
      'a link of another kind',
      "repository: example/x\npaths: [infra]\nauditLink: 'javascript:alert(1)'",
      /auditLink.*`aws-console`, or an address with https/,
    ],
    ['a check of another step', 'repository: example/x\npaths: [infra]\nchecks: { apply: terraform }', /checks.*apply/],
  ])('%s is a problem', (_, lines, problem) => {
    expect(problemsOf(withCode(lines)).join('\n')).toMatch(problem);
  });

  it('a git remote may be any address, and all of it may be edited', () => {
    expect(problemsOf(withCode('host: git\nrepository: ssh://git.example.org/x.git\npaths: [.]', proposing))).toEqual(
      [],
    );
  });

  it('a lever that proposes needs an app of GitHub; one that observes does not', () => {
    const bare = 'repository: example/x\npaths: [infra]';
    expect(problemsOf(withCode(bare))).toEqual([]);
    expect(problemsOf(withCode(bare, proposing))).toEqual([
      expect.stringContaining('ceiling proposes, and nothing says by which app of GitHub'),
    ]);
  });

  it('names what others report, and where a decision is read; by default neither', () => {
    const bare = 'repository: example/x\npaths: [infra]';
    expect(policyOf(withCode(bare)).fleets[0]?.infrastructureCode).toMatchObject({ checks: {} });
    const lines = `${bare}\nchecks: { plan: terraform plan, loadTest: load test }\nauditLink: aws-console`;
    expect(policyOf(withCode(lines)).fleets[0]?.infrastructureCode).toMatchObject({
      checks: { plan: 'terraform plan', loadTest: 'load test' },
      auditLink: 'aws-console',
    });
    const own = 'auditLink: https://audit.example.org/{decisionId}';
    expect(problemsOf(withCode(`${bare}\n${own}`))).toEqual([]);
  });
});
