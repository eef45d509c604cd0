import { type Attempt, type JobProcessor, type JsonValue, MAX_RESULT_BYTES } from 'plinth-runtime/jobs';
import { type AwsAccess, signedFetch } from '../shared/signed-fetch';
import { answerOf, boundedText, callBody, type FailureDefaults, retryAfterMs } from './processor-answer';

/** A qualifier is part of a query, which is not signed here: name the alias's own function instead. */
const NAME = /^[A-Za-z0-9-_]{1,64}$/;

/** Has a Lambda function do the work: invoked, waited for. */
export class FunctionProcessor implements JobProcessor {
  private readonly url: URL;

  /** @param endpoint where Lambda is emulated; the region's own else */
  constructor(
    functionName: string,
    private readonly access: AwsAccess,
    endpoint = `https://lambda.${access.region}.amazonaws.com`,
  ) {
    if (!NAME.test(functionName))
      throw new Error(`function: functionName must match ${NAME.source}, got ${functionName}; give its plain name`);
    this.url = new URL(`/2015-03-31/functions/${functionName}/invocations`, endpoint);
  }

  async process(attempt: Attempt): Promise<JsonValue> {
    const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' };
    const call = { service: 'lambda', method: 'POST', url: this.url, headers, body: callBody(attempt), signal: attempt.signal } as const;
    const response = await signedFetch(call, this.access);
    const text = await boundedText(response, MAX_RESULT_BYTES);
    const failed = failureOf(response);
    // A crashed function's payload is its own stack trace, not for the job's owner.
    return answerOf(failed ? '' : text, failed);
  }
}

function failureOf({ ok, headers }: Response): FailureDefaults | undefined {
  if (ok && headers.get('x-amz-function-error') === null) return undefined;
  const message = ok ? 'the function crashed or ran out of time' : 'the function could not be invoked';
  const code = ok ? 'function-failed' : 'function-refused';
  return { code, message, retryable: true, retryAfterMs: retryAfterMs(headers.get('retry-after')) };
}
