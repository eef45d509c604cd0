/** What a receiver answered: of `plinth-runtime/safe-fetch`. */
export interface PostAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  /** The beginning of it. */
  readonly body: Buffer;
  readonly address: string;
  readonly latencyMs: number;
  /** The answer's `Date`, in milliseconds. */
  readonly date?: number;
}

export interface PostRequest {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Posts to an address that may be anything: of `plinth-runtime/safe-fetch`. What it throws says `failure` and perhaps `address`. */
export interface Poster {
  post(request: PostRequest): Promise<PostAnswer>;
}

/** What custom headers are sealed with besides the key that seals: they open for this endpoint only, and in no key's place. */
export const headersContext = (tenantId: string, endpointId: string): string => JSON.stringify([tenantId, endpointId, 'headers']);

/** What a key is sealed with besides the key that seals: it opens for this endpoint only. */
export const sealContext = (tenantId: string, endpointId: string): string => JSON.stringify([tenantId, endpointId]);
