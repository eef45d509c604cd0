import type { Gate } from './gate';

type Slots = Gate['slots'];

/** How many are on their way. */
export function liveSlots({ slots }: Pick<Gate, 'slots'>, now: number): number {
  let live = 0;
  for (const token in slots) if (slots[token] > now) live += 1;
  return live;
}

/** Those on their way, without one of them and with another. */
export function changedSlots(
  slots: Slots,
  now: number,
  { without, token, until = 0 }: { without?: string; token?: string; until?: number },
): Slots {
  const changed: { [token: string]: number } = {};
  for (const held in slots) if (held !== without && slots[held] > now) changed[held] = slots[held];
  if (token !== undefined) changed[token] = until;
  return changed;
}
