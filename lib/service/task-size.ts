import { Size } from 'aws-cdk-lib';

/**
 * CPU and memory of one task; the gateway takes 256 CPU units and 512 MiB of it.
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import { TaskSize } from 'plinth';
 *
 * const size = TaskSize.of(2048, Size.gibibytes(4));
 */
export class TaskSize {
  /**
   * A size of 1 to 2 vCPU and 2 to 4 GiB (REC-1.7).
   * @param cpu CPU units: 1024 or 2048
   * @param memory 2, 3 or 4 GiB with 1024 CPU units, 4 GiB with 2048
   */
  static of(cpu: number, memory: Size): TaskSize {
    const mebibytes = memory.toMebibytes();
    const allowed: { [cpu: number]: number[] } = { 1024: [2048, 3072, 4096], 2048: [4096] };
    if (!allowed[cpu]?.includes(mebibytes)) {
      throw new Error(
        `TaskSize: cpu and memory must be 1024 units with 2048, 3072 or 4096 MiB, or 2048 units with 4096 MiB, ` +
          `got ${cpu} units with ${mebibytes} MiB; choose one of these or opt out with TaskSize.custom()`,
      );
    }
    return new TaskSize(cpu, memory);
  }

  /**
   * Any size that Fargate has, by explicit choice: REC-1.7 is then not met.
   * @param cpu CPU units, 256 to 16384
   * @param memory 512 MiB to 120 GiB, as Fargate allows with that CPU
   */
  static custom(cpu: number, memory: Size): TaskSize {
    return new TaskSize(cpu, memory);
  }

  /** CPU units; 1024 are one vCPU. */
  readonly cpu: number;

  /** The task's memory. */
  readonly memory: Size;

  private constructor(cpu: number, memory: Size) {
    this.cpu = cpu;
    this.memory = memory;
  }
}
