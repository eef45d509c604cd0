import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Functions } from '../function/functions';
import { answerInvocation } from '../function/invocations';
import type { LocalKms } from './local-kms';
import type { SecretStore, StoredSecret } from './secret-store';

const SERVICE = 'secretsmanager.';
const KMS = 'TrentService.';
const VERSION = '00000000-0000-4000-8000-000000000001';
const CREATED_AT = Math.floor(Date.now() / 1_000);

/** The one endpoint of AWS on this machine: Secrets Manager as far as it is read, data keys of KMS, calls of the functions that run, and a refusal for every other call. */
export class AwsEndpoint {
  private readonly server: Server;

  constructor(
    private readonly secrets: SecretStore,
    private readonly kms: LocalKms,
    private readonly functions: Functions,
    private readonly tellRefused: (call: string) => void,
  ) {
    this.server = createServer((req, res) => void this.serve(req, res));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port: 0, host: '127.0.0.1' }, resolve);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => {
      this.server.close(resolve);
    });
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const target = String(req.headers['x-amz-target'] ?? `${req.method} ${req.url}`);
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    if (target === `${SERVICE}GetSecretValue` || target === `${SERVICE}DescribeSecret`) {
      this.answerSecret(target.slice(SERVICE.length), body, res);
      return;
    }
    if (target.startsWith(KMS) && this.answerKms(target.slice(KMS.length), body, res)) return;
    if (answerInvocation(this.functions, req, body, res)) return;
    this.tellRefused(target);
    fail(res, 'UnknownOperationException', `nothing local stands for ${target}`);
  }

  private answerKms(operation: string, body: string, res: ServerResponse): boolean {
    const answer = this.kms.answer(operation, JSON.parse(body));
    if (answer === undefined) return false;
    if (answer.error !== undefined) fail(res, answer.error, 'the key or the context is another');
    else succeed(res, answer.output);
    return true;
  }

  private answerSecret(operation: string, body: string, res: ServerResponse): void {
    const input: { readonly SecretId?: string; readonly VersionStage?: string } = JSON.parse(body);
    const secret = this.secrets.find(input.SecretId ?? '');
    const stage = input.VersionStage ?? 'AWSCURRENT';
    if (!secret) fail(res, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    else if (operation === 'DescribeSecret') succeed(res, described(secret));
    else if (secret.value === undefined || stage !== 'AWSCURRENT') {
      fail(res, 'ResourceNotFoundException', `Secrets Manager can't find the specified secret value for staging label: ${stage}`);
    } else succeed(res, valueOf(secret));
  }
}

function described({ arn, name, description, value }: StoredSecret) {
  const versions = value === undefined ? {} : { [VERSION]: ['AWSCURRENT'] };
  return { ARN: arn, Name: name, Description: description, VersionIdsToStages: versions, CreatedDate: CREATED_AT };
}

function valueOf({ arn, name, value }: StoredSecret) {
  return { ARN: arn, Name: name, VersionId: VERSION, SecretString: value, VersionStages: ['AWSCURRENT'], CreatedDate: CREATED_AT };
}

function succeed(res: ServerResponse, output: unknown): void {
  res.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output));
}

function fail(res: ServerResponse, type: string, message: string): void {
  res.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: type, Message: message, message }));
}
