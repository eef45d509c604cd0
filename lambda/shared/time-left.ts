import type { Context } from 'aws-lambda';

/** What is kept to end in order and to write down what happened before the function's own time is up. */
const RESERVE_MS = 5000;

/** How long a function may go on with its work. */
export const timeLeftMs = (context: Pick<Context, 'getRemainingTimeInMillis'>): number =>
  Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS);
