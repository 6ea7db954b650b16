import { expect, it } from '@jest/globals';
import { deadLettersOf, roleOf } from '../../serverless/roles.ts';

it('a role is for Lambda, and holds its statements, its own log and its own queue', () => {
  const own = { Effect: 'Allow', Action: ['ecs:DescribeServices'], Resource: '*' } as const;
  const role = roleOf({
    stem: 'Tick',
    functionName: 'fulcrum-dev-tick',
    logGroupId: 'TickLogGroup',
    statements: [own],
  });
  expect(role).toEqual({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: { 'Fn::Sub': 'fulcrum-dev-tick-${AWS::Region}' },
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'fulcrum-dev-tick',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              own,
              {
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: { 'Fn::GetAtt': ['TickLogGroup', 'Arn'] },
              },
              { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: { 'Fn::GetAtt': ['TickDeadLetters', 'Arn'] } },
            ],
          },
        },
      ],
    },
  });
});

it('dead letters are kept for as long as SQS can, encrypted', () => {
  expect(deadLettersOf('Tick', [])).toEqual({
    TickDeadLetters: {
      Type: 'AWS::SQS::Queue',
      Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
    },
  });
});

it('only the rules of the function may leave dead letters', () => {
  const { TickDeadLettersPolicy } = deadLettersOf('Tick', ['fulcrum-dev-tick-', 'fulcrum-dev/fulcrum-dev-tick-']);
  expect(TickDeadLettersPolicy).toHaveProperty('Properties.PolicyDocument.Statement', [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': ['TickDeadLetters', 'Arn'] },
      Condition: {
        ArnLike: {
          'aws:SourceArn': ['fulcrum-dev-tick-*', 'fulcrum-dev/fulcrum-dev-tick-*'].map((rule) => ({
            'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${rule}`,
          })),
        },
      },
    },
  ]);
});
