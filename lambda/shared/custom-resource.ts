import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';

/** What became of the resource. */
export interface Outcome {
  /** The name CloudFormation knows it by: another one than before means that it was replaced, and the old one is deleted next. */
  readonly physicalResourceId: string;
  /** What Fn::GetAtt gives; never a secret, as the stack's events show it. */
  readonly data?: { readonly [name: string]: string };
}

export interface Dependencies {
  readonly fetch: (
    url: string,
    init: { method: string; headers: Record<string, string>; body: string; signal: AbortSignal },
  ) => Promise<{ status: number }>;
  /** Aborts while there is still time to answer. */
  readonly deadline: AbortSignal;
  readonly log: (line: { readonly [name: string]: unknown }) => void;
}

/** There is more to do than one run has time for. CloudFormation is left waiting, and Lambda runs the function again, twice at most. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished';
}

const TRIES = 3;
const TRY_MS = 5_000;
/** CloudFormation takes 4 KB in all. */
const LONGEST_REASON = 1_000;

/** How much of a function's time must be left when the work is given up: every try to answer, and a second for the rest. */
export const ANSWERING_MS = TRIES * TRY_MS + 1_000;

/**
 * Does the work and tells CloudFormation, whatever happens: a custom resource that stays silent holds its stack for an hour.
 * It throws only when the work is unfinished or the answer itself could not be given, so that Lambda runs the whole again.
 */
export async function answer(
  event: CloudFormationCustomResourceEvent,
  work: (event: CloudFormationCustomResourceEvent) => Promise<Outcome>,
  dependencies: Dependencies,
): Promise<void> {
  const response = await respond(event, work, dependencies.deadline);
  dependencies.log({
    event: 'custom-resource',
    request: event.RequestType,
    resource: event.LogicalResourceId,
    status: response.Status,
    reason: response.Reason,
  });
  await send(event.ResponseURL, JSON.stringify(response), dependencies.fetch);
}

async function respond(
  event: CloudFormationCustomResourceEvent,
  work: (event: CloudFormationCustomResourceEvent) => Promise<Outcome>,
  deadline: AbortSignal,
): Promise<CloudFormationCustomResourceResponse> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const request = { StackId, RequestId, LogicalResourceId };
  try {
    const { physicalResourceId, data } = await Promise.race([work(event), expiry(deadline)]);
    return { ...request, Status: 'SUCCESS', Reason: '', PhysicalResourceId: physicalResourceId, Data: data };
  } catch (error) {
    if (error instanceof Unfinished) throw error;
    // A failed update under another name would have CloudFormation delete the resource that still stands.
    return { ...request, Status: 'FAILED', Reason: reason(error), PhysicalResourceId: physicalIdOf(event) };
  }
}

function physicalIdOf(event: CloudFormationCustomResourceEvent): string {
  return event.RequestType === 'Create' ? event.LogicalResourceId : event.PhysicalResourceId;
}

function expiry(deadline: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const expire = () => reject(new Error('the work did not finish in the time of the function'));
    if (deadline.aborted) expire();
    else deadline.addEventListener('abort', expire, { once: true });
  });
}

function reason(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, LONGEST_REASON);
}

async function send(url: string, body: string, fetch: Dependencies['fetch']): Promise<void> {
  let fault = '';
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      // The URL is signed for an empty content type.
      const { status } = await fetch(url, { method: 'PUT', headers: { 'content-type': '' }, body, signal: AbortSignal.timeout(TRY_MS) });
      if (status < 300) return;
      fault = `status ${status}`;
    } catch (error) {
      fault = error instanceof Error ? error.name : 'an unknown fault';
    }
  }
  // Without the URL, which is a credential.
  throw new Error(`CloudFormation must be answered, got ${fault} ${TRIES} times`);
}
