import { shardsFrom0 } from './items';

/** Is told why a part of an index could not be read; the rest is answered. */
export type OnUnread = (error: unknown) => void;

/**
 * What each shard of an index holds. One that cannot be read, being throttled, holds up none of the others: it is told of, and fails the call only
 * when nobody is there to be told or no shard could be read.
 */
export async function readShards<Found>(
  count: number,
  read: (shard: number) => Promise<readonly Found[]>,
  onUnread?: OnUnread,
): Promise<Found[]> {
  const answers = await Promise.allSettled(shardsFrom0(count).map((shard) => read(shard)));
  const unread = answers.filter((answer) => answer.status === 'rejected');
  if (unread.length > 0 && (!onUnread || unread.length === count)) throw unread[0].reason;
  for (const { reason } of unread) onUnread?.(reason);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}
