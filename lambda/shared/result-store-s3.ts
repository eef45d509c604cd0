import { createHash } from 'node:crypto';
import type { ResultStore } from 'plinth-runtime/jobs';
import { type AwsAccess, signedFetch } from './signed-fetch';

const CALL_TIMEOUT_MS = 30_000;
const REFERENCE = /^results\/[0-9a-f]{16}\/job_[0-9A-Z]{26}\/[A-Za-z0-9_-]{22}\.json$/;

/** Large results in a bucket, an object an attempt, below a prefix of its own for each tenant. */
export class S3ResultStore implements ResultStore {
  private readonly base: URL;

  /** @param endpoint where S3 is emulated; the bucket's own address else */
  constructor(
    bucket: string,
    private readonly access: AwsAccess,
    endpoint?: string,
  ) {
    this.base = new URL(
      endpoint === undefined ? `https://${bucket}.s3.${access.region}.amazonaws.com/` : `${endpoint.replace(/\/$/, '')}/${bucket}/`,
    );
  }

  async write({ tenantId, jobId, token }: { tenantId: string; jobId: string; token: string }, json: string): Promise<string> {
    const prefix = createHash('sha256').update(tenantId).digest('hex').slice(0, 16);
    const reference = `results/${prefix}/${jobId}/${token}.json`;
    const headers = { 'content-type': 'application/json' };
    const response = await this.call('PUT', reference, headers, json);
    if (!response.ok) throw new Error(`S3: writing a result must answer 200, got ${response.status}`);
    return reference;
  }

  async read(reference: string): Promise<string | undefined> {
    if (!REFERENCE.test(reference)) return undefined;
    const response = await this.call('GET', reference);
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`S3: reading a result must answer 200 or 404, got ${response.status}`);
    return response.text();
  }

  private call(method: 'GET' | 'PUT', reference: string, headers?: Record<string, string>, body?: string): Promise<Response> {
    const url = new URL(reference, this.base);
    return signedFetch({ service: 's3', method, url, headers, body, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) }, this.access);
  }
}
