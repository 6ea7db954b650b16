/**
 * Stands in for the cache of discovered endpoints in every bundle. The DynamoDB client makes one, and none of its commands
 * discovers endpoints; the real one brings two libraries and 8 KB.
 */
export class EndpointCache {
  getEndpoint(): never {
    throw new Error('bundled without endpoint discovery: serverless/bundling.ts leaves it out');
  }
}
