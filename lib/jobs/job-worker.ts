import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FunctionSchedule } from '../functions/function-schedule';
import { PlatformFunction } from '../functions/platform-function';
import { acknowledge } from '../governance/exceptions';
import { createLogKey } from '../governance/log-key';
import type { ApiService } from '../service/api-service';
import type { WebhookQueues } from '../webhooks/webhook-queues';
import { kindConfiguration } from './job-kind';
import type { BoundProcessor, JobProcessor } from './job-processor';
import type { JobQueue } from './job-queue';
import { JobScaling } from './job-scaling';

/**
 * Whose jobs are worked, and by whom.
 *
 * @example
 * import * as lambda from 'aws-cdk-lib/aws-lambda';
 * import { JobProcessor, JobQueue, type JobWorkerProps, Secrets } from 'plinth';
 *
 * const makeReport = lambda.Function.fromFunctionName(stack, 'MakeReport', 'make-report');
 * const { internalApiKey: internalKey } = new Secrets(stack, 'Secrets');
 * const props: JobWorkerProps = {
 *   jobs: new JobQueue(stack, 'Jobs', { kinds: [{ name: 'reports.make' }], internalKey }),
 *   processors: { 'reports.make': JobProcessor.function(makeReport) },
 * };
 */
export interface JobWorkerProps {
  /** The queue. */
  readonly jobs: JobQueue;

  /** Who does the work of each kind, by its name. */
  readonly processors: { [kind: string]: JobProcessor };

  /**
   * How many workers there may be.
   * @default JobScaling.onDemand(5)
   */
  readonly scaling?: JobScaling;

  /**
   * Jobs that a worker takes at once and works side by side, 1 to 10.
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * The network whose private subnets the worker stands in, with a way out to AWS: needed where a service has no domain.
   * @default - outside any VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Whom the ends of jobs are told to: endpoints that subscribed, and a job's own `webhook_url`.
   * @default - nobody is told
   */
  readonly webhooks?: WebhookQueues;

  /**
   * The service whose paths the processors mean that name none.
   * @default - each names its own
   */
  readonly service?: ApiService;

  /**
   * The key of the log groups, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

/** It waits for others, and holds ten results of 5 MB at most. */
const MEMORY_MB = 512;
const SWEEP_EVERY = 'rate(1 minute)';

/**
 * Works the jobs of a queue: a function takes them as they come, claims each in the store, has its kind's processor do it and writes what
 * came of it; another looks every minute after what was lost, late or left.
 *
 * Guarantees that a job whose message or worker is lost is worked all the same, that the records of a batch do not wait for each other,
 * and that a message comes again only where the store could not be asked (partial batch responses).
 *
 * Creates the two functions with their roles and log groups, the queue's event source and a schedule. {@link JobQueueAlarms} watches it.
 *
 * @example
 * import * as lambda from 'aws-cdk-lib/aws-lambda';
 * import { JobProcessor, JobQueue, JobQueueAlarms, JobWorker, Secrets } from 'plinth';
 *
 * const makeReport = lambda.Function.fromFunctionName(stack, 'MakeReport', 'make-report');
 * const { internalApiKey: internalKey } = new Secrets(stack, 'Secrets');
 * const jobs = new JobQueue(stack, 'Jobs', { kinds: [{ name: 'reports.make' }], internalKey });
 * const processors = { 'reports.make': JobProcessor.function(makeReport) };
 * JobQueueAlarms.of(new JobWorker(stack, 'JobWorker', { jobs, processors })).addAll();
 */
export class JobWorker extends Construct {
  /** The queue. */
  readonly jobs: JobQueue;

  /** The function that works jobs. */
  readonly worker: lambda.Function;

  /** The function that looks after them. */
  readonly sweeper: lambda.Function;

  /** @internal */
  readonly _worker: PlatformFunction;

  /** @internal */
  readonly _sweeper: PlatformFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: JobWorkerProps,
  ) {
    super(scope, id);
    this.jobs = props.jobs;
    this.check();
    const logKey = props.logKey ?? createLogKey(this, 'LogKey');
    this._worker = this.createWorker(logKey);
    this.worker = this._worker.function;
    this.bindProcessors();
    this.receive();
    this._sweeper = this.createSweeper(logKey);
    this.sweeper = this._sweeper.function;
  }

  private check(): void {
    const { batchSize = 10, processors } = this.props;
    if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10) {
      throw new Error(
        `${this.node.path}: batchSize must be a whole number from 1 to 10, got ${batchSize}; more workers take more, see scaling`,
      );
    }
    const kinds = this.jobs.kinds.map(({ name }) => name);
    const idle = kinds.filter((kind) => !(kind in processors));
    const unknown = Object.keys(processors).filter((kind) => !kinds.includes(kind));
    if (idle.length === 0 && unknown.length === 0) return;
    const change = idle.length > 0 ? `name one for ${idle.join(', ')}` : `add ${unknown.join(', ')} to kinds, or leave it out`;
    throw new Error(
      `${this.node.path}: processors must be for ${kinds.join(', ')}, got ${Object.keys(processors).join(', ') || 'none'}; ${change}`,
    );
  }

  private createWorker(logKey: kms.IKey): PlatformFunction {
    const { vpc } = this.props;
    const worker = new PlatformFunction(this, 'Worker', {
      bundle: 'job-worker',
      description: `Works jobs of ${this.jobs.node.path}`,
      logKey,
      timeout: this.jobs.attemptTimeout,
      memoryMb: MEMORY_MB,
      vpc,
      securityGroups: vpc && [this.createSecurityGroup(vpc)],
      environment: {
        ...this.environment(),
        JOB_RESULT_BUCKET: this.jobs.store.results.bucketName,
        INTERNAL_API_KEY_SECRET_ARN: this.jobs._internalKey.secretArn,
      },
    });
    this.jobs.store.grantWork(worker.role);
    this.jobs._grantSend(worker.role);
    this.props.webhooks?.grantPublish(worker.role);
    this.jobs._internalKey.grantRead(worker.role);
    return worker;
  }

  private createSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Worker of jobs', allowAllOutbound: false });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'To AWS');
    group.addEgressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.HTTP, 'To a load balancer without a domain');
    return group;
  }

  private bindProcessors(): void {
    const { processors, service, vpc } = this.props;
    const bound = new Map<string, BoundProcessor>();
    for (const { name: kind } of this.jobs.kinds) {
      const site = { path: this.node.path, kind, role: this._worker.role, attemptSeconds: this.jobs.attemptTimeout.toSeconds(), service };
      const processor = processors[kind]._bind(site);
      if (processor.isInside && !vpc) {
        throw new Error(
          `${this.node.path}: vpc must be given for processors.${kind}, whose service has no domain, got none; pass the service's network`,
        );
      }
      bound.set(kind, processor);
    }
    const kinds = this.jobs.kinds.map((kind) => ({ ...kindConfiguration(kind), processor: bound.get(kind.name)?.configuration }));
    this.worker.addEnvironment('JOB_KINDS', JSON.stringify(kinds));
  }

  private receive(): void {
    const { scaling = JobScaling.onDemand(5), batchSize = 10 } = this.props;
    const { queueArn } = this.jobs.queue;
    this._worker.role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
        resources: [queueArn],
      }),
    );
    const source = new lambda.EventSourceMapping(this, 'Source', {
      target: this.worker,
      eventSourceArn: queueArn,
      batchSize,
      reportBatchItemFailures: true,
      ...scaling._source,
    });
    acknowledge(source, 'lambda-dead-letter');
    // Lambda looks at once whether the role may receive.
    source.node.addDependency(this._worker.role);
  }

  private createSweeper(logKey: kms.IKey): PlatformFunction {
    const sweeper = new PlatformFunction(this, 'Sweeper', {
      bundle: 'job-sweeper',
      description: `Looks after jobs of ${this.jobs.node.path}`,
      logKey,
      timeout: Duration.minutes(1),
      environment: { ...this.environment(), JOB_KINDS: JSON.stringify(this.jobs.kinds.map((kind) => kindConfiguration(kind))) },
    });
    this.jobs.store.grantSweep(sweeper.role);
    this.jobs._grantSend(sweeper.role);
    this.props.webhooks?.grantPublish(sweeper.role);
    new FunctionSchedule(this, 'SweeperSchedule', {
      function: sweeper.function,
      description: `Looks after jobs of ${this.jobs.node.path}`,
      expression: SWEEP_EVERY,
    });
    return sweeper;
  }

  private environment(): { [name: string]: string } {
    const { jobs, webhooks } = this.props;
    return { JOB_TABLE: jobs.store.table.tableName, JOB_QUEUE_URL: jobs.queue.queueUrl, ...webhooks?._publishEnvironment() };
  }
}
