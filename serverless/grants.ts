import { EVENT_SOURCE, FORECAST_TYPE, HAND_OVER_TYPE } from '../shared/adapters/aws/event-bus.ts';
import { FORECAST_PARTITIONS } from '../shared/adapters/aws/table-definitions.ts';
import { ORDER_TYPES } from '../shared/domain/order.ts';
import { INFRASTRUCTURE_GRANTS } from './infrastructure-grants.ts';
import { POOLER_GRANTS } from './pooler-grants.ts';
import { PROPOSAL_GRANTS } from './proposal-grants.ts';
import { allow, type Condition, type Grant, type Scope, servicesIn, type Statement } from './statements.ts';
import { AUDIT_TABLE_ID, STATE_TABLE_ID } from './tables.ts';
import { getAtt, type Reference, sub } from './template.ts';

/**
 * What a function of serverless.yml may be granted, by name. The actions are those that the adapters call, and no more.
 * Where `*` stands, the action knows no resources (Service Authorization Reference).
 */
export const GRANTS = {
  'see-services': {
    purpose: 'See the tasks and deployments of the services of `fulcrum.yml`.',
    statements: (scope) => [allow(['ecs:DescribeServices'], servicesIn(scope, scope.services))],
  },
  'see-scaling': {
    purpose: 'See bounds, policies and scheduled actions.',
    statements: () => [
      allow(
        [
          'application-autoscaling:DescribeScalableTargets',
          'application-autoscaling:DescribeScalingPolicies',
          'application-autoscaling:DescribeScheduledActions',
        ],
        '*',
      ),
    ],
  },
  'see-activities': {
    purpose: 'See whether scaling stopped at a maximum.',
    statements: () => [allow(['application-autoscaling:DescribeScalingActivities'], '*')],
  },
  'read-metrics': {
    purpose: 'Read metrics.',
    statements: () => [allow(['cloudwatch:GetMetricData'], '*')],
  },
  'append-to-audit': {
    purpose: 'Add audit records, and read those of a resource. Nothing can change or remove one.',
    statements: () => [allow(['dynamodb:PutItem', 'dynamodb:Query'], getAtt(AUDIT_TABLE_ID, 'Arn'))],
  },
  'keep-state': {
    purpose: 'Remember what was told, and open and close changes.',
    statements: () => [
      allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], getAtt(STATE_TABLE_ID, 'Arn')),
    ],
  },
  'read-forecasts': {
    purpose: 'Read the forecasts of services.',
    statements: () => [allow(['dynamodb:BatchGetItem'], getAtt(STATE_TABLE_ID, 'Arn'), onlyForecasts())],
  },
  'keep-forecasts': {
    purpose: 'Store the forecasts of services, and read those of before.',
    statements: () => [
      allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], getAtt(STATE_TABLE_ID, 'Arn'), onlyForecasts()),
    ],
  },
  'withdraw-events': {
    purpose: 'Remove a known event that was announced by hand.',
    statements: () => [allow(['dynamodb:DeleteItem'], getAtt(STATE_TABLE_ID, 'Arn'))],
  },
  'lease-and-close': {
    purpose: 'Hold the lease of a resource, and move its change on.',
    statements: () => [
      allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], getAtt(STATE_TABLE_ID, 'Arn')),
    ],
  },
  'send-orders': {
    purpose: 'Send orders to the actions.',
    statements: (scope) => [sendAs(scope, Object.values(ORDER_TYPES))],
  },
  'hand-over': {
    purpose: 'Hand fleets over to another invocation.',
    statements: (scope) => [sendAs(scope, [HAND_OVER_TYPE])],
  },
  'hand-over-forecasts': {
    purpose: 'Share services out over several invocations of the forecast function.',
    statements: (scope) => [sendAs(scope, [FORECAST_TYPE])],
  },
  'set-scalable-targets': {
    purpose: 'Register services, set their bounds, and resume scaling that is suspended.',
    statements: (scope) => [scaling(scope, ['RegisterScalableTarget'])],
  },
  'set-target-tracking': {
    purpose: 'Put target-tracking policies.',
    statements: (scope) => [scaling(scope, ['PutScalingPolicy'])],
  },
  'let-aws-make-its-role': {
    purpose: 'Let AWS make the role by which it scales, when the first service of an account is registered.',
    statements: (scope) => [serviceLinkedRole(scope)],
  },
  'set-scheduled-actions': {
    purpose: 'Put and delete scheduled actions.',
    statements: (scope) => [scaling(scope, ['PutScheduledAction', 'DeleteScheduledAction'])],
  },
  'scale-services': {
    purpose: 'What Application Auto Scaling demands of whoever calls it for the services of `fulcrum.yml`.',
    statements: demandedOfCallers,
  },
  ...POOLER_GRANTS,
  ...PROPOSAL_GRANTS,
  ...INFRASTRUCTURE_GRANTS,
} as const satisfies Readonly<Record<string, Grant>>;

export type GrantName = keyof typeof GRANTS;
export const GRANT_NAMES = Object.keys(GRANTS) as readonly GrantName[];

export function statementsOf(grants: readonly GrantName[], scope: Scope): readonly Statement[] {
  return grants.flatMap((name) => GRANTS[name].statements(scope));
}

/** Of the state table the items whose hash key begins like that of a forecast (DynamoDB guide, “Specifying conditions”). */
function onlyForecasts(): Condition {
  const keys = FORECAST_PARTITIONS.map((prefix) => `${prefix}*`);
  return { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys }, Null: { 'dynamodb:LeadingKeys': 'false' } };
}

function sendAs({ bus }: Scope, detailTypes: readonly string[]): Statement {
  return {
    ...allow(
      ['events:PutEvents'],
      sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`),
    ),
    Condition: { StringEquals: { 'events:source': EVENT_SOURCE, 'events:detail-type': detailTypes } },
  };
}

/**
 * The identifier of a scalable target is made by AWS, and a call for one that is not registered is authorised on
 * `scalable-target/*`: the conditions narrow it to ECS (Service Authorization Reference, Application Auto Scaling).
 */
function scaling({ region, account }: Scope, actions: readonly string[]): Statement {
  return {
    ...allow(
      actions.map((action) => `application-autoscaling:${action}`),
      sub(`arn:\${AWS::Partition}:application-autoscaling:${region}:${account}:scalable-target/*`),
    ),
    Condition: {
      StringEquals: {
        'application-autoscaling:service-namespace': 'ecs',
        'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
      },
    },
  };
}

/**
 * Application Auto Scaling acts with its own role, yet first tries, in the name of the caller, whether the caller might do
 * the same (user guide, “Permissions validation for Application Auto Scaling API calls on target resources”; the five
 * actions are those of “Permissions required for additional actions on target services and CloudWatch”, ECS services).
 * Its alarms are named `TargetTracking-service/<cluster>/<service>-…`.
 */
function demandedOfCallers(scope: Scope): readonly Statement[] {
  const { region, account } = scope;
  const alarm = (name: string): Reference =>
    sub(`arn:\${AWS::Partition}:cloudwatch:${region}:${account}:alarm:${name}`);
  return [
    allow(['ecs:DescribeServices', 'ecs:UpdateService'], servicesIn(scope, scope.services)),
    allow(
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
      scope.services.map(({ cluster, service }) => alarm(`TargetTracking-service/${cluster}/${service}-*`)),
    ),
    // Tried without the name of an alarm.
    allow(['cloudwatch:DescribeAlarms'], alarm('*')),
  ];
}

/** The first scalable target of ECS in an account makes AWS create its service-linked role (user guide, same title). */
function serviceLinkedRole({ account }: Scope): Statement {
  const service = 'ecs.application-autoscaling.amazonaws.com';
  const role = `aws-service-role/${service}/AWSServiceRoleForApplicationAutoScaling_ECSService`;
  return {
    ...allow(['iam:CreateServiceLinkedRole'], sub(`arn:\${AWS::Partition}:iam::${account}:role/${role}`)),
    Condition: { StringEquals: { 'iam:AWSServiceName': service } },
  };
}
