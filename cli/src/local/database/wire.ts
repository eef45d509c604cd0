/** One message of a client: the first of a connection has no type. */
export interface ClientMessage {
  /** A letter of the protocol; `startup` of the first. */
  readonly type: string;
  /** The whole message as it goes to the server. */
  readonly bytes: Buffer;
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;

/** Cuts what a client sends into messages of PostgreSQL's protocol, version 3. */
export class MessageReader {
  private rest: Buffer = Buffer.alloc(0);
  private started = false;

  /** The messages that are whole by now. */
  *push(chunk: Buffer): Generator<ClientMessage> {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (let message = this.next(); message; message = this.next()) yield message;
  }

  private next(): ClientMessage | undefined {
    const typed = this.started ? 1 : 0;
    if (this.rest.length < typed + 4) return undefined;
    const length = this.rest.readInt32BE(typed) + typed;
    if (this.rest.length < length) return undefined;
    const bytes = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    if (this.started) return { type: String.fromCharCode(bytes[0]), bytes };
    const code = bytes.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { type: 'encryption', bytes };
    if (code === CANCEL_REQUEST) return { type: 'cancel', bytes };
    this.started = true;
    return { type: 'startup', bytes };
  }
}

/** The parameters of a startup message. */
export function startupParameters({ bytes }: ClientMessage): ReadonlyMap<string, string> {
  const texts = bytes.subarray(8).toString().split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < texts.length && texts[at] !== ''; at += 2) parameters.set(texts[at], texts[at + 1]);
  return parameters;
}

/** A message of the server's. */
export function serverMessage(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Text as the protocol has it: a zero ends it. */
export function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** A simple query. */
export function queryMessage(sql: string): Buffer {
  return serverMessage('Q', text(sql));
}

/** The error that ends a connection. */
export function fatal(code: string, message: string): Buffer {
  return serverMessage('E', text('SFATAL'), text('VFATAL'), text(`C${code}`), text(`M${message}`), Buffer.from([0]));
}

/** What a message says of SQL, if it does: a simple query, or one to prepare. */
export function sqlOf({ type, bytes }: ClientMessage): string | undefined {
  if (type !== 'Q' && type !== 'P') return undefined;
  const texts = bytes.subarray(5).toString().split('\0');
  return texts[type === 'Q' ? 0 : 1];
}

/** The same message with the name of its prepared statement, if it has one, begun by a prefix: sessions share one list of names. */
export function withPrefix(message: ClientMessage, prefix: string): Buffer {
  const { type, bytes } = message;
  const at = nameAt(message);
  if (at === undefined || bytes[at] === 0) return bytes;
  return serverMessage(type, bytes.subarray(5, at), Buffer.from(prefix), bytes.subarray(at));
}

/** Where the name of a prepared statement stands. */
function nameAt({ type, bytes }: ClientMessage): number | undefined {
  if (type === 'P') return 5;
  // After the portal's name.
  if (type === 'B') return bytes.indexOf(0, 5) + 1;
  if ((type === 'D' || type === 'C') && bytes[5] === 'S'.charCodeAt(0)) return 6;
  return undefined;
}
