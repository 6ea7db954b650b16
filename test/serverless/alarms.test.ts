import { describe, expect, it } from '@jest/globals';
import { alarmPlan, alarmPrefix } from '../../shared/alarms/alarm-plan.ts';
import { selfAlarms } from '../../serverless/self-alarms.ts';
import type { Resources } from '../../serverless/template.ts';
import { MOST_WAKE_ALARMS, wakeAlarms } from '../../serverless/wake-alarms.ts';
import { A_DATABASE, aPolicy, aServiceInput } from '../support/builders/policy.ts';

interface Alarm {
  readonly AlarmName: string;
  readonly [property: string]: unknown;
}

const alarmsAmong = (resources: Resources): readonly Alarm[] =>
  Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => Properties as Alarm);

describe('the alarms that wake the levers', () => {
  const policy = aPolicy([
    { services: [aServiceInput(), aServiceInput({ name: 'portal' })], database: A_DATABASE },
    { name: 'second', services: [aServiceInput({ name: 'other', cluster: 'second' })] },
  ]);

  it('are those of the plan, in its order', () => {
    const { resources, notices } = wakeAlarms(policy, 'dev');
    expect(notices).toEqual([]);
    const names = alarmsAmong(resources).map(({ AlarmName }) => AlarmName);
    expect(names).toEqual(alarmPlan(policy, 'dev').map(({ name }) => name));
    expect(names).toHaveLength(5);
  });

  it('have every number of the plan where CloudWatch wants it', () => {
    const patient = aPolicy([
      { services: [aServiceInput()], levers: { ceiling: { sustained: { datapoints: 8, of: 10 } } } },
    ]);
    expect(alarmsAmong(wakeAlarms(patient, 'dev').resources)).toEqual([
      {
        AlarmName: 'fulcrum-dev-production/service/core-api/cpu',
        AlarmDescription: 'CPU of core-api above its target of 70 % for 8 of 10 minutes: wakes the ceiling lever',
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [
          { Name: 'ClusterName', Value: 'production' },
          { Name: 'ServiceName', Value: 'core-api' },
        ],
        Statistic: 'Average',
        Period: 60,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 70,
        EvaluationPeriods: 10,
        DatapointsToAlarm: 8,
        TreatMissingData: 'missing',
      },
    ]);
  });

  it('are told apart where their names differ in hyphens only', () => {
    const confusable = aPolicy([
      { name: 'a', services: [aServiceInput({ name: 'b-c', cluster: 'one' })] },
      { name: 'a-service', services: [aServiceInput({ name: 'b-c', cluster: 'two' })] },
      { name: 'a-service-b', services: [aServiceInput({ name: 'c', cluster: 'three' })] },
    ]);
    expect(Object.keys(wakeAlarms(confusable, 'dev').resources)).toHaveLength(3);
  });

  it('are as many as a stack has room for, and a word says what is left out', () => {
    const services = Array.from({ length: 280 }, (_, index) => aServiceInput({ name: `service-${index}` }));
    const { resources, notices } = wakeAlarms(aPolicy([{ services }]), 'dev');
    expect(Object.keys(resources)).toHaveLength(MOST_WAKE_ALARMS);
    expect(notices).toEqual([
      '20 of 280 alarms are left out, since a stack may have 500 resources: the regular look alone wakes the levers there',
    ]);
  });
});

describe('the alarms on Fulcrum itself', () => {
  const functions = ['tick', 'set-capacity-bounds'].map((key) => ({
    key,
    stem: key === 'tick' ? 'Tick' : 'SetBounds',
    functionName: `fulcrum-dev-${key}`,
    queueId: `${key === 'tick' ? 'Tick' : 'SetBounds'}DeadLetters`,
  }));
  const quiet = { stage: 'dev', tickMinutes: 1, notify: [] };

  it('watch the queue and the errors of each function, and that the tick goes on', () => {
    expect(alarmsAmong(selfAlarms(functions, quiet)).map(({ AlarmName }) => AlarmName)).toEqual([
      'Fulcrum dev: dead letters of tick',
      'Fulcrum dev: errors of tick',
      'Fulcrum dev: dead letters of set-capacity-bounds',
      'Fulcrum dev: errors of set-capacity-bounds',
      'Fulcrum dev: no successful tick',
    ]);
  });

  it('do not wake a lever', () => {
    for (const { AlarmName } of alarmsAmong(selfAlarms(functions, quiet))) {
      expect(AlarmName.startsWith(alarmPrefix('dev'))).toBe(false);
    }
  });

  it('ring at the first dead letter, and are content when a queue says nothing', () => {
    expect(selfAlarms(functions, quiet)['TickDeadLettersAlarm']).toMatchObject({
      Properties: {
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['TickDeadLetters', 'QueueName'] } }],
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      },
    });
  });

  it.each([
    { tickMinutes: 1, seconds: 300 },
    { tickMinutes: 5, seconds: 300 },
    { tickMinutes: 15, seconds: 900 },
  ])(
    'ring when three periods of $seconds s have no successful tick every $tickMinutes min',
    ({ tickMinutes, seconds }) => {
      expect(selfAlarms(functions, { ...quiet, tickMinutes })['NoSuccessfulTickAlarm']).toMatchObject({
        Properties: {
          Metrics: [{ MetricStat: { Period: seconds } }, { MetricStat: { Period: seconds } }, { ReturnData: true }],
          EvaluationPeriods: 3,
          TreatMissingData: 'breaching',
        },
      });
    },
  );

  it('ring when there was no successful forecast for three hours', () => {
    const forecast = {
      key: 'forecast',
      stem: 'Forecast',
      functionName: 'fulcrum-dev-forecast',
      queueId: 'ForecastDeadLetters',
    };
    expect(selfAlarms([forecast], quiet)['NoSuccessfulForecastAlarm']).toMatchObject({
      Properties: {
        AlarmName: 'Fulcrum dev: no successful forecast',
        AlarmDescription:
          'No run of the forecast has succeeded for 180 minutes: soon the forecasts are too old to act on',
        Metrics: [{ MetricStat: { Period: 3_600 } }, { MetricStat: { Period: 3_600 } }, { ReturnData: true }],
        EvaluationPeriods: 3,
        TreatMissingData: 'breaching',
      },
    });
    expect(selfAlarms(functions, quiet)).not.toHaveProperty('NoSuccessfulForecastAlarm');
  });

  it('tell nobody when nobody is named', () => {
    const resources = selfAlarms(functions, quiet);
    expect(Object.values(resources).map(({ Type }) => Type)).not.toContain('AWS::SNS::Topic');
    for (const alarm of alarmsAmong(resources)) expect(alarm).not.toHaveProperty('AlarmActions');
  });

  it('tell each address by e-mail, and again when it is over', () => {
    const resources = selfAlarms(functions, { ...quiet, notify: ['a@example.org', 'b@example.org'] });
    const topic = [{ Ref: 'TroubleTopic' }];
    for (const alarm of alarmsAmong(resources)) expect(alarm).toMatchObject({ AlarmActions: topic, OKActions: topic });
    expect(Object.values(resources).filter(({ Type }) => Type === 'AWS::SNS::Subscription')).toMatchObject([
      { Properties: { TopicArn: { Ref: 'TroubleTopic' }, Protocol: 'email', Endpoint: 'a@example.org' } },
      { Properties: { TopicArn: { Ref: 'TroubleTopic' }, Protocol: 'email', Endpoint: 'b@example.org' } },
    ]);
  });
});
