/** An error as the SDK throws it for an answer of AWS. */
export function awsError(name: string, status: number, message = `${name} happened`): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status },
  });
}

/** An error as Node.js gives it for a fault on the way. */
export function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:443`), { code });
}

/** What may pass: one of each kind, of AWS and of the way to it. */
export const TRANSIENT: readonly (readonly [name: string, error: Error])[] = [
  ['ThrottlingException', awsError('ThrottlingException', 400)],
  ['TooManyRequestsException', awsError('TooManyRequestsException', 429)],
  ['RequestLimitExceeded', awsError('RequestLimitExceeded', 400)],
  ['ProvisionedThroughputExceededException', awsError('ProvisionedThroughputExceededException', 400)],
  ['ConcurrentUpdateException', awsError('ConcurrentUpdateException', 400)],
  ['InternalServiceException', awsError('InternalServiceException', 500)],
  ['InternalServiceFault', awsError('InternalServiceFault', 500)],
  ['InternalServerError', awsError('InternalServerError', 500)],
  ['ServerException', awsError('ServerException', 500)],
  ['an unknown name with status 503', awsError('Unknown', 503)],
  ['an unknown name with status 429', awsError('SlowDown', 429)],
  [
    'an answer that is no JSON',
    Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode: 502 } }),
  ],
  ['TimeoutError', Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })],
  ['ExpiredTokenException', awsError('ExpiredTokenException', 403)],
  ['ECONNRESET', networkError('ECONNRESET')],
  ['ECONNREFUSED', networkError('ECONNREFUSED')],
  ['ETIMEDOUT', networkError('ETIMEDOUT')],
  ['ENOTFOUND', networkError('ENOTFOUND')],
  ['EAI_AGAIN', networkError('EAI_AGAIN')],
];

/** What stays as it is until somebody changes something. */
export const PERMANENT: readonly (readonly [name: string, error: Error])[] = [
  ['AccessDeniedException', awsError('AccessDeniedException', 400)],
  ['ValidationException', awsError('ValidationException', 400)],
  ['ResourceNotFoundException', awsError('ResourceNotFoundException', 400)],
  ['LimitExceededException', awsError('LimitExceededException', 400)],
  ['InvalidSignatureException', awsError('InvalidSignatureException', 403)],
  [
    'CredentialsProviderError',
    Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }),
  ],
];

/** A bug of ours: nobody may take it for news of the world. */
export const BUG = new TypeError("Cannot read properties of undefined (reading 'x')");
