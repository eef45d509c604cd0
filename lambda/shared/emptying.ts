import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { type Outcome, Unfinished } from './custom-resource';

/** The tag of what may lose its content. It goes when a stage comes to keep its data, before CloudFormation deletes the custom resource. */
export const DISPOSABLE = 'plinth:disposable';

/** Something that has to be empty before it can be deleted. */
export interface Container<Item> {
  /** Whether it still says of itself that its content may go; one that does not exist says nothing. */
  isDisposable(): Promise<boolean>;
  /** Some of what is in it; nothing only when it is empty. */
  content(): Promise<readonly Item[]>;
  /** How many of these were removed by now; the rest is going by itself, or can be removed later. */
  remove(items: readonly Item[]): Promise<number>;
}

export interface Pace {
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborts when this run should end. */
  readonly timeUp: AbortSignal;
  /** Between looking and looking again. */
  readonly pauseMs: number;
}

/**
 * Empties when the custom resource goes: with its stack, with its container, or as it is replaced. An update never does.
 * @param property names the container; the old one when that is deleted after its replacement
 */
export async function emptyWhenDeleted<Item>(
  event: CloudFormationCustomResourceEvent,
  property: string,
  open: (name: string) => Container<Item>,
  pace: Pace,
): Promise<Outcome> {
  const name: unknown = event.ResourceProperties[property];
  if (typeof name !== 'string' || name === '') throw new Error(`${property} must be a name, got none`);
  if (event.RequestType !== 'Delete') return { physicalResourceId: name };
  // One that could not be created goes by another name, and its container may be anybody's.
  if (event.PhysicalResourceId === name) await emptyIfDisposable(open(name), name, pace);
  return { physicalResourceId: event.PhysicalResourceId };
}

async function emptyIfDisposable<Item>(container: Container<Item>, name: string, pace: Pace): Promise<void> {
  if (await container.isDisposable()) await empty(container, name, pace);
}

/** Looks twice, a pause apart, before it takes it for empty: what was on its way may still come. */
async function empty<Item>(container: Container<Item>, name: string, { sleep, timeUp, pauseMs }: Pace): Promise<void> {
  for (let looks = 0; looks < 2;) {
    if (timeUp.aborted) throw new Unfinished(`${name} is not empty yet; what was removed stays removed`);
    const items = await container.content();
    const removed = items.length > 0 ? await container.remove(items) : 0;
    looks = items.length > 0 ? 0 : looks + 1;
    if (removed === 0 && looks < 2) await sleep(pauseMs);
  }
}
