import { gunzipSync } from 'node:zlib';

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Lines of one stream, as a subscription delivers them. */
export interface SubscriptionMessage {
  readonly messageType: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logEvents: readonly LogEvent[];
}

/** Unpacks what CloudWatch Logs sends: JSON, gzipped, in base64. */
export function decodeMessage(data: string): SubscriptionMessage {
  const message: SubscriptionMessage = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8'));
  return message;
}
