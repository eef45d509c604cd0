import { type Decision, decide, type Instance, isSame, REST_MS, speedOf } from './decide';

/** A change of a disk, absolute: made twice it is made once. */
export interface Growth {
  readonly identifier: string;
  readonly toGib: number;
  /** Set at the last step: RDS wants to be told that its own autoscaling has nothing left to grow to. */
  readonly maxGib?: number;
  readonly iops?: number;
  readonly throughput?: number;
}

export interface Instances {
  describe(identifier: string): Promise<Instance>;
  /** When the disk was last changed, by whomever; undefined if not within that time. */
  lastChange(identifier: string, withinMs: number): Promise<Date | undefined>;
  /** False when the instance is in the middle of something else. */
  grow(growth: Growth): Promise<boolean>;
}

export interface FreeSpace {
  /** In bytes, of the last minutes; undefined when nothing was measured. */
  free(identifier: string): Promise<number | undefined>;
}

export interface Dependencies {
  readonly instances: Instances;
  readonly space: FreeSpace;
  readonly log: (line: { readonly [name: string]: unknown }) => void;
}

/** The disks that one run looks after: the source first. */
export interface Disks {
  readonly identifiers: readonly string[];
  readonly limitGib: number;
}

/** Disks that are to grow and did not, each with its reason. */
export class StorageGrowthError extends Error {
  override readonly name = 'StorageGrowthError';
  readonly code = 'storage-growth';
}

/** Looks at every disk once. What cannot wait for the next run is thrown at the end, so that one disk never holds up another. */
export async function growStorage({ identifiers, limitGib }: Disks, dependencies: Dependencies): Promise<void> {
  const faults: string[] = [];
  let sourceGib: number | undefined;
  for (const identifier of identifiers) {
    try {
      const { decision, instance } = await growOne(identifier, { limitGib, sourceGib }, dependencies);
      sourceGib ??= decision.action === 'grow' ? decision.toGib : (instance.pendingGib ?? instance.allocatedGib);
      if (decision.action === 'refuse') faults.push(`${identifier}: ${decision.reason}`);
    } catch (error) {
      faults.push(`${identifier}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      sourceGib ??= 0;
    }
  }
  if (faults.length > 0) throw new StorageGrowthError(faults.join('\n'));
}

interface Done {
  readonly instance: Instance;
  readonly decision: Decision;
}

async function growOne(
  identifier: string,
  limits: { readonly limitGib: number; readonly sourceGib?: number },
  { instances, space, log }: Dependencies,
): Promise<Done> {
  const instance = await instances.describe(identifier);
  const freeBytes = await space.free(identifier);
  const decision = freeBytes === undefined ? unmeasured(instance) : decide(instance, { ...limits, freeBytes });
  const outcome = decision.action === 'grow' ? await carryOut(instance, decision.toGib, limits.limitGib, instances) : decision;
  log({ event: 'storage-growth', instance: identifier, allocatedGib: instance.allocatedGib, freeBytes, ...outcome });
  return { instance, decision: outcome };
}

/** An instance that is being made, or stopped, measures nothing. */
function unmeasured({ status }: Instance): Decision {
  if (status !== 'available' && status !== 'storage-full') return { action: 'wait', reason: `it is ${status}` };
  throw new Error('FreeStorageSpace must have been measured within 15 minutes, got nothing; look whether CloudWatch has it');
}

/**
 * What was read is read again first, since RDS knows no condition: of two runs at once, one grows the disk. The space that was measured may
 * be from before a growth, so that a disk which changed lately is left alone.
 */
async function carryOut(instance: Instance, toGib: number, limitGib: number, instances: Instances): Promise<Decision> {
  const { identifier } = instance;
  const changed = await instances.lastChange(identifier, REST_MS);
  if (changed) return { action: 'wait', reason: `its disk changed at ${changed.toISOString()}, and RDS takes no other change for 6 hours` };
  if (!isSame(instance, await instances.describe(identifier))) return { action: 'wait', reason: 'it changed while this run looked at it' };
  const growth = { identifier, toGib, ...speedOf(instance, toGib), ...(toGib >= limitGib && { maxGib: toGib }) };
  if (await instances.grow(growth)) return { action: 'grow', toGib };
  return { action: 'wait', reason: 'RDS is changing it' };
}
