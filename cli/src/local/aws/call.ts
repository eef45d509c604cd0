import { LocalFailure } from '../failure';

/** What an emulator finds where a signature would be; it looks at the form and the region, no more. */
const authorization = (region: string): string =>
  `AWS4-HMAC-SHA256 Credential=local/20000101/${region}/local/aws4_request, SignedHeaders=host, Signature=0`;

/** A call that an emulator refused. */
export class CallRefused extends LocalFailure {
  constructor(
    target: string,
    /** The name of the error, such as `ResourceInUseException`. */
    readonly type: string,
    message: string,
  ) {
    super(`${target} must be taken by the local emulator, got ${type}: ${message}; see the limits in docs/local.md`);
  }
}

/** Calls an operation of a service that speaks JSON, such as `AmazonSQS.ReceiveMessage`. */
export async function call<Output>(
  { url, region }: { readonly url: string; readonly region: string },
  target: string,
  input: object,
  signal?: AbortSignal,
): Promise<Output> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20000101T000000Z',
      authorization: authorization(region),
    },
    body: JSON.stringify(input),
    signal,
  });
  const output = JSON.parse((await response.text()) || '{}') as { readonly __type?: string; readonly message?: string };
  if (!response.ok) throw new CallRefused(target, (output.__type ?? '').replace(/^.*#/, ''), output.message ?? `status ${response.status}`);
  return output as Output;
}
