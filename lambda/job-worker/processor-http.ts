import {
  type Attempt,
  type InternalKeys,
  type JobProcessor,
  type JsonValue,
  MAX_RESULT_BYTES,
  SIGNATURE_HEADER,
  signCall,
} from 'plinth-runtime/jobs';
import { answerOf, boundedText, callBody, type FailureDefaults, retryAfterMs } from './processor-answer';

const RETRYABLE = new Set([408, 425, 429]);

export interface HttpProcessorOptions {
  /** Where the app serves jobs of this kind. */
  readonly url: string;
  readonly keys: () => Promise<InternalKeys>;
  readonly now: () => number;
  readonly fetch?: typeof fetch;
}

/** Has an app do the work: a POST, signed with the internal key. */
export class HttpProcessor implements JobProcessor {
  private readonly url: URL;

  constructor(private readonly options: HttpProcessorOptions) {
    this.url = new URL(options.url);
  }

  async process(attempt: Attempt): Promise<JsonValue> {
    const { keys, now, fetch: send = fetch } = this.options;
    const body = callBody(attempt);
    const target = `${this.url.pathname}${this.url.search}`;
    const signature = signCall({ method: 'POST', target, body }, await keys(), now());
    const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature };
    const response = await send(this.url, { method: 'POST', headers, body, redirect: 'manual', signal: attempt.signal });
    return answerOf(await boundedText(response, MAX_RESULT_BYTES), failureOf(response));
  }
}

function failureOf({ ok, status, headers }: Response): FailureDefaults | undefined {
  if (ok) return undefined;
  const isRetryable = status >= 500 || RETRYABLE.has(status);
  return {
    code: 'processor-refused',
    message: `the processor answered ${status}`,
    retryable: isRetryable,
    retryAfterMs: retryAfterMs(headers.get('retry-after')),
  };
}
