import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { setTimeout } from 'node:timers/promises';
import { answer, ANSWERING_MS } from './custom-resource';
import { type Container, emptyWhenDeleted } from './emptying';

/** One call of the service may take this long at the end of a run. */
const LAST_CALL_MS = 30_000;

/** The handler of a function that empties: the event in, the answer to CloudFormation out. */
export function emptyingHandler<Item>(property: string, pauseMs: number, open: (name: string) => Container<Item>) {
  return async (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const left = context.getRemainingTimeInMillis() - ANSWERING_MS;
    const pace = { sleep: (ms: number) => setTimeout(ms), timeUp: AbortSignal.timeout(Math.max(0, left - LAST_CALL_MS)), pauseMs };
    await answer(event, (request) => emptyWhenDeleted(request, property, open, pace), {
      fetch,
      deadline: AbortSignal.timeout(Math.max(0, left)),
      log: (line) => console.info(line),
    });
  };
}
