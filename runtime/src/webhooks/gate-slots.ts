import type { Gate } from './gate';

type Slots = Gate['slots'];

/** How many are on their way. */
export function liveSlots({ slots }: Pick<Gate, 'slots'>, now: number): number {
  let live = 0;
  for (const { until } of slots) if (until > now) live += 1;
  return live;
}

/** Those on their way, without one of them. */
export const slotsWithout = (slots: Slots, token: string | undefined, now: number): Slots =>
  slots.filter((slot) => slot.token !== token && slot.until > now);

/** Those on their way, and another. */
export const slotsWith = (slots: Slots, token: string, until: number, now: number): Slots => [
  ...slotsWithout(slots, undefined, now),
  { token, since: now, until },
];

/** Since when the one that has been on its way longest is. */
export const oldestSlot = (slots: Slots, now: number): number =>
  slots.reduce((oldest, { since, until }) => (until > now ? Math.min(oldest, since) : oldest), now);
