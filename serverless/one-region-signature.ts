import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Stands in for the signatures over several regions at once, which the EventBridge client brings for global endpoints: the
 * bus stands in the region of the function, and the real one is 4 KB in every function that speaks to it.
 */
export class SignatureV4MultiRegion extends SignatureV4 {
  static sigv4aDependency(): 'none' {
    return 'none';
  }
}
