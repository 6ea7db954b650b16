import { afterEach, beforeEach, jest } from '@jest/globals';
import type { Context } from 'aws-lambda';

/** What Lambda hands to a function beside the event. */
export const LAMBDA_CONTEXT = {
  functionName: 'fulcrum-test-tick',
  functionVersion: '7',
  awsRequestId: 'request-1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:fulcrum-test-tick',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

/** The lines that a test writes to its log; empty again before each test. */
export function captureLog(): string[] {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    // The logger writes past `console`, as it does in Lambda.
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        lines.push(...String(text).split('\n').filter(Boolean));
        return true;
      });
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return lines;
}
