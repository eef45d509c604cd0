import { isInternal, isPlainConnection, nominations, withoutNominated } from './hop-by-hop';

/** What one pass over a request's raw headers tells. */
export interface RequestHead {
  /** Headers that reach the app as they came, flat: name, value, name, value. */
  readonly kept: string[];
  /** The declared length; `undefined` when none was declared. */
  readonly contentLength: number | undefined;
  readonly chunked: boolean;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly amznTraceId: string | undefined;
  readonly requestId: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly forwardedProto: string | undefined;
  readonly upgrade: string | undefined;
  readonly userAgent: string | undefined;
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** Why the message is refused, or nothing. */
  readonly fault: string | undefined;
}

const HOST = /^[A-Za-z0-9._:[\]-]+$/;
const LENGTH = /^\d{1,15}$/;

/** Reads a request's headers: what to forward, how it is framed, and whether it is ambiguous (then it is refused). */
export function readRequestHead(raw: readonly string[], httpVersion: string): RequestHead {
  const kept: string[] = [];
  let hosts = 0;
  let lengths = 0;
  let encodings = 0;
  let traceparents = 0;
  let fault: string | undefined;
  let nominated: string[] | undefined;
  let contentLength: number | undefined;
  let traceparent: string | undefined;
  let tracestate: string | undefined;
  let amznTraceId: string | undefined;
  let requestId: string | undefined;
  let forwardedFor: string | undefined;
  let forwardedProto: string | undefined;
  let upgrade: string | undefined;
  let userAgent: string | undefined;
  let authorization: string | undefined;
  let apiKey: string | undefined;

  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at].toLowerCase();
    const value = raw[at + 1];
    switch (name) {
      case 'host':
        hosts += 1;
        if (!HOST.test(value)) fault = 'the Host header must be a host and an optional port';
        break;
      case 'content-length':
        lengths += 1;
        contentLength = Number(value);
        if (!LENGTH.test(value)) fault = 'Content-Length must be digits';
        continue;
      case 'transfer-encoding':
        encodings += 1;
        if (value.toLowerCase() !== 'chunked') fault = 'Transfer-Encoding must be chunked';
        continue;
      case 'connection':
        if (!isPlainConnection(value)) nominated = [...(nominated ?? []), ...nominations(value)];
        continue;
      case 'upgrade':
        upgrade = value;
        continue;
      case 'traceparent':
        traceparents += 1;
        traceparent = traceparents === 1 ? value : undefined;
        continue;
      case 'tracestate':
        tracestate = joined(tracestate, value);
        continue;
      case 'x-request-id':
        requestId = value;
        continue;
      case 'x-forwarded-for':
        forwardedFor = joined(forwardedFor, value);
        continue;
      case 'x-forwarded-proto':
        forwardedProto = value;
        continue;
      case 'x-amzn-trace-id':
        amznTraceId = value;
        break;
      case 'authorization':
        authorization = joined(authorization, value);
        break;
      case 'x-api-key':
        apiKey = joined(apiKey, value);
        break;
      case 'user-agent':
        userAgent = value;
        break;
      case 'keep-alive':
      case 'proxy-connection':
      case 'proxy-authorization':
      case 'proxy-authenticate':
      case 'te':
      case 'trailer':
      case 'http2-settings':
      case 'expect':
        continue;
      default:
        if (isInternal(name)) continue;
    }
    kept.push(raw[at], value);
  }

  if (httpVersion !== '1.1' && httpVersion !== '1.0') fault = 'the version must be HTTP/1.1 or HTTP/1.0';
  if (hosts !== 1) fault = 'the request must have exactly one Host header';
  if (lengths > 1) fault = 'Content-Length must be given once';
  if (encodings > 1) fault = 'Transfer-Encoding must be given once';
  if (encodings > 0 && lengths > 0) fault = 'Content-Length and Transfer-Encoding exclude each other';
  if (encodings > 0 && httpVersion !== '1.1') fault = 'Transfer-Encoding needs HTTP/1.1';
  return {
    kept: nominated === undefined ? kept : withoutNominated(kept, nominated),
    contentLength,
    chunked: encodings > 0,
    traceparent,
    tracestate,
    amznTraceId,
    requestId,
    forwardedFor,
    forwardedProto,
    upgrade,
    userAgent,
    authorization,
    apiKey,
    fault,
  };
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
