import type { Instance } from '../../../lambda/storage-growth/decide';
import { type Disks, type Growth, growStorage, type Instances } from '../../../lambda/storage-growth/grow';

const GIB = 1024 ** 3;

export const instance = (more: Partial<Instance> = {}): Instance => ({
  identifier: 'source',
  status: 'available',
  allocatedGib: 100,
  storageType: 'gp3',
  iops: 3000,
  throughput: 125,
  ...more,
});

/** An RDS that grows a disk as RDS does: at once refused while it is busy, then pending, then of the new size. */
export class FakeRds implements Instances {
  readonly disks = new Map<string, Instance>();
  readonly changes = new Map<string, Date>();
  readonly grown: Growth[] = [];
  readonly lines: { readonly [name: string]: unknown }[] = [];
  readonly freeGib = new Map<string, number | undefined>();
  /** Between what a run reads and what it does. */
  pause: () => Promise<unknown> = async () => undefined;

  /** When RDS has begun to grow a disk. */
  asked: () => void = () => undefined;

  constructor(...disks: readonly Instance[]) {
    for (const disk of disks) this.disks.set(disk.identifier, disk);
  }

  async describe(identifier: string): Promise<Instance> {
    await this.pause();
    const found = this.disks.get(identifier);
    if (!found) throw Object.assign(new Error(`${identifier} not found`), { name: 'DBInstanceNotFoundFault' });
    return found;
  }

  async lastChange(identifier: string): Promise<Date | undefined> {
    await this.pause();
    return this.changes.get(identifier);
  }

  async grow(growth: Growth): Promise<boolean> {
    await this.pause();
    const found = await this.describe(growth.identifier);
    if (found.status !== 'available' && found.status !== 'storage-full') return false;
    if (growth.toGib < found.allocatedGib * 1.1) throw new Error('the step must be 10 % at least');
    this.grown.push(growth);
    this.asked();
    this.disks.set(growth.identifier, { ...found, status: 'modifying', pendingGib: growth.toGib });
    return true;
  }

  /** RDS has done what it was asked for; what was measured is still of the smaller disk. */
  settle(): void {
    for (const [identifier, disk] of this.disks) {
      if (disk.pendingGib === undefined) continue;
      this.disks.set(identifier, { ...disk, status: 'available', allocatedGib: disk.pendingGib, pendingGib: undefined });
      this.changes.set(identifier, new Date('2026-03-04T05:00:00Z'));
    }
  }

  run(disks: Partial<Disks> = {}): Promise<void> {
    const free = async (identifier: string) => {
      await this.pause();
      const gib = this.freeGib.has(identifier) ? this.freeGib.get(identifier) : 15;
      return gib === undefined ? undefined : gib * GIB;
    };
    return growStorage(
      { identifiers: [...this.disks.keys()], limitGib: 1024, ...disks },
      { instances: this, space: { free }, log: (line) => void this.lines.push(line) },
    );
  }
}
