/** A call of a service for which this project has no client, as AWS JSON. The emulator does not check the signature. */
export async function awsCall(
  url: string,
  service: { readonly name: string; readonly target: string; readonly version: '1.0' | '1.1' },
  action: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/${service.name}/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': `application/x-amz-json-${service.version}`,
      'x-amz-target': `${service.target}.${action}`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service.name} ${action}: ${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

export const SQS = { name: 'sqs', target: 'AmazonSQS', version: '1.0' } as const;
