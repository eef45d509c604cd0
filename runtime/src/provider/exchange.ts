import { type Clock, type Deadline, DeadlineExceededError, withTimeout } from '../resilience';
import { readAtMost } from './body';
import { ProviderError } from './errors';
import { faultOf } from './faults';

/** Less than this tells nothing about a provider that usually answers in 0.1 to 5 s. */
const CONCLUSIVE_MS = 1_000;

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly url: string;
  readonly key?: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** One request and its whole answer, within the timeout or what the deadline leaves of it. */
export async function exchange(body: object, options: ExchangeOptions, deadline: Deadline): Promise<unknown> {
  deadline.check();
  const { clock, timeoutMs } = options;
  const ms = Math.min(timeoutMs, deadline.remainingMs);
  const onTimeout = () =>
    new ProviderError('provider_timeout', `the provider gave no answer within ${ms} ms; it is slow or the deadline is short`, {
      inconclusive: ms < Math.min(timeoutMs, CONCLUSIVE_MS),
    });
  try {
    return await withTimeout((signal) => post(body, options, signal), { ms, clock, onTimeout, signal: deadline.signal });
  } catch (error) {
    // Both end at the same moment: whichever is first, the provider has had its time.
    throw error instanceof DeadlineExceededError ? onTimeout() : error;
  }
}

async function post(
  body: object,
  { fetch: send, clock, url, key, maxResponseBytes }: ExchangeOptions,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      // The key goes to the provider's address and nowhere it points to.
      redirect: 'error',
      signal,
    });
    if (response.status !== 200) throw await faultOf(response, clock.now());
    return parsed(await readAtMost(response, maxResponseBytes));
  } catch (error) {
    if (error instanceof ProviderError || signal.aborted) throw error;
    throw new ProviderError(
      'provider_unreachable',
      `the connection to the provider failed (${causeOf(error)}); look at network and PROVIDER_URL`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProviderError('provider_garbage', 'the provider must answer in JSON, got something else; look at PROVIDER_URL');
  }
}

/** The code alone: messages of the network may repeat what was sent. */
function causeOf(error: unknown): string {
  const { code } = ((error as Error | undefined)?.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[A-Z_\d]{1,64}$/.test(code) ? code : 'no code';
}
