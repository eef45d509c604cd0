import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * How the app container runs.
 *
 * @example
 * import type { ContainerOptions } from 'plinth';
 *
 * const container: ContainerOptions = {
 *   environment: { LOG_LEVEL: 'INFO' },
 *   user: '10001:10001',
 *   writablePaths: ['/tmp', '/var/cache/app'],
 *   readyPath: '/healthz/ready',
 * };
 */
export interface ContainerOptions {
  /**
   * Environment variables, besides PORT.
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Secrets injected as environment variables when a task starts; one that rotates must be read at run time instead.
   * @default - none
   */
  readonly secrets?: { [name: string]: ecs.Secret };

  /**
   * User and group of the process, never root.
   * @default '1000:1000'
   */
  readonly user?: string;

  /**
   * Absolute paths that the process may write; in memory, 64 MiB each, empty at start. The rest of its root is read-only.
   * @default ['/tmp']
   */
  readonly writablePaths?: string[];

  /**
   * The path that answers while the process lives, on whatever its dependencies do.
   * @default '/api/health/live'
   */
  readonly livePath?: string;

  /**
   * The path that answers 2xx while the process can serve.
   * @default '/api/health/ready'
   */
  readonly readyPath?: string;

  /**
   * Groups that the tasks wear besides their own, such as a database's clients; no rule is added to them.
   * @default - none
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether `aws ecs execute-command` may open a shell in a task. It needs a writable root and audits poorly: dev only.
   * @default false
   */
  readonly enableExecuteCommand?: boolean;
}
