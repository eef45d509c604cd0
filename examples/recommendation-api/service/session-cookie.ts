import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SessionKeys {
  readonly current: string;
  /** Still accepted while the current one replaces it. */
  readonly previous?: string;
}

const NAME = '__Host-session';
const DAY_SECONDS = 86_400;
const VALUE = /^([\w-]{43})\.([\w-]{43})$/;

/** The cookie that holds a session's id, signed: one that was made up is refused without a question to the store. */
export class SessionCookie {
  constructor(private readonly keys: SessionKeys) {}

  /** What a client is given for an id. */
  value(id: string): string {
    return `${id}.${signature(id, this.keys.current)}`;
  }

  /** The id of a Cookie header; nothing where there is none that we signed. */
  idOf(header: string | undefined): string | undefined {
    for (const pair of (header ?? '').split(';')) {
      const [name, value = ''] = pair.trim().split('=', 2);
      const parts = name === NAME ? VALUE.exec(value) : null;
      if (parts !== null && this.isSigned(parts[1], parts[2])) return parts[1];
    }
    return undefined;
  }

  set(id: string): string {
    return `${NAME}=${this.value(id)}; Path=/; Max-Age=${DAY_SECONDS}; Secure; HttpOnly; SameSite=Lax`;
  }

  clear(): string {
    return `${NAME}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`;
  }

  private isSigned(id: string, given: string): boolean {
    const { current, previous } = this.keys;
    return [current, previous].some((key) => key !== undefined && isSame(signature(id, key), given));
  }
}

function signature(id: string, key: string): string {
  return createHmac('sha256', key).update(id).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
