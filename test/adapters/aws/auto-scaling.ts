import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { beforeEach } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { AwsCapacityReader } from '../../../shared/adapters/aws/capacity-reader.ts';
import { ManualClock } from '../../../shared/adapters/memory/manual-clock.ts';
import { resourceIdOf } from '../../../shared/domain/capacity.ts';
import { CORE_API, NOON } from '../../contracts/samples.ts';

/** Application Auto Scaling without answers, anew for each test, and a reader that asks it at noon. */
export function readerOfAutoScaling() {
  const client = new ApplicationAutoScalingClient({ region: 'eu-central-1' });
  const autoScaling = mockClient(client);
  beforeEach(() => {
    autoScaling.reset();
  });
  const ecs = new ECSClient({ region: 'eu-central-1' });
  return { autoScaling, reader: new AwsCapacityReader({ ecs, autoScaling: client }, new ManualClock(NOON)) };
}

/** `CORE_API`, as Application Auto Scaling names it. */
export const RESOURCE_ID = resourceIdOf(CORE_API);
