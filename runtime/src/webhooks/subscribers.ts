import type { Endpoint } from './endpoint';
import { matchesEvent } from './event-pattern';

/** Whether an endpoint gets what is told of a type. One that stands still does: it waits for it. */
export const subscribes = ({ disabledReason, events }: Endpoint, type: string): boolean =>
  disabledReason !== 'gone' && events.some((pattern) => matchesEvent(pattern, type));
