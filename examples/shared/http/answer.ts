import { createHash } from 'node:crypto';

/** What a route answers. */
export interface Answer {
  readonly status: number;
  /** JSON text; none where the status has no body. */
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
}

export function json(status: number, body: object, headers?: Answer['headers']): Answer {
  return { status, body: JSON.stringify(body), headers };
}

/** The content's hash, as an entity tag. */
export function entityTag(content: string): string {
  return `"${createHash('sha256').update(content).digest('base64url')}"`;
}

/** Whether If-None-Match names a tag; weak comparison, as RFC 9110 13.1.2 says. */
export function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = (one: string) => one.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((one) => opaque(one) === opaque(tag));
}
