import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../../serverless/bundling.ts';
import { aPolicy } from '../support/builders/policy.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = await mkdtemp(join(tmpdir(), 'fulcrum-bundling-'));
afterAll(() => rm(folder, { recursive: true }));

const NAME = `so-called "weekend", Mum's and \\backslash\u2028 “days”`;
const policy = aPolicy([
  { freezes: [{ name: NAME, cron: '0 16 * * 5', durationMinutes: 60, timeZone: 'Europe/Berlin' }] },
]);

const bundled = async (source: string, name = 'entry'): Promise<string> => {
  const entry = join(folder, `${name}.ts`);
  const out = join(folder, `${name}.mjs`);
  await writeFile(entry, source.replaceAll('ROOT', ROOT));
  await bundleFunction(entry, out, policy);
  return readFile(out, 'utf8');
};

describe('a bundle', () => {
  it('holds the policy as one string, to be parsed at the start', async () => {
    const text = await bundled(`export { packagedPolicy } from 'ROOT/functions/packaged-policy.ts';`);
    expect(text.includes('was not packaged')).toBe(false);
    expect(/JSON\.parse\((['"`])(.*?)\1\)/s.exec(text)?.[2]).toContain('so-called');
    const { packagedPolicy } = (await import(join(folder, 'entry.mjs'))) as { packagedPolicy: () => unknown };
    expect(packagedPolicy()).toEqual(policy);
  });

  it('takes credentials from the environment and knows no other source', async () => {
    const text = await bundled(
      `import { ecsClient } from 'ROOT/shared/adapters/aws/clients.ts'; export const client = ecsClient('eu-central-1');`,
    );
    const words = ['AWS_SESSION_TOKEN', 'sso_session', 'credential_process', 'web_identity_token_file'];
    expect(words.filter((word) => text.includes(word))).toEqual(['AWS_SESSION_TOKEN']);
  });

  it('signs what it sends to the bus for its own region, and knows no other way', async () => {
    const text = await bundled(
      `import { eventBridgeClient } from 'ROOT/shared/adapters/aws/clients.ts';
       import { EventBridgeBus } from 'ROOT/shared/adapters/aws/event-bus.ts';
       export const send = () => new EventBridgeBus(eventBridgeClient('eu-central-1'), 'fulcrum').handOver(['production'], 'a test');`,
      'bus',
    );
    expect(text).not.toContain('signature-v4-crt');
    // The first of the constants of SHA-256, which only one written in JavaScript needs.
    expect(text).not.toMatch(/1116352408|0x428a2f98/);
    expect(text).toContain('bundled without SHA-256 in JavaScript');
    const signatures: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      signatures.push(request.headers.authorization);
      response
        .setHeader('content-type', 'application/x-amz-json-1.1')
        .end('{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    const { send } = (await import(join(folder, 'bus.mjs'))) as { send: () => Promise<unknown> };
    await send();
    server.closeAllConnections();
    server.close();
    expect(signatures).toEqual([
      expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/events\/aws4_request, /),
    ]);
  });

  it('is refused when it would carry the parser of YAML', async () => {
    await expect(bundled(`export { loadPolicy } from 'ROOT/shared/config/load.ts';`)).rejects.toThrow(
      /yaml-source\.ts brings the YAML parser into a function: take the policy from packagedPolicy\(\)/,
    );
  });

  it('of an action knows no client of Amazon ECS nor of EventBridge', async () => {
    const text = await bundled(`export { handler } from 'ROOT/functions/actions/set-capacity-bounds.ts';`);
    const services = ['AmazonEC2ContainerService', 'AnyScaleFrontendService', 'AWSEvents'];
    expect(services.filter((service) => text.includes(service))).toEqual(['AnyScaleFrontendService']);
  });
});
