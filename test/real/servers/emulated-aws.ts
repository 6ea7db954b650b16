import { type Emulator, startEmulator } from '../../../scripts/emulator.ts';
import { type AwsClients, awsClients } from '../../../shared/adapters/aws/clients.ts';
import './no-time-limits.ts';

export interface EmulatedAws {
  readonly emulator: Emulator;
  readonly clients: AwsClients;
  stop(): Promise<void>;
}

/** The emulator, and the clients of a region that speak to it. */
export async function startEmulatedAws(region: string): Promise<EmulatedAws> {
  const emulator = await startEmulator();
  pointSdkAt(emulator.url);
  const clients = awsClients(region);
  return {
    emulator,
    clients,
    stop: async () => {
      destroyAll(clients);
      await emulator.stop();
    },
  };
}

/** As a deployed function is pointed at an emulator: through the environment alone, which is the test file's own copy. */
export function pointSdkAt(url: string, accessKey = 'test'): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: 'test',
    // The emulator does not unpack the large PutMetricData calls that the SDK would compress.
    AWS_DISABLE_REQUEST_COMPRESSION: 'true',
  });
}

/** Clients of the SDK, by any names. */
export function destroyAll(clients: object): void {
  for (const client of Object.values(clients) as readonly { destroy(): void }[]) client.destroy();
}
