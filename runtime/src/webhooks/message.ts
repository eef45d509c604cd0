/** Something that happened, to be told to whoever asked for it. Times are epoch milliseconds, but for `ttl`. */
export interface Message {
  /** `msg_...`: the `webhook-id` of every attempt of every delivery of it. */
  readonly id: string;
  readonly tenantId: string;
  /** Such as `document.completed`. */
  readonly type: string;
  /** The body as it is posted, byte for byte; absent once it was purged, or was found to be for nobody. */
  readonly body?: string;
  /** One receiver, whatever it subscribed to: a job's `webhook_url`, a ping. */
  readonly target?: { readonly endpointId: string; readonly url: string };
  readonly state: 'accepted' | 'fanned-out';
  readonly createdAt: number;
  /** When the sweeper should look whether it was fanned out; absent when it was. */
  readonly dueAt?: number;
  /** Epoch seconds: how long the body is kept. */
  readonly ttl: number;
  readonly revision: string;
}

/** The largest body, in bytes. */
export const MAX_BODY_BYTES = 256 * 1024;
