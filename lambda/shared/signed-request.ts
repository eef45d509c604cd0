import { createHash, createHmac } from 'node:crypto';

/** What a call of AWS is signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Call {
  readonly method: 'GET' | 'DELETE' | 'POST' | 'PUT';
  readonly host: string;
  /** With its segments encoded already. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  /** Signed besides the host and the time; names in lower case. */
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The query as it is signed and sent: encoded, in the order of its names. */
export function queryOf({ query = {} }: Call): string {
  return Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
}

/** The headers of a call under Signature Version 4. Every service but S3 signs the path encoded once more than it is sent. */
export function signedHeaders(call: Call, service: string, region: string, credentials: Credentials, now: Date): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const { sessionToken } = credentials;
  const bodyHash = sha256(call.body ?? '');
  const headers: Record<string, string> = {
    ...call.headers,
    host: call.host,
    ...(service === 's3' && { 'x-amz-content-sha256': bodyHash }),
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`);
  const path = service === 's3' ? call.path : call.path.split('/').map(encode).join('/');
  const canonical = [call.method, path, queryOf(call), lines.join(''), names, bodyHash].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}
