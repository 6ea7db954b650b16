import type { Statement } from './statements.ts';
import { getAtt, type Resource, type Resources, sub } from './template.ts';

export interface RoleOfFunction {
  /** Begins all logical ids of the function: `Tick`. */
  readonly stem: string;
  /** `fulcrum-production-tick` */
  readonly functionName: string;
  /** Logical id of its log group. */
  readonly logGroupId: string;
  readonly statements: readonly Statement[];
}

/** SQS keeps no message longer than 14 days (Amazon SQS quotas). */
const LONGEST_RETENTION_SECONDS = 14 * 24 * 60 * 60;

export const roleIdOf = (stem: string): string => `${stem}Role`;
export const queueIdOf = (stem: string): string => `${stem}DeadLetters`;

/** The role of one function: what it is granted, its own log group, and its own dead-letter queue. */
export function roleOf({ stem, functionName, logGroupId, statements }: RoleOfFunction): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      // Named, because `sls deploy function` looks for it by name. Roles are global, functions are not.
      RoleName: sub(`${functionName}-\${AWS::Region}`),
      AssumeRolePolicyDocument: policy([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]),
      Policies: [
        {
          PolicyName: functionName,
          PolicyDocument: policy([
            ...statements,
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: getAtt(logGroupId, 'Arn'),
            },
            { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: getAtt(queueIdOf(stem), 'Arn') },
          ]),
        },
      ],
    },
  };
}

/**
 * Where an event goes that could not be delivered (EventBridge) or not be handled (Lambda). Lambda writes with the role of
 * the function; EventBridge needs the permission of the queue.
 *
 * @param rules the beginnings of the names of the rules that wake the function, `bus/name` or `name` on the default bus
 */
export function deadLettersOf(stem: string, rules: readonly string[]): Resources {
  const id = queueIdOf(stem);
  const queue: Resource = {
    Type: 'AWS::SQS::Queue',
    Properties: { MessageRetentionPeriod: LONGEST_RETENTION_SECONDS, SqsManagedSseEnabled: true },
  };
  if (rules.length === 0) return { [id]: queue };
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: getAtt(id, 'Arn'),
    Condition: {
      ArnLike: {
        'aws:SourceArn': rules.map((rule) =>
          sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${rule}*`),
        ),
      },
    },
  };
  return {
    [id]: queue,
    [`${id}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: { Queues: [{ Ref: id }], PolicyDocument: policy([statement]) },
    },
  };
}

function policy(Statement: readonly unknown[]) {
  return { Version: '2012-10-17', Statement };
}
