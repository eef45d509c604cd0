/** From this share of the disk on, it grows (REC-5.6). */
export const FULL_PERCENT = 85;

const STEP_PERCENT = 20;
const LEAST_STEP_GIB = 10;
/** RDS refuses a smaller step. */
const LEAST_PERCENT = 10;

const BYTES_PER_GIB = 1024 ** 3;

/** How full a disk is, 0 to 100. */
export function usedPercent(allocatedGib: number, freeBytes: number): number {
  return 100 - (freeBytes / (allocatedGib * BYTES_PER_GIB)) * 100;
}

/**
 * The next size of a disk in GiB: a fifth or 10 GiB more, whichever is more, up to the limit. The last step goes to the limit at once, where
 * less would be left than RDS takes as a step.
 *
 * @returns undefined when the limit leaves no step that RDS takes
 */
export function nextStorage(allocatedGib: number, limitGib: number): number | undefined {
  const wanted = allocatedGib + Math.max(LEAST_STEP_GIB, Math.ceil((allocatedGib * STEP_PERCENT) / 100));
  const next = isStep(wanted, limitGib) ? wanted : limitGib;
  return isStep(allocatedGib, next) ? next : undefined;
}

/** Whether RDS takes the growth from one size to another. */
export function isStep(fromGib: number, toGib: number): boolean {
  return toGib * 100 >= fromGib * (100 + LEAST_PERCENT);
}
