import { Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * How large a database is, and how far it grows.
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import * as ec2 from 'aws-cdk-lib/aws-ec2';
 * import type { DatabaseSize } from 'plinth';
 *
 * const size: DatabaseSize = {
 *   instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.XLARGE),
 *   storage: Size.gibibytes(100),
 *   maxConnections: 500,
 * };
 */
export interface DatabaseSize {
  /**
   * CPU and memory. Changing it restarts the database, by a failover with `multiAz`.
   * @default - db.t4g.medium: 2 vCPU, 4 GiB
   */
  readonly instanceType?: ec2.InstanceType;

  /**
   * Whether a copy in a second zone takes over when the first one fails, without loss, in one or two minutes. It doubles the price.
   * @default true
   */
  readonly multiAz?: boolean;

  /**
   * The disk to begin with, 100 to 812 GiB of gp3: 3,000 operations a second, and 12,000 from 400 GiB on. It never shrinks.
   * @default 100 GiB
   */
  readonly storage?: Size;

  /**
   * The disk that it may grow to by itself, at least 1.26 times `storage` and at most 1,024 GiB. What has not grown costs nothing.
   * @default - 1,024 GiB
   */
  readonly maxStorage?: Size;

  /**
   * The connections that the server takes, 200 to 500. Changing it takes effect at the next restart.
   * @default 250
   */
  readonly maxConnections?: number;
}

/**
 * A size with nothing left open.
 * @internal
 */
export type FullSize = Required<DatabaseSize>;

/** @internal */
export const MOST_STORAGE = Size.gibibytes(1024);

/** @internal */
export function fullSize(size: DatabaseSize): FullSize {
  const storage = size.storage ?? Size.gibibytes(100);
  return {
    instanceType: size.instanceType ?? ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
    multiAz: size.multiAz ?? true,
    storage,
    maxStorage: size.maxStorage ?? MOST_STORAGE,
    maxConnections: size.maxConnections ?? 250,
  };
}
