import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  detailOf,
  failureWhile,
  isDenied,
  isFromAws,
  isThrottled,
  isTransient,
  plainText,
  unseenBecause,
} from '../../../shared/adapters/aws/errors.ts';
import { TransientError } from '../../../shared/domain/errors.ts';
import { awsError, BUG, networkError, PERMANENT, TRANSIENT } from './faults.ts';

describe('errors of AWS', () => {
  it.each(TRANSIENT)('%s may pass', (_name, error) => {
    expect({ transient: isTransient(error), denied: isDenied(error), aws: isFromAws(error) }).toEqual({
      transient: true,
      denied: false,
      aws: true,
    });
  });

  it.each(PERMANENT)('%s does not pass by itself', (_name, error) => {
    expect({ transient: isTransient(error), aws: isFromAws(error) }).toEqual({ transient: false, aws: true });
  });

  it.each([
    ['a bug', BUG],
    ['a file that is missing', Object.assign(new Error('no such file'), { code: 'ENOENT' })],
    ['what is no error', 'text'],
    ['nothing', undefined],
  ])('%s is not from AWS', (_name, error) => {
    expect({ transient: isTransient(error), denied: isDenied(error), aws: isFromAws(error) }).toEqual({
      transient: false,
      denied: false,
      aws: false,
    });
    expect(isThrottled(error)).toBe(false);
  });

  it.each([
    'AccessDeniedException',
    'AccessDenied',
    'UnauthorizedOperation',
    'UnrecognizedClientException',
    'FailedResourceAccessException',
  ])('%s is a denial', (name) => {
    expect(isDenied(awsError(name, 400))).toBe(true);
  });

  it('tells throttling apart', () => {
    expect(isThrottled(awsError('ThrottlingException', 400))).toBe(true);
    expect(isThrottled(awsError('Unheard', 429))).toBe(true);
    expect(isThrottled(awsError('InternalServerError', 500))).toBe(false);
    expect(isThrottled(networkError('ECONNRESET'))).toBe(false);
  });
});

describe('the detail of an error', () => {
  it('is name and message on one line', () => {
    expect(detailOf(awsError('ValidationException', 400, 'first\r\n\tsecond\u2028third\u0000'))).toBe(
      'ValidationException: first second third',
    );
    expect(detailOf(awsError('ValidationException', 400, ''))).toBe('ValidationException');
    expect(detailOf('text')).toBe('unknown error');
  });

  it('has at most 300 characters', () => {
    expect(detailOf(awsError('E', 400, 'word '.repeat(200)))).toHaveLength(300);
    // The cut goes through the middle of a character.
    expect(detailOf(awsError('E', 400, '\ud83d\ude80'.repeat(200)))).toBe(`E: ${'\ud83d\ude80'.repeat(148)}\ufffd`);
  });

  it('keeps who was refused what', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/fulcrum-prod-tick-eu-central-1-lambdaRole/fulcrum-prod-tick is not ' +
      'authorized to perform: application-autoscaling:RegisterScalableTarget on resource: ' +
      'arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/*';
    expect(detailOf(awsError('AccessDeniedException', 400, message))).toBe(
      `AccessDeniedException: ${message}`.slice(0, 300),
    );
  });

  it.each([
    ['an access key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['a temporary access key id', 'ASIAIOSFODNN7EXAMPLE'],
    ['a secret access key', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['a session token', `IQoJb3JpZ2luX2VjEJr${'aZ0+/'.repeat(30)}==`],
    ['an encoded message', `6z${'Qw-_3'.repeat(40)}`],
    ['a web token', `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxIn0'.repeat(8)}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`],
  ])('does not repeat %s', (_what, secret) => {
    const detail = detailOf(awsError('ValidationException', 400, `before ${secret} after`));
    expect(detail).toBe('ValidationException: before [removed] after');
  });

  it('says nothing of a refused signature, whose message quotes the request', () => {
    const message = 'The Canonical String should have been: x-amz-security-token:IQoJ';
    for (const name of ['InvalidSignatureException', 'SignatureDoesNotMatch', 'UnrecognizedClientException']) {
      expect(detailOf(awsError(name, 403, message))).toBe(name);
    }
  });

  it('law: is always one well-formed line of bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
        const detail = plainText(text);
        expect(detail.length).toBeLessThanOrEqual(300);
        expect(detail).not.toMatch(/\p{Cc}/u);
        expect(detail.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('what becomes of an error', () => {
  it('a reader answers unseen, and hides no bug', () => {
    expect(unseenBecause(awsError('AccessDeniedException', 400, 'no'))).toEqual({
      kind: 'unseen',
      because: { code: 'unreadable', detail: 'AccessDeniedException: no' },
    });
    expect(() => unseenBecause(BUG)).toThrow(BUG);
  });

  it('a writer throws what may pass as a TransientError with its cause', () => {
    const cause = awsError('ThrottlingException', 400, 'Rate exceeded');
    const thrown = failureWhile('writing', cause);
    expect(thrown).toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({ message: 'writing: ThrottlingException: Rate exceeded', cause });
  });

  it('and the rest as an error that says what was being done', () => {
    const cause = awsError('ResourceNotFoundException', 400, 'no such table');
    const thrown = failureWhile('writing', cause);
    expect(thrown).not.toBeInstanceOf(TransientError);
    expect(thrown).toMatchObject({ message: 'writing: ResourceNotFoundException: no such table', cause });
    expect(failureWhile('writing', BUG)).toBe(BUG);
  });
});
