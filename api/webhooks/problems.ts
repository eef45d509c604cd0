import type { DeliveryRefusal } from 'plinth-runtime/webhooks';
import type { ApiProblem } from '../shared/problem';

export const ENDPOINT_NOT_FOUND: ApiProblem = { code: 'webhook-not-found', status: 404, title: 'There is no such webhook' };
export const DELIVERY_NOT_FOUND: ApiProblem = { code: 'delivery-not-found', status: 404, title: 'The webhook has no such delivery' };
export const TASK_NOT_FOUND: ApiProblem = { code: 'task-not-found', status: 404, title: 'There is no such task' };
export const MESSAGE_NOT_FOUND: ApiProblem = { code: 'message-not-found', status: 404, title: 'There is no such message' };

export const tooManyProblem = (bound: number): ApiProblem => ({
  code: 'too-many-webhooks',
  status: 409,
  title: 'You have as many webhooks as a tenant may have',
  detail: `at most ${bound} may be registered; delete one`,
});

export const tooManySecretsProblem = (bound: number): ApiProblem => ({
  code: 'too-many-secrets',
  status: 409,
  title: 'As many secrets sign as may at once',
  detail: `at most ${bound} may sign at once; rotate with a shorter overlap_ms, or wait until one ends`,
});

export const tooManyTasksProblem = (bound: number): ApiProblem => ({
  code: 'too-many-tasks',
  status: 409,
  title: 'As many of your tasks are under way as may be',
  detail: `at most ${bound} may be under way at once; wait for one, or cancel it`,
});

export const taskFinishedProblem = (state: string): ApiProblem => ({
  code: 'task-finished',
  status: 409,
  title: 'The task has ended and cannot be cancelled',
  detail: `the task is ${state}; only queued and running tasks can be cancelled`,
});

/** Why a delivery is not sent again. */
export function resendProblem(refusal: DeliveryRefusal): ApiProblem {
  if (refusal === 'not-found') return DELIVERY_NOT_FOUND;
  if (refusal === 'no-body') {
    const detail = 'bodies are kept for 30 days, or until they are purged; publish the event again';
    return { code: 'body-gone', status: 409, title: 'The body of the message is gone', detail };
  }
  const detail = 'an attempt is on its way; send it again when that has ended';
  return { code: 'delivery-busy', status: 409, title: 'The delivery is being sent', detail, retryAfterSeconds: 30 };
}
