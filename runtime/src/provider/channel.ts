import type { Registry } from 'prom-client';
import { Breaker, Bulkhead, type Clock, type Deadline, isCancellation, RateLimit, retry, watchBreaker } from '../resilience';
import { isRetryable, ProviderError } from './errors';
import { exchange, type ExchangeOptions } from './exchange';
import { type ChannelMetrics, channelMetrics, type Operation } from './provider-metrics';

export interface ChannelLimits {
  readonly requestsPerMinute: number;
  readonly concurrency: number;
  readonly queue: number;
  readonly retries: number;
  readonly halfOpenAfterMs: number;
}

export interface ChannelOptions extends ExchangeOptions, ChannelLimits {
  readonly operation: Operation;
  readonly clock: Clock;
  readonly random: () => number;
  readonly registry?: Registry;
}

/**
 * One operation of the provider with all that keeps it from harm: retry, around a bounded number of calls, around our own limit, around the
 * breaker, around the timeout.
 */
export class Channel {
  readonly breaker: Breaker;
  readonly metrics: ChannelMetrics;
  private readonly bulkhead: Bulkhead;
  private readonly limit: RateLimit;

  constructor(private readonly options: ChannelOptions) {
    const { operation, clock, registry, halfOpenAfterMs, requestsPerMinute: perMinute, concurrency, queue } = options;
    const name = `provider-${operation}`;
    this.metrics = channelMetrics(operation, registry);
    this.breaker = new Breaker({ name, clock, halfOpenAfterMs, judge: verdict });
    if (registry) watchBreaker(this.breaker, registry);
    this.bulkhead = new Bulkhead({ name, concurrency, queue });
    this.limit = new RateLimit({ name, clock, perMinute });
  }

  /** Asks, and reads the answer; an answer that cannot be read is a failure of the provider's. */
  async call<T>(body: object, read: (answer: unknown) => T, deadline: Deadline): Promise<T> {
    const { clock, random, retries } = this.options;
    try {
      const result = await retry(
        () => this.bulkhead.run(() => this.attempt(body, read, deadline), deadline),
        {
          clock,
          random,
          retries,
          isRetryable,
          retryAfterMs: (error) => (error instanceof ProviderError ? error.retryAfterMs : undefined),
          onRetry: () => this.metrics.retry(),
        },
        deadline,
      );
      this.metrics.call(true);
      return result;
    } catch (error) {
      if (verdict(error) !== 'nothing') this.metrics.call(false);
      throw error;
    }
  }

  private async attempt<T>(body: object, read: (answer: unknown) => T, deadline: Deadline): Promise<T> {
    // Before the limit, which would make callers of a provider that is left alone wait for their turn.
    this.breaker.guard();
    await this.limit.take(deadline);
    return this.breaker.run(() => this.measured(async () => read(await exchange(body, this.options, deadline))));
  }

  private async measured<T>(request: () => Promise<T>): Promise<T> {
    const { clock } = this.options;
    const began = clock.now();
    const end = (outcome: string) => this.metrics.request(outcome, (clock.now() - began) / 1_000);
    try {
      const result = await request();
      end('success');
      return result;
    } catch (error) {
      end(error instanceof ProviderError ? error.code : 'cancelled');
      throw error;
    }
  }
}

/** Whoever refuses a request is alive; a caller that went away, or left no time, tells nothing. */
function verdict(error: unknown) {
  if (isCancellation(error)) return 'nothing';
  if (!(error instanceof ProviderError)) return 'failure';
  if (error.inconclusive) return 'nothing';
  return error.code === 'provider_refused' ? 'alive' : 'failure';
}
