import * as z from 'zod';
import { text } from './schema-parts.ts';

const SECRET_ARN = /^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:|ssm:[a-z0-9-]+:\d{12}:parameter\/)\S+$/;
const digits = z.string().regex(/^\d{1,20}$/);

/** By which app of GitHub pull requests are opened. */
const gitHubAppSchema = z.strictObject({
  apiUrl: z
    .url({ protocol: /^https$/ })
    .default('https://api.github.com')
    .describe('`https://github.example.org/api/v3` of a GitHub Enterprise Server.'),
  appId: digits.meta({
    description: 'Number of the app, in quotes.',
    patternErrorMessage: 'digits in quotes',
    examples: ['123456'],
  }),
  installationId: digits.meta({
    description: 'Number of its installation on the owner of the repository, in quotes.',
    patternErrorMessage: 'digits in quotes',
    examples: ['98765432'],
  }),
  login: z
    .string()
    .regex(/^[a-z0-9-]+\[bot\]$/)
    .meta({
      description: 'Name under which GitHub shows its commits: by it they are known again.',
      patternErrorMessage: 'the name of an app and [bot]',
      examples: ['fulcrum[bot]'],
    }),
  privateKeyFrom: z
    .string()
    .regex(SECRET_ARN)
    .meta({
      description: 'ARN of the private key (PEM): a secret of Secrets Manager, or a SecureString parameter of SSM.',
      patternErrorMessage: 'the ARN of a secret of Secrets Manager or of a parameter of SSM',
      examples: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:fulcrum-github-AbCdEf'],
    }),
});

const nameOfCheck = (example: string) => text.meta({ examples: [example] }).optional();

/** By which names people and pipelines report on the commits of pull requests. */
const checksSchema = z.strictObject({
  plan: nameOfCheck('terraform plan').describe(
    'Shows that `terraform plan` has nothing in it but the change. Ticks that step of the checklist.',
  ),
  dryRun: nameOfCheck('staging dry run').describe(
    'Shows that the runbook has what the dry run in staging has shown. Of a change of the database class.',
  ),
  loadTest: nameOfCheck('load test').describe(
    'Shows the result of a synthetic load test. Of a change of the database class.',
  ),
});

/** Where the infrastructure code of a fleet lives; part of the schema of `fulcrum.yml`. */
export const infrastructureCodeSchema = z.strictObject({
  host: z
    .enum(['github', 'git'])
    .default('github')
    .describe('`git`: branches on any remote, by a process that has git. The functions in AWS have none.'),
  repository: text.meta({
    description: 'Owner and name on GitHub, or the address of a git remote.',
    examples: ['example/infrastructure'],
  }),
  branch: text.default('main').describe('Branch that pull requests go to.'),
  paths: z
    .array(text)
    .min(1)
    .meta({ description: 'Folders that may be edited.', examples: [['infrastructure/production']] }),
  github: gitHubAppSchema.optional().describe('How to speak to GitHub. Without it nothing is proposed there.'),
  checks: checksSchema
    .prefault({})
    .describe(
      'Names of commit statuses or check runs (of git: of notes) that show a step of a checklist. The app needs _Checks: read_ and _Commit statuses: read_ for them.',
    ),
  auditLink: z
    .string()
    .regex(/^(aws-console|https:\/\/[^\s<>]+)$/)
    .max(1_000)
    .optional()
    .meta({
      description:
        'Makes the record of a decision a link: `aws-console` to the item of the audit table, or an address of your own, in which `{decisionId}`, `{resource}`, `{sequence}`, `{region}` and `{table}` are filled in.',
      patternErrorMessage: '`aws-console`, or an address with https',
      examples: ['aws-console'],
    }),
  labels: z.array(text).max(10).default(['fulcrum']).describe('Labels of every pull request.'),
  handsOffLabel: text.default('fulcrum:hands-off').describe('Whoever sets this label keeps Fulcrum away.'),
  openAtMost: z.int().min(1).max(100).default(5).describe('So many pull requests may be open at a time.'),
  perDayAtMost: z.int().min(1).max(100).default(3).describe('So many may be opened in 24 hours.'),
});
