import { describe, expect, it } from '@jest/globals';
import type { Journal } from '../../functions/journal.ts';
import { lambda } from '../../functions/lambda.ts';
import { captureLog, LAMBDA_CONTEXT } from '../support/lambda-log.ts';

const lines = captureLog();

const parsed = (): readonly Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a Lambda', () => {
  it('is built once, at the first event, and again after a build that failed', async () => {
    let builds = 0;
    const handler = lambda(() => {
      builds += 1;
      if (builds === 1) throw new Error('environment variables are missing: FULCRUM_STAGE');
      return () => Promise.resolve(builds);
    });
    expect(builds).toBe(0);
    await expect(handler({}, LAMBDA_CONTEXT)).rejects.toThrow('FULCRUM_STAGE');
    expect(await handler({}, LAMBDA_CONTEXT)).toBe(2);
    expect(await handler({}, LAMBDA_CONTEXT)).toBe(2);
  });

  it('hands event, time left and request id on', async () => {
    const handler = lambda(
      () => (event, context) => Promise.resolve([event, context.getRemainingTimeInMillis(), context.awsRequestId]),
    );
    expect(await handler({ a: 1 }, LAMBDA_CONTEXT)).toEqual([{ a: 1 }, 60_000, 'request-1']);
  });

  it('tells each message as one line of JSON, with the request it belongs to and nothing of the event', async () => {
    const handler = lambda((journal: Journal) => () => {
      journal.tell('audit record', { fleet: 'production', sentence: 'first line\nsecond line' });
      journal.warn('odd', { why: 'a test' });
      return Promise.resolve('done');
    });
    await handler({ password: 'in the event' }, LAMBDA_CONTEXT);
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
    expect(parsed()).toMatchObject([
      {
        level: 'INFO',
        message: 'audit record',
        service: 'fulcrum',
        fleet: 'production',
        sentence: 'first line\nsecond line',
        function_request_id: 'request-1',
      },
      { level: 'WARN', message: 'odd', why: 'a test' },
    ]);
    expect(lines.join()).not.toContain('in the event');
  });

  it('logs no variable of its environment', async () => {
    const canary = 'canary-of-the-environment';
    process.env['AWS_SECRET_ACCESS_KEY'] = canary;
    try {
      const handler = lambda((journal: Journal) => () => {
        journal.tell('something', {});
        return Promise.reject(new Error('and then it failed'));
      });
      await expect(handler({}, LAMBDA_CONTEXT)).rejects.toThrow('and then it failed');
      expect(lines).not.toEqual([]);
      expect(lines.join()).not.toContain(canary);
    } finally {
      delete process.env['AWS_SECRET_ACCESS_KEY'];
    }
  });

  it('counts what happened as a metric, and writes none when nothing did', async () => {
    const counting = lambda((journal: Journal) => () => {
      journal.count('ChangesApplied', 2);
      journal.count('ChangesFailed', 0);
      return Promise.resolve('done');
    });
    await counting({}, LAMBDA_CONTEXT);
    const [metric, ...more] = parsed();
    expect(more).toEqual([]);
    expect(metric).toMatchObject({
      ChangesApplied: 2,
      _aws: { CloudWatchMetrics: [{ Namespace: 'Fulcrum', Metrics: [{ Name: 'ChangesApplied', Unit: 'Count' }] }] },
    });
    expect(metric).not.toHaveProperty('ChangesFailed');

    lines.length = 0;
    await lambda(() => () => Promise.resolve('nothing'))({}, LAMBDA_CONTEXT);
    expect(lines).toEqual([]);
  });

  it('counts for each invocation alone', async () => {
    const handler = lambda((journal: Journal) => (event) => {
      if (event === 'count') journal.count('ChangesOrdered', 1);
      return Promise.resolve('done');
    });
    await handler('count', LAMBDA_CONTEXT);
    await handler('count', LAMBDA_CONTEXT);
    expect(parsed().map((line) => line['ChangesOrdered'])).toEqual([1, 1]);
  });
});
