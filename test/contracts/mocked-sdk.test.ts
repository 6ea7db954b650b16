import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsCapacityReader } from '../../shared/adapters/aws/capacity-reader.ts';
import { AwsCapacityWriter } from '../../shared/adapters/aws/capacity-writer.ts';
import { EventBridgeBus } from '../../shared/adapters/aws/event-bus.ts';
import { AwsMetricReader } from '../../shared/adapters/aws/metric-reader.ts';
import { scalableTarget } from '../../shared/adapters/aws/scalable-target.ts';
import { ManualClock } from '../../shared/adapters/memory/manual-clock.ts';
import { type CapacitySubject, describeCapacityContract } from './capacity.contract.ts';
import { describeEventBusContract, type EventBusSubject, type Received } from './event-bus.contract.ts';
import { fakeAutoScaling } from './fakes/fake-auto-scaling.ts';
import { fakeCloudWatch } from './fakes/fake-cloudwatch.ts';
import { fakeEcs } from './fakes/fake-ecs.ts';
import { describeMetricReaderContract, type MetricReaderSubject } from './metric-reader.contract.ts';
import { NOON } from './samples.ts';
import { nothingToClose } from './subject.ts';

describeCapacityContract('mocked SDK', (): Promise<CapacitySubject> => {
  const done = Promise.resolve();
  const ecs = fakeEcs();
  const autoScaling = fakeAutoScaling(ecs.services);
  return Promise.resolve({
    port: {
      reader: new AwsCapacityReader({ ecs: ecs.client, autoScaling: autoScaling.client }, new ManualClock(NOON)),
      writer: new AwsCapacityWriter(autoScaling.client),
    },
    close: nothingToClose,
    addService: (target, desired) => {
      ecs.add(target, desired);
      return done;
    },
    startDeployment: (target) => {
      ecs.startDeployment(target);
      return done;
    },
    suspendScaling: async (target) => {
      const SuspendedState = {
        DynamicScalingInSuspended: true,
        DynamicScalingOutSuspended: true,
        ScheduledScalingSuspended: true,
      };
      await autoScaling.client.send(new RegisterScalableTargetCommand({ ...scalableTarget(target), SuspendedState }));
    },
    addThingsOfOthers: async (target, { policy, action }) => {
      await autoScaling.client.send(
        new PutScalingPolicyCommand({ ...scalableTarget(target), PolicyName: policy, PolicyType: 'StepScaling' }),
      );
      await autoScaling.client.send(
        new PutScheduledActionCommand({
          ...scalableTarget(target),
          ScheduledActionName: action,
          Schedule: 'cron(0 2 * * ? *)',
          ScalableTargetAction: { MinCapacity: 1 },
        }),
      );
    },
    wantMoreThanMax: (target, at) => {
      autoScaling.addActivity({
        ...scalableTarget(target),
        ActivityId: String(at),
        Description: '',
        Cause: '',
        StartTime: new Date(at),
        StatusCode: 'Unfulfilled',
        NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity' }],
      });
      return done;
    },
  });
});

describeMetricReaderContract('mocked SDK', (): Promise<MetricReaderSubject> => {
  const cloudWatch = fakeCloudWatch();
  return Promise.resolve({
    port: new AwsMetricReader(cloudWatch.client),
    close: nothingToClose,
    now: NOON,
    publish: ({ namespace, metric, dimensions }, points) => {
      cloudWatch.publish(namespace, metric, dimensions, points);
      return Promise.resolve();
    },
  });
});

describeEventBusContract('mocked SDK', (): Promise<EventBusSubject> => {
  const received: Received[] = [];
  const client = new EventBridgeClient({ region: 'eu-central-1' });
  mockClient(client)
    .on(PutEventsCommand)
    .callsFake(({ Entries = [] }: PutEventsCommandInput) => {
      if (Entries.length === 0 || Entries.length > 10) throw new Error(`${Entries.length} entries`);
      received.push(
        ...Entries.map(({ DetailType = '', Detail = '' }) => ({
          type: DetailType,
          detail: JSON.parse(Detail) as unknown,
        })),
      );
      return { FailedEntryCount: 0, Entries: Entries.map((_, index) => ({ EventId: String(index) })) };
    });
  return Promise.resolve({
    port: new EventBridgeBus(client, 'fulcrum'),
    close: nothingToClose,
    received: () => Promise.resolve(received),
  });
});
