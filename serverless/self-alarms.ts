import { OWN_NAMESPACE, POOLERS_UNSEEN_METRIC } from '../shared/levers/metric-queries.ts';
import { getAtt, type Reference, type Resource, type Resources, sub, uniqueLogicalIdOf } from './template.ts';

export interface WatchedFunction {
  /** As in serverless.yml: `tick`. */
  readonly key: string;
  /** Begins all logical ids of the function: `Tick`. */
  readonly stem: string;
  /** `fulcrum-production-tick` */
  readonly functionName: string;
  /** Logical id of its dead-letter queue. */
  readonly queueId: string;
}

export interface SelfWatch {
  readonly stage: string;
  readonly tickMinutes: number;
  /** E-mail addresses. */
  readonly notify: readonly string[];
  /** Fleets whose PgBouncers are probed. */
  readonly probedFleets?: readonly string[];
}

const TOPIC_ID = 'TroubleTopic';
const MINUTES = 60;

/**
 * Alarms on Fulcrum itself, on metrics that AWS publishes free of charge, and who is told. Their names must not begin like
 * those of the alarms that wake the levers.
 */
export function selfAlarms(functions: readonly WatchedFunction[], watch: SelfWatch): Resources {
  const actions =
    watch.notify.length === 0 ? {} : { AlarmActions: [{ Ref: TOPIC_ID }], OKActions: [{ Ref: TOPIC_ID }] };
  const alarm = (name: string, properties: Readonly<Record<string, unknown>>): Resource => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { AlarmName: `Fulcrum ${watch.stage}: ${name}`, ...properties, ...actions },
  });
  const ofFunctions = functions.flatMap((watched) => [
    [`${watched.stem}DeadLettersAlarm`, alarm(`dead letters of ${watched.key}`, deadLetters(watched))] as const,
    [`${watched.stem}ErrorsAlarm`, alarm(`errors of ${watched.key}`, errors(watched))] as const,
  ]);
  const tick = functions.find(({ key }) => key === 'tick');
  const forecast = functions.find(({ key }) => key === 'forecast');
  return {
    ...Object.fromEntries(ofFunctions),
    ...(tick === undefined
      ? {}
      : { NoSuccessfulTickAlarm: alarm('no successful tick', noSuccess(tick, TICKS, watch.tickMinutes)) }),
    ...(forecast === undefined
      ? {}
      : { NoSuccessfulForecastAlarm: alarm('no successful forecast', noSuccess(forecast, FORECASTS, 60)) }),
    ...Object.fromEntries(
      (watch.probedFleets ?? []).map((fleet) => [
        `${uniqueLogicalIdOf(fleet)}PoolersUnseenAlarm`,
        alarm(`PgBouncers of ${fleet} unseen`, poolersUnseen(fleet)),
      ]),
    ),
    ...topic(watch),
  };
}

function deadLetters({ key, queueId }: WatchedFunction) {
  return {
    AlarmDescription: `Something could not be delivered to ${key}, or not be handled by it: read the message in the queue`,
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: getAtt(queueId, 'QueueName') }],
    Statistic: 'Maximum',
    Period: 5 * MINUTES,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 1,
    TreatMissingData: 'notBreaching',
  };
}

/** A task that is replaced is unseen for a moment; a wrong password or a closed port stays. */
function poolersUnseen(fleet: string) {
  return {
    AlarmDescription: `PgBouncers of ${fleet} do not answer the probe, and nothing is tuned: the audit table says why`,
    Namespace: OWN_NAMESPACE,
    MetricName: POOLERS_UNSEEN_METRIC,
    Dimensions: [{ Name: 'fleet', Value: fleet }],
    Statistic: 'Minimum',
    Period: 5 * MINUTES,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 3,
    TreatMissingData: 'notBreaching',
  };
}

/** One error alone is tried again, and ends among the dead letters when that does not help. */
function errors({ key, functionName }: WatchedFunction) {
  return {
    AlarmDescription: `${key} fails again and again: its log says why`,
    Namespace: 'AWS/Lambda',
    MetricName: 'Errors',
    Dimensions: [{ Name: 'FunctionName', Value: functionName }],
    Statistic: 'Sum',
    Period: 5 * MINUTES,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
  };
}

/** Lambda counts invocations and errors, not successes. A schedule that has stopped leaves no data at all: that is trouble. */
interface Regular {
  readonly what: string;
  readonly label: string;
  readonly consequence: string;
}

const TICKS: Regular = {
  what: 'look at the fleets',
  label: 'successful ticks',
  consequence: 'nothing is decided',
};
const FORECASTS: Regular = {
  what: 'run of the forecast',
  label: 'successful forecasts',
  consequence: 'soon the forecasts are too old to act on',
};

function noSuccess({ functionName }: WatchedFunction, { what, label, consequence }: Regular, everyMinutes: number) {
  const Period = Math.max(5, everyMinutes) * MINUTES;
  const counted = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      },
      Stat: 'Sum',
      Period,
    },
  });
  return {
    AlarmDescription: `No ${what} has succeeded for ${(3 * Period) / MINUTES} minutes: ${consequence}`,
    Metrics: [
      counted('invocations', 'Invocations'),
      counted('errors', 'Errors'),
      { Id: 'successes', Label: label, Expression: 'invocations - FILL(errors, 0)', ReturnData: true },
    ],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    TreatMissingData: 'breaching',
  };
}

/** Alarms cannot publish to a topic under the key that AWS manages for SNS; these messages hold names and numbers only. */
function topic({ stage, notify }: SelfWatch): Resources {
  if (notify.length === 0) return {};
  const TopicArn: Reference = { Ref: TOPIC_ID };
  const subscriptions = notify.map((Endpoint) => [
    `${uniqueLogicalIdOf(Endpoint)}Subscription`,
    { Type: 'AWS::SNS::Subscription', Properties: { TopicArn, Protocol: 'email', Endpoint } },
  ]);
  return {
    [TOPIC_ID]: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: `Fulcrum ${stage}` } },
    [`${TOPIC_ID}Policy`]: topicPolicy(TopicArn),
    ...(Object.fromEntries(subscriptions) as Resources),
  };
}

function topicPolicy(TopicArn: Reference): Resource {
  return {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [TopicArn],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: TopicArn,
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: {
                'aws:SourceArn': sub('arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*'),
              },
            },
          },
        ],
      },
    },
  };
}
