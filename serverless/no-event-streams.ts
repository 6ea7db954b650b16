/**
 * Stands in for the event streams of the SDK in every bundle. The SDK loads them only for calls that stream events
 * (Amazon Kinesis, Transcribe, Bedrock): none of ours do, and they are 15 KB a function.
 */
throw new Error('bundled without event streams: serverless/bundling.ts leaves them out');

export {};
