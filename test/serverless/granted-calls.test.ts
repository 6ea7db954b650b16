import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GRANT_NAMES, statementsOf } from '../../serverless/grants.ts';
import { actionsIn, ROOT, scope } from './granted.ts';

describe('the calls that the adapters make', () => {
  /** IAM names its actions after service and command. */
  const SERVICES: Readonly<Record<string, string>> = {
    'client-application-auto-scaling': 'application-autoscaling',
    'client-cloudwatch': 'cloudwatch',
    'client-dynamodb': 'dynamodb',
    'client-ecs': 'ecs',
    'client-elasticache': 'elasticache',
    'client-eventbridge': 'events',
    'client-rds': 'rds',
    'client-secrets-manager': 'secretsmanager',
    'client-ssm': 'ssm',
  };
  /** Tables are made by the stack; the embedded DynamoDB is for the demo. */
  const NOT_DEPLOYED = ['create-tables.ts', 'embedded-dynamodb.ts'];
  /** The client that a file imports a command from. */
  const clientOf = (text: string, command: string): string =>
    [...text.matchAll(/import \{([^}]+)\} from '@aws-sdk\/(client-[a-z-]+)'/g)].find(([, names]) =>
      new RegExp(`\\b${command}\\b`).test(names ?? ''),
    )?.[2] ?? '';

  it('are all granted, and nothing is granted that they do not call', async () => {
    const folder = join(ROOT, 'shared/adapters/aws');
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !NOT_DEPLOYED.includes(file));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    const called = texts.flatMap((text) => {
      const paginated = [...text.matchAll(/paginate(\w+)\(/g)].map(([name, command]) => ({
        name: name.slice(0, -1),
        command,
      }));
      const sent = [...text.matchAll(/new ((\w+)Command)\(/g)].map(([, name, command]) => ({ name: name!, command }));
      return [...paginated, ...sent].map(({ name, command }) => {
        const client = clientOf(text, name);
        return `${SERVICES[client] ?? client}:${command}`;
      });
    });
    const demandedByAws = [
      'scale-services',
      'let-aws-make-its-role',
      'stand-in-network',
      'make-read-replicas',
    ] as const;
    const ours = GRANT_NAMES.filter((name) => !demandedByAws.some((demanded) => demanded === name));
    // What a revision of a task definition takes over is granted by itself, and called by nobody.
    const takenOver = ['ecs:TagResource', 'iam:PassRole', 'rds:AddTagsToResource'];
    expect([...new Set([...called, ...takenOver])].sort()).toEqual(actionsIn(statementsOf(ours, scope)));
    expect(actionsIn(statementsOf(demandedByAws, scope))).toContain('ecs:UpdateService');
  });
});
