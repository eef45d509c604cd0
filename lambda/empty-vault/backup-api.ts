import { type Call, type Credentials, queryOf, signedHeaders } from '../shared/signed-request';

export type Send = (url: string, init: { method: string; headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;

export interface BackupApiOptions {
  readonly region: string;
  readonly credentials: Credentials;
  readonly send: Send;
  readonly now: () => Date;
}

const TIMEOUT_MS = 10_000;

/** AWS Backup refused a call; `name` is its code. */
export class BackupFault extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The calls of AWS Backup, signed by hand: three of them, for which its client would be as large as the rest of the bundle. */
export class BackupApi {
  /** With what Lambda gives a function; none of it changes while the process lives. */
  static fromEnvironment(environment: NodeJS.ProcessEnv): BackupApi {
    const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = environment;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
    return new BackupApi({ region, credentials, send: fetch, now: () => new Date() });
  }

  private readonly host: string;

  constructor(private readonly options: BackupApiOptions) {
    this.host = `backup.${options.region}.amazonaws.com${options.region.startsWith('cn-') ? '.cn' : ''}`;
  }

  async call(method: Call['method'], path: string, query: Call['query'] = {}): Promise<unknown> {
    const { region, credentials, send, now } = this.options;
    const call = { method, host: this.host, path, query };
    const response = await send(`https://${this.host}${path}${Object.keys(query).length > 0 ? `?${queryOf(call)}` : ''}`, {
      method,
      headers: signedHeaders(call, 'backup', region, credentials, now()),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await response.text();
    if (response.ok) return body === '' ? {} : JSON.parse(body);
    const [code = ''] = (response.headers.get('x-amzn-errortype') ?? `Status${response.status}`).split(':');
    throw new BackupFault(code, `${method} ${path}: ${body.slice(0, 300)}`);
  }
}
