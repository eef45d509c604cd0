import { FULL_PERCENT, isStep, nextStorage, usedPercent } from './storage-step';

/** An instance as RDS describes it. */
export interface Instance {
  readonly identifier: string;
  readonly status: string;
  readonly allocatedGib: number;
  /** A size that was asked for and is not there yet. */
  readonly pendingGib?: number;
  /** Set while RDS moves the disk's blocks, during which it refuses another change. */
  readonly storageOperation?: string;
  readonly storageType: string;
  readonly iops?: number;
  readonly throughput?: number;
}

export type Decision =
  | { readonly action: 'none' }
  /** It is to grow, and cannot now. */
  | { readonly action: 'wait'; readonly reason: string }
  | { readonly action: 'grow'; readonly toGib: number }
  /** It is to grow, and never can. */
  | { readonly action: 'refuse'; readonly reason: string };

/** RDS takes another change of the disk only after this long. */
export const REST_MS = 6 * 60 * 60 * 1000;

/** Those in which RDS takes a change of the disk. */
const CHANGEABLE = ['available', 'storage-full'];

export interface Circumstances {
  readonly freeBytes: number;
  readonly limitGib: number;
  /** Of a replica: the size of its source, which it has to hold the rows of. */
  readonly sourceGib?: number;
}

/** What a disk should do, whatever happened to it before. */
export function decide(instance: Instance, { freeBytes, limitGib, sourceGib = 0 }: Circumstances): Decision {
  const { allocatedGib, pendingGib = allocatedGib, status, storageOperation } = instance;
  const isFull = usedPercent(allocatedGib, freeBytes) >= FULL_PERCENT;
  const isBehind = sourceGib > allocatedGib && isStep(allocatedGib, sourceGib);
  if (!isFull && !isBehind) return { action: 'none' };
  if (pendingGib > allocatedGib) return { action: 'wait', reason: `it grows to ${pendingGib} GiB` };
  if (!CHANGEABLE.includes(status)) return { action: 'wait', reason: `it is ${status}` };
  if (storageOperation) return { action: 'wait', reason: `its disk is ${storageOperation}` };
  const step = isFull ? nextStorage(allocatedGib, limitGib) : undefined;
  const toGib = Math.max(step ?? 0, isBehind ? sourceGib : 0);
  if (toGib > 0) return { action: 'grow', toGib };
  return {
    action: 'refuse',
    reason: `${FULL_PERCENT} % of ${allocatedGib} GiB are full, and the limit of ${limitGib} GiB leaves no step of 10 %; raise size.maxStorage or delete rows`,
  };
}

/** Whether an instance is still what a decision was made from. */
export function isSame(one: Instance, other: Instance): boolean {
  return (
    one.allocatedGib === other.allocatedGib &&
    one.pendingGib === other.pendingGib &&
    one.status === other.status &&
    one.storageOperation === other.storageOperation
  );
}

/** From here on a gp3 disk of PostgreSQL lies on four volumes, and RDS wants to be told its speed whenever its size changes. */
const STRIPED_GIB = 400;
const STRIPED = { iops: 12_000, throughput: 500 };

/** The speed that goes with a size: what the disk has, and at least what gp3 gives for nothing. */
export function speedOf(
  { storageType, iops, throughput }: Instance,
  toGib: number,
): { readonly iops?: number; readonly throughput?: number } {
  if (storageType !== 'gp3') return { iops };
  if (toGib < STRIPED_GIB) return {};
  return { iops: Math.max(iops ?? 0, STRIPED.iops), throughput: Math.max(throughput ?? 0, STRIPED.throughput) };
}
