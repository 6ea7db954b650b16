/**
 * What AWS said, and what is to be done: a person at a terminal is not helped by what the SDK calls it.
 *
 * @param action that the credentials have to be allowed: `dynamodb:Query`
 */
export function withRemedy(complaint: string, action: string): string {
  if (complaint.includes('CredentialsProviderError')) {
    return 'no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  }
  if (/ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(complaint)) {
    return `${complaint}; log in again`;
  }
  if (/AccessDenied|Forbidden|not authorized/i.test(complaint)) {
    return `${complaint}; the credentials must be allowed to call ${action}`;
  }
  if (complaint.includes('ResourceNotFound')) {
    return `${complaint}; is that the name, and the region where it is?`;
  }
  return `${complaint}; try again later`;
}
