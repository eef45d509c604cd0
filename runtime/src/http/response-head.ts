import { isInternal, isPlainConnection, nominations, withoutNominated } from './hop-by-hop';

const TIMEOUT = /^timeout=\d{1,9}(?:,|$)/;

/** What one pass over an app's response headers tells. */
export interface ResponseHead {
  /** Headers that reach the client, flat: name, value, name, value. */
  readonly kept: string[];
  /** The declared length; `undefined` when none was declared. */
  readonly contentLength: number | undefined;
  readonly isEventStream: boolean;
  /** After how many idle seconds the app closes the connection, where it says so. */
  readonly keepAliveSeconds: number | undefined;
}

/** Reads the app's response headers: hop-by-hop and internal ones stay behind, and so does its own x-request-id. */
export function readResponseHead(raw: readonly string[]): ResponseHead {
  const kept: string[] = [];
  let contentLength: number | undefined;
  let isEventStream = false;
  let nominated: string[] | undefined;
  let keepAliveSeconds: number | undefined;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at].toLowerCase();
    const value = raw[at + 1];
    switch (name) {
      case 'connection':
        if (!isPlainConnection(value)) nominated = [...(nominated ?? []), ...nominations(value)];
        continue;
      case 'keep-alive':
        if (TIMEOUT.test(value)) keepAliveSeconds = Number.parseInt(value.slice('timeout='.length), 10);
        continue;
      case 'proxy-connection':
      case 'proxy-authenticate':
      case 'te':
      case 'trailer':
      case 'transfer-encoding':
      case 'upgrade':
      case 'x-request-id':
        continue;
      case 'content-length':
        contentLength = Number(value);
        break;
      case 'content-type':
        isEventStream = value.startsWith('text/event-stream');
        break;
      default:
        if (isInternal(name)) continue;
    }
    kept.push(raw[at], value);
  }
  return { kept: nominated === undefined ? kept : withoutNominated(kept, nominated), contentLength, isEventStream, keepAliveSeconds };
}
