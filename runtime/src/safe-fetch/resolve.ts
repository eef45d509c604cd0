import { Resolver } from 'node:dns/promises';
import type { Clock } from '../resilience/clock';

const LONGEST_LOOKUP_MS = 5_000;
const LONGEST_KEPT_MS = 5_000;
const NAMES_KEPT = 1_000;

/** An address of a name. */
export interface Answer {
  readonly address: string;
  /** For how long it holds, in seconds. */
  readonly ttl: number;
}

/** All addresses of a name, IPv4 first; rejects with an error whose `code` is that of Node's dns. */
export type Resolve = (host: string) => Promise<readonly Answer[]>;

export interface DnsOptions {
  /**
   * Name servers, `address` or `address:port`.
   * @default those of the machine
   */
  readonly servers?: readonly string[];
  /**
   * The longest a name may take, in milliseconds.
   * @default 5_000
   */
  readonly timeoutMs?: number;
}

/**
 * Asks name servers for A and AAAA. Not getaddrinfo, whose few threads one slow name server could hold for everybody, and which knows the
 * machine's own hosts file.
 */
export function dnsResolve({ servers, timeoutMs = LONGEST_LOOKUP_MS }: DnsOptions = {}): Resolve {
  return async (host) => {
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 3), tries: 2 });
    if (servers) resolver.setServers(servers);
    const giveUp = setTimeout(() => resolver.cancel(), timeoutMs);
    giveUp.unref();
    try {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(host, { ttl: true }), resolver.resolve6(host, { ttl: true })]);
      const answers = [v4, v6].flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
      if (answers.length > 0) return answers;
      throw [v4, v6].flatMap((family) => (family.status === 'rejected' ? [family.reason as Error] : [])).toSorted(byMeaning)[0];
    } finally {
      clearTimeout(giveUp);
    }
  };
}

/** That one family has no address says less than why the other has no answer. */
const byMeaning = (a: NodeJS.ErrnoException, b: NodeJS.ErrnoException) => Number(a.code === 'ENODATA') - Number(b.code === 'ENODATA');

interface Kept {
  readonly answers: Promise<readonly Answer[]>;
  until: number;
}

/** Asks once for many posts: a name's answer is kept for its own time, and never for more than 5 seconds. A failure is not kept. */
export function cachedResolve(resolve: Resolve, clock: Clock): Resolve {
  const names = new Map<string, Kept>();
  return (host) => {
    const kept = names.get(host);
    if (kept && clock.now() < kept.until) return kept.answers;
    const answers = resolve(host);
    // Until it is there, whoever asks waits for the same one.
    const entry: Kept = { answers, until: Number.POSITIVE_INFINITY };
    names.delete(host);
    names.set(host, entry);
    if (names.size > NAMES_KEPT) names.delete(names.keys().next().value!);
    answers.then(
      (all) => {
        const ttl = Math.min(...all.map((answer) => answer.ttl * 1_000), LONGEST_KEPT_MS);
        entry.until = clock.now() + ttl;
      },
      () => names.get(host) === entry && names.delete(host),
    );
    return answers;
  };
}
