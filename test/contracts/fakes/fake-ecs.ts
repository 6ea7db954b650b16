import {
  ClusterNotFoundException,
  type Deployment,
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  ECSClient,
  InvalidParameterException,
  type Service,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { resourceIdOf, type ScalableTargetId } from '../../../shared/domain/capacity.ts';
import type { Services } from './fake-auto-scaling.ts';

export interface FakeEcs {
  readonly client: ECSClient;
  readonly services: Services;
  add(target: ScalableTargetId, desired: number): void;
  startDeployment(target: ScalableTargetId): void;
}

const SETTLED: Deployment = { status: 'PRIMARY', rolloutState: 'COMPLETED' };

/** DescribeServices with the rules of AWS. */
export function fakeEcs(): FakeEcs {
  const services = new Map<string, Service>();
  const client = new ECSClient({ region: 'eu-central-1' });
  mockClient(client)
    .on(DescribeServicesCommand)
    .callsFake(({ cluster = 'default', services: names = [] }: DescribeServicesCommandInput) => {
      if (cluster === 'nowhere') throw new ClusterNotFoundException({ message: 'Cluster not found.', $metadata: {} });
      if (names.length > 10 || new Set(names).size < names.length) {
        throw new InvalidParameterException({ message: 'services are at most 10, each once', $metadata: {} });
      }
      const found = names.map((name) => ({ name, service: services.get(`service/${cluster}/${name}`) }));
      return {
        // AWS does not keep the order of the question.
        services: found.flatMap(({ service }) => service ?? []).reverse(),
        failures: found.flatMap(({ name, service }) =>
          service === undefined
            ? [{ arn: `arn:aws:ecs:eu-central-1:123456789012:service/${cluster}/${name}`, reason: 'MISSING' }]
            : [],
        ),
      };
    });
  const change = (id: string, over: Partial<Service>): void => {
    services.set(id, { ...services.get(id), ...over });
  };
  return {
    client,
    add: (target, desired) => {
      change(resourceIdOf(target), {
        serviceName: target.service,
        status: 'ACTIVE',
        desiredCount: desired,
        runningCount: desired,
        pendingCount: 0,
        deployments: [SETTLED],
      });
    },
    startDeployment: (target) => {
      change(resourceIdOf(target), { deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }] });
    },
    services: {
      desiredOf: (id) => services.get(id)?.desiredCount,
      setDesired: (id, desiredCount) => {
        change(id, { desiredCount });
      },
    },
  };
}
