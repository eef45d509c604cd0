/** A value as it lies in the store, with its times. */
export interface Stored<T> {
  readonly value: T;
  readonly freshUntil: number;
  readonly servableUntil: number;
}

export const isFresh = ({ freshUntil }: Stored<unknown>, now: number): boolean => now < freshUntil;
export const isServable = ({ servableUntil }: Stored<unknown>, now: number): boolean => now < servableUntil;

/** Undefined for what JSON cannot hold. */
export function packed({ value, freshUntil, servableUntil }: Stored<unknown>): Buffer | undefined {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : Buffer.from(`[${freshUntil},${servableUntil},${text}]`);
}

/** Undefined for what is not ours: a store may hold anything. */
export function unpacked<T>(bytes: Buffer): Stored<T> | undefined {
  try {
    const parts: unknown = JSON.parse(bytes.toString());
    if (!Array.isArray(parts) || parts.length !== 3 || !parts.slice(0, 2).every(Number.isSafeInteger)) return undefined;
    const [freshUntil, servableUntil, value] = parts as [number, number, T];
    return { value, freshUntil, servableUntil };
  } catch {
    return undefined;
  }
}
