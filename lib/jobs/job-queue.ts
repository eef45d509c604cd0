import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import { checkKinds, type JobKind, kindConfiguration } from './job-kind';
import { type IJobStore, JobStore } from './job-store';

/**
 * Which jobs there are, and how they wait.
 *
 * @example
 * import { type JobQueueProps, Secrets } from 'plinth';
 *
 * const props: JobQueueProps = {
 *   kinds: [{ name: 'reports.make' }],
 *   internalKey: new Secrets(stack, 'Secrets').internalApiKey,
 * };
 */
export interface JobQueueProps {
  /** The kinds of jobs, 1 to 10. */
  readonly kinds: JobKind[];

  /**
   * The key that calls to an app and the cursors of lists are signed with, such as {@link Secrets.internalApiKey}. An app that works jobs
   * has the same as INTERNAL_API_KEY.
   */
  readonly internalKey: ISecret;

  /**
   * Where the jobs are kept.
   * @default - a store of its own, which outlives its stack
   */
  readonly store?: IJobStore;

  /**
   * How long the worker has for what it took at once, 10 seconds to 15 minutes. A message is hidden for six times as long.
   * @default Duration.minutes(5)
   */
  readonly attemptTimeout?: Duration;

  /**
   * How often a message is received before it goes to the dead-letter queue, 1 to 1000. A job's attempts are its kind's: what ends there
   * is no message of ours, or could not be looked up.
   * @default 5
   */
  readonly maxReceiveCount?: number;
}

const LEAST_TIMEOUT = Duration.seconds(10);
const MOST_TIMEOUT = Duration.minutes(15);

/**
 * A queue of jobs: what is submitted waits here until a {@link JobWorker} takes it.
 *
 * Guarantees that a message is a hint and never the truth, which the store holds; that no tenant waits for another's backlog (a standard
 * queue, fair by message group); that messages are encrypted and sent by TLS alone; and that what cannot be worked is kept for 14 days in
 * a dead-letter queue, from which it can be sent back.
 *
 * Creates the queue, its dead-letter queue, their policies, and a {@link JobStore} unless one is given.
 *
 * @example
 * import { JobQueue, Secrets } from 'plinth';
 *
 * const jobs = new JobQueue(stack, 'Jobs', {
 *   kinds: [{ name: 'reports.make' }],
 *   internalKey: new Secrets(stack, 'Secrets').internalApiKey,
 * });
 */
export class JobQueue extends Construct {
  /** The queue. */
  readonly queue: sqs.Queue;

  /** What could not be worked. */
  readonly deadLetterQueue: sqs.Queue;

  /** Where the jobs are kept. */
  readonly store: IJobStore;

  /** The kinds of jobs. */
  readonly kinds: JobKind[];

  /** How long the worker has for what it took at once. */
  readonly attemptTimeout: Duration;

  /** @internal */
  readonly _internalKey: ISecret;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    const { attemptTimeout = Duration.minutes(5), maxReceiveCount = 5 } = props;
    checkKinds(this.node.path, props.kinds);
    this.check(attemptTimeout, maxReceiveCount);
    this.kinds = props.kinds;
    this.attemptTimeout = attemptTimeout;
    this._internalKey = props.internalKey;
    this.store = props.store ?? new JobStore(this, 'Store');
    this.deadLetterQueue = this.createDeadLetterQueue();
    this.queue = this.createQueue(maxReceiveCount);
  }

  /**
   * Lets a role submit, read, list and cancel jobs.
   * @param role who serves the routes, such as the task role of a service
   */
  grantSubmit(role: iam.IRole): iam.Grant {
    return this.store.grantSubmit(role).combine(this._grantSend(role));
  }

  /** @internal */
  _grantSend(role: iam.IRole): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee: role, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
  }

  /**
   * What the gateway is told.
   * @internal
   */
  _gatewayConfiguration() {
    return {
      table: this.store.table.tableName,
      queueUrl: this.queue.queueUrl,
      region: Stack.of(this).region,
      kinds: this.kinds.map((kind) => kindConfiguration(kind)),
      resultBucket: this.store.results.bucketName,
    };
  }

  /**
   * What an app is told that submits jobs itself; its role may.
   * @internal
   */
  _appEnvironment(): { [name: string]: string } {
    return { JOB_TABLE: this.store.table.tableName, JOB_QUEUE_URL: this.queue.queueUrl };
  }

  private check(attemptTimeout: Duration, maxReceiveCount: number): void {
    const seconds = attemptTimeout.toSeconds({ integral: false });
    if (!Number.isInteger(seconds) || seconds < LEAST_TIMEOUT.toSeconds() || seconds > MOST_TIMEOUT.toSeconds()) {
      throw new Error(
        `${this.node.path}: attemptTimeout must be whole seconds from 10 to 900, got ${seconds} seconds; split what takes longer into jobs`,
      );
    }
    if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000) {
      throw new Error(
        `${this.node.path}: maxReceiveCount must be a whole number from 1 to 1000, got ${maxReceiveCount}; choose one in that range`,
      );
    }
  }

  private createDeadLetterQueue(): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // By queue, the two would name each other.
      redriveAllowPolicy: { redrivePermission: sqs.RedrivePermission.ALLOW_ALL },
    });
    acknowledge(queue, 'lambda-dead-letter');
    return queue;
  }

  private createQueue(maxReceiveCount: number): sqs.Queue {
    return new sqs.Queue(this, 'Resource', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // As Lambda asks: one invocation may wait for its turn and be throttled before it has its time.
      visibilityTimeout: Duration.seconds(6 * this.attemptTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
  }
}
