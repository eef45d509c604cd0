const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII, spaces and tabs, none of them at an end. Above 0x7e a byte means something else to every receiver. */
const VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 4096;

/** The connection's and the message's own: whoever sets them says something about the request that is not so. */
const FRAMING = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What the sender sets itself, what says who sent it, and what changes what a POST is. */
const RESERVED = new Set([
  'cf-connecting-ip',
  'content-encoding',
  'content-type',
  'cookie',
  'cookie2',
  'forwarded',
  'metadata',
  'metadata-flavor',
  'set-cookie',
  'true-client-ip',
  'user-agent',
  'via',
  'x-client-ip',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-real-ip',
]);
/** Standard Webhooks' own; signed calls of AWS and the token of its metadata service; what proxies say about the client. */
const RESERVED_PREFIXES = ['webhook-', 'x-amz-', 'x-amzn-', 'x-aws-', 'x-forwarded-'];

/**
 * What is wrong with a header that a tenant wants sent along, asked at registration. `authorization` and `x-api-key` are welcome.
 * The value is never in the answer.
 *
 * @example
 * headerFault('x-team', 'a\r\nhost: b'); // 'value must be visible ASCII ...'
 */
export function headerFault(name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) return `name "${lower}" is reserved`;
  return sentHeaderFault(name, value);
}

/** What would break the request; the sender's own headers pass. */
export function sentHeaderFault(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) return `name must be letters, digits and !#$%&'*+-.^_\`|~, got ${JSON.stringify(name.slice(0, LONGEST_NAME))}`;
  if (name.length > LONGEST_NAME) return `name must be at most ${LONGEST_NAME} characters, got ${name.length}`;
  if (FRAMING.has(name.toLowerCase())) return `name "${name.toLowerCase()}" is reserved`;
  if (value.length > LONGEST_VALUE) return `value must be at most ${LONGEST_VALUE} characters, got ${value.length}`;
  return VALUE.test(value) ? undefined : 'value must be visible ASCII with spaces and tabs only between, without line breaks';
}

/** The headers as they are sent, or what is wrong with the first that is wrong. */
export function sentHeaders(headers: Readonly<Record<string, string>>): { sent: Record<string, string>; fault?: string } {
  // A map: an object would lose the name __proto__, which is a good one.
  const sent = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const fault = sentHeaderFault(name, value) ?? (sent.has(lower) ? `name "${lower}" is there twice` : undefined);
    if (fault !== undefined) return { sent: {}, fault };
    sent.set(lower, value);
  }
  // Nothing is ever decoded, so nothing needs to be compressed.
  sent.set('accept-encoding', 'identity');
  return { sent: Object.fromEntries(sent) };
}
