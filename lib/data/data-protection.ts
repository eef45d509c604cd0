import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of data when its resource is removed or replaced.
 *
 * @example
 * import { DataProtection } from 'plinth';
 *
 * const protection = DataProtection.disposable();
 */
export class DataProtection {
  /**
   * Data outlives its stack: resources are kept when they are removed or replaced, and refuse to be deleted where their service can.
   * Only what a failed first deployment made is taken away again.
   */
  static retained(): DataProtection {
    return new DataProtection(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, true);
  }

  /**
   * Nothing is left behind when the stack is destroyed: no object, no backup, no snapshot, no log, no key. For stages whose data can be
   * made again. Functions of the stack empty its buckets and its backup vault, which CloudFormation deletes only when they are empty.
   */
  static disposable(): DataProtection {
    return new DataProtection(RemovalPolicy.DESTROY, false);
  }

  /** What CloudFormation does with the resource. */
  readonly removalPolicy: RemovalPolicy;

  /** Whether the resource refuses to be deleted, where its service can. */
  readonly deletionProtection: boolean;

  /** @internal */
  get _disposable(): boolean {
    return this.removalPolicy === RemovalPolicy.DESTROY;
  }

  private constructor(removalPolicy: RemovalPolicy, deletionProtection: boolean) {
    this.removalPolicy = removalPolicy;
    this.deletionProtection = deletionProtection;
  }
}
