import { Duration, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { FunctionSchedule } from '../functions/function-schedule';
import { PlatformFunction } from '../functions/platform-function';
import { acknowledge } from '../governance/exceptions';
import { createLogKey } from '../governance/log-key';
import { JobScaling } from '../jobs/job-scaling';
import { EgressVpc } from '../network/egress-vpc';
import { QUARANTINE_SENDERS, SEND_TIMEOUT, SENDERS, WebhookQueues } from './webhook-queues';

/**
 * Whose webhooks are delivered, and how fast.
 *
 * @example
 * import { JobScaling, type WebhookDeliveryProps, WebhookQueues } from 'plinth';
 *
 * const props: WebhookDeliveryProps = {
 *   webhooks: new WebhookQueues(stack, 'Webhooks'),
 *   scaling: JobScaling.onDemand(100),
 * };
 */
export interface WebhookDeliveryProps {
  /**
   * The queues.
   * @default - queues of its own, with a store that outlives its stack
   */
  readonly webhooks?: WebhookQueues;

  /**
   * How many senders there may be, each with up to 10 deliveries at once. One whose receiver hangs is busy until the time-out: with 50,
   * ten endpoints that begin to hang at once are not felt by the others.
   * @default JobScaling.onDemand(50)
   */
  readonly scaling?: JobScaling;

  /**
   * Senders for endpoints that are slow or come back, 2 to 100, besides those of `scaling`.
   * @default 10
   */
  readonly quarantineConcurrency?: number;

  /**
   * Whether deliveries come from addresses that never change, which receivers can let through: an {@link EgressVpc}, about 75 USD a month.
   * @default false
   */
  readonly fixedAddresses?: boolean;

  /**
   * Ranges that no delivery goes to, besides those of private networks, such as public addresses of your own.
   * @default - none
   */
  readonly refusedNetworks?: string[];

  /**
   * The key of the log groups, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

const BATCH_SIZE = 10;
/** Three functions side by side, and jobs beside them, have to share the 10 executions of a new account. */
const FAN_OUT_CONCURRENCY = 2;
const SWEEP_EVERY = 'rate(1 minute)';
/** A sender holds ten bodies of 256 KB, and the connections of many endpoints. */
const SENDER_MEMORY_MB = 512;
const CIDR = /^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$|^[\da-f:]+\/\d{1,3}$/i;

/**
 * Delivers webhooks: a function makes the deliveries of each message, another posts them, signed, and a third looks every minute after what
 * was lost, late or parked.
 *
 * Guarantees that each attempt is written before it is made and that what came of it is written, or that it is `unknown`; that an endpoint
 * that hangs holds up no other, as those that are slow or come back have a queue and senders of their own; that senders stand outside any VPC,
 * or in one with nothing else in it; and that no delivery goes to a private address.
 *
 * Creates the three functions with their roles and log groups, three event sources, a schedule, the {@link WebhookQueues} unless they are
 * given, and an {@link EgressVpc} where addresses are fixed. {@link WebhookAlarms} watches it.
 *
 * @example
 * import { WebhookAlarms, WebhookDelivery } from 'plinth';
 *
 * WebhookAlarms.of(new WebhookDelivery(stack, 'Webhooks')).addAll();
 */
export class WebhookDelivery extends Construct {
  /** The queues. */
  readonly webhooks: WebhookQueues;

  /** The function that makes the deliveries of a message. */
  readonly fanOut: lambda.Function;

  /** The function that sends deliveries. */
  readonly sender: lambda.Function;

  /** The function that looks after them. */
  readonly sweeper: lambda.Function;

  /**
   * Where deliveries come from.
   * @default - addresses of Lambda's, which change
   */
  readonly egress?: EgressVpc;

  /** @internal */
  readonly _sender: PlatformFunction;

  /** @internal */
  readonly _sweeper: PlatformFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WebhookDeliveryProps = {},
  ) {
    super(scope, id);
    this.check();
    this.webhooks = props.webhooks ?? new WebhookQueues(this, 'Queues');
    const logKey = props.logKey ?? createLogKey(this, 'LogKey');
    if (props.fixedAddresses) this.egress = new EgressVpc(this, 'Egress', { logKey });
    this.fanOut = this.createFanOut(logKey);
    this._sender = this.createSender(logKey);
    this.sender = this._sender.function;
    this._sweeper = this.createSweeper(logKey);
    this.sweeper = this._sweeper.function;
  }

  private check(): void {
    const { quarantineConcurrency = QUARANTINE_SENDERS, refusedNetworks = [] } = this.props;
    if (!Number.isInteger(quarantineConcurrency) || quarantineConcurrency < 2 || quarantineConcurrency > 100) {
      const given = `got ${quarantineConcurrency}; choose one in that range`;
      throw new Error(`${this.node.path}: quarantineConcurrency must be a whole number from 2 to 100, ${given}`);
    }
    const fault = refusedNetworks.find((range) => !Token.isUnresolved(range) && !CIDR.test(range));
    if (fault === undefined) return;
    throw new Error(`${this.node.path}: refusedNetworks must be ranges such as 203.0.113.0/24, got ${fault}; write it with its length`);
  }

  private createFanOut(logKey: kms.IKey): lambda.Function {
    const { webhooks } = this;
    const fanOut = new PlatformFunction(this, 'FanOut', {
      bundle: 'webhook-fanout',
      description: `Makes the deliveries of ${this.node.path}`,
      logKey,
      environment: webhooks._environment(),
    });
    webhooks.store.grantFanOut(fanOut.role);
    webhooks._grantSend(fanOut.role, webhooks.deliver, webhooks.quarantine);
    this.receive('FanOutSource', fanOut, webhooks.fanOut, JobScaling.onDemand(FAN_OUT_CONCURRENCY));
    return fanOut.function;
  }

  private createSender(logKey: kms.IKey): PlatformFunction {
    const { egress, webhooks } = this;
    const { scaling = JobScaling.onDemand(SENDERS), quarantineConcurrency = QUARANTINE_SENDERS, refusedNetworks = [] } = this.props;
    const sender = new PlatformFunction(this, 'Sender', {
      bundle: 'webhook-sender',
      description: `Sends the deliveries of ${this.node.path}`,
      logKey,
      timeout: SEND_TIMEOUT,
      memoryMb: SENDER_MEMORY_MB,
      vpc: egress?.vpc,
      securityGroups: egress && [egress.securityGroup],
      environment: {
        ...webhooks._environment(),
        WEBHOOK_KEY_ID: webhooks.store.encryptionKey.keyArn,
        WEBHOOK_REFUSED_HOSTS: webhooks.refusedHosts.join(','),
        WEBHOOK_REFUSED_NETWORKS: [...refusedNetworks, ...(egress ? [egress.cidr] : [])].join(','),
      },
    });
    webhooks.store.grantDeliver(sender.role);
    webhooks._grantSend(sender.role, webhooks.deliver, webhooks.quarantine);
    this.receive('DeliverSource', sender, webhooks.deliver, scaling);
    this.receive('QuarantineSource', sender, webhooks.quarantine, JobScaling.onDemand(quarantineConcurrency));
    return sender;
  }

  private createSweeper(logKey: kms.IKey): PlatformFunction {
    const { webhooks } = this;
    const sweeper = new PlatformFunction(this, 'Sweeper', {
      bundle: 'webhook-sweeper',
      description: `Looks after the deliveries of ${this.node.path}`,
      logKey,
      timeout: Duration.minutes(1),
      environment: webhooks._environment(),
    });
    webhooks.store.grantSweep(sweeper.role);
    webhooks._grantSend(sweeper.role, webhooks.deliver, webhooks.quarantine);
    new FunctionSchedule(this, 'SweeperSchedule', {
      function: sweeper.function,
      description: `Looks after the deliveries of ${this.node.path}`,
      expression: SWEEP_EVERY,
    });
    return sweeper;
  }

  private receive(id: string, { function: target, role }: PlatformFunction, { queueArn }: sqs.Queue, scaling: JobScaling): void {
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [queueArn] }));
    const source = new lambda.EventSourceMapping(this, id, {
      target,
      eventSourceArn: queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      ...scaling._source,
    });
    acknowledge(source, 'lambda-dead-letter');
    // Lambda looks at once whether the role may receive.
    source.node.addDependency(role);
  }
}
