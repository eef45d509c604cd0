import type { SessionStore } from 'plinth-runtime/cache';
import type { Clock } from 'plinth-runtime/resilience';

export interface Session {
  readonly createdAt: string;
  /** The newest first. */
  readonly queries: readonly { readonly text: string; readonly at: string }[];
}

const MAX_QUERIES = 10;
/** Leaves room under the store's 5 KB for the rest of the session. */
const MAX_QUERY_BYTES = 4 * 1024;

/** Sessions that remember the last queries. Two queries at the same moment may lose one of the two. */
export class Sessions {
  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
  ) {}

  async create(): Promise<{ readonly id: string; readonly session: Session }> {
    const session: Session = { createdAt: this.now(), queries: [] };
    return { id: await this.store.create(session), session };
  }

  get(id: string): Promise<Session | undefined> {
    return this.store.get<Session>(id);
  }

  end(id: string): Promise<void> {
    return this.store.end(id);
  }

  async remember(id: string, text: string): Promise<void> {
    const session = await this.get(id);
    if (session === undefined) return;
    const queries = fitting([{ text, at: this.now() }, ...session.queries].slice(0, MAX_QUERIES));
    await this.store.update(id, { ...session, queries });
  }

  private now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}

/** As many of the newest queries as fit; a query that alone is too long is cut. */
function fitting(queries: Session['queries']): Session['queries'] {
  const kept = [...queries];
  while (kept.length > 1 && bytesOf(kept) > MAX_QUERY_BYTES) kept.pop();
  while (bytesOf(kept) > MAX_QUERY_BYTES) {
    const characters = Array.from(kept[0].text);
    kept[0] = { ...kept[0], text: characters.slice(0, Math.floor(characters.length / 2)).join('') };
  }
  return kept;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
