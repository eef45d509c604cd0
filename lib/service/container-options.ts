import type { Duration } from 'aws-cdk-lib';
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
 *   testPaths: ['/api/version', '/api/items?limit=1'],
 * };
 */
export interface ContainerOptions {
  /**
   * Environment variables, besides PORT. LOG_LEVEL (ERROR, WARN, INFO or DEBUG) is the gateway's too.
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
   * How long the app may take to answer after its start, 1 to 300 seconds.
   * @default 60 seconds
   */
  readonly startupTime?: Duration;

  /**
   * The command that tells whether the container lives, such as ['CMD', 'wget', '-q', '-O-', 'http://127.0.0.1:8080/live'].
   * @default - the gateway asks livePath; none without a gateway
   */
  readonly healthCheckCommand?: string[];

  /**
   * Paths that a canary or linear deployment asks 50 times by GET before any client does, in turn; each answers 2xx or 3xx. Name some
   * of what clients ask, as readiness says little about answers.
   * @default ['/api/health/ready']
   */
  readonly testPaths?: string[];

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
