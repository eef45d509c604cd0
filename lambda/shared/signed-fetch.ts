import { type Credentials, signedHeaders } from './signed-request';

export interface SignedCall {
  readonly service: 's3' | 'lambda' | 'kms';
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface AwsAccess {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
}

/**
 * Calls AWS with a signed request. The few calls of Lambda, S3 and KMS do not pay for clients of the SDK, which would take bundles over what they
 * may have.
 */
export async function signedFetch(
  call: SignedCall,
  { region, credentials, now = Date.now, fetch: send = fetch }: AwsAccess,
): Promise<Response> {
  const { service, method, url, headers, body, signal } = call;
  const request = { method, host: url.host, path: url.pathname, headers, body };
  const { host: _host, ...signed } = signedHeaders(request, service, region, await credentials(), new Date(now()));
  return send(url, { method, headers: signed, body, signal, redirect: 'error' });
}
