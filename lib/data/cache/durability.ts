/**
 * What a result cache keeps of its data when every node of a shard is lost.
 *
 * It is chosen when the cache is made: ElastiCache refuses to switch the log on or off later.
 *
 * @example
 * import { Durability } from 'plinth';
 *
 * const durability = Durability.snapshots();
 */
export class Durability {
  /** The last daily snapshot: up to 24 hours are lost. */
  static snapshots(): Durability {
    return new Durability();
  }

  /**
   * Every acknowledged write: a write is answered once a log in two zones has it, which costs single-digit milliseconds a write.
   * Needs Valkey 9 on nodes of the families c7gn, c8gn, m6g to m8g or r6g to r8g, and a replica.
   */
  static synchronousLog(): Durability {
    return new Durability('sync');
  }

  /**
   * All but the last 10 seconds: the log follows the answer, and a primary that is 10 seconds behind refuses writes, which clients try
   * again. Needs what the synchronous log needs.
   */
  static asynchronousLog(): Durability {
    return new Durability('async');
  }

  /**
   * The mode of the log over zones.
   * @default - no log
   */
  readonly logMode?: string;

  private constructor(logMode?: string) {
    this.logMode = logMode;
  }
}
