/**
 * Stands in for the class of SHA-256 in JavaScript in every bundle, which the SDK takes where Node.js was built without
 * OpenSSL. That of Lambda was not; the real one is 3 KB.
 */
export function Sha256Js(): never {
  throw new Error('bundled without SHA-256 in JavaScript: serverless/bundling.ts leaves it out');
}
