import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import { type IWebhookStore, WebhookStore } from './webhook-store';

/**
 * How webhooks wait.
 *
 * @example
 * import type { WebhookQueuesProps } from 'plinth';
 *
 * const props: WebhookQueuesProps = { refusedHosts: ['api.example.com'] };
 */
export interface WebhookQueuesProps {
  /**
   * Where the webhooks are kept.
   * @default - a store of its own, which outlives its stack
   */
  readonly store?: IWebhookStore;

  /**
   * Names that no endpoint may have, besides those of private networks: the platform's own, or webhooks would go round in circles.
   * @default - none
   */
  readonly refusedHosts?: string[];

  /**
   * The internal key, {@link Secrets.internalApiKey}, which the gateway signs cursors of lists with. A service that has `jobs` signs with theirs.
   * @default - none; a service without `jobs` needs it
   */
  readonly internalKey?: ISecret;

  /**
   * How often a message is received before it goes to the dead-letter queue, 1 to 1000. A delivery's attempts are its endpoint's: what ends
   * there is no message of ours, or could not be looked up.
   * @default 5
   */
  readonly maxReceiveCount?: number;
}

/**
 * How long the sender has for what it took at once: the longest an endpoint may take, 30 seconds, and what it takes to claim and to write.
 * @internal
 */
export const SEND_TIMEOUT = Duration.seconds(45);

/**
 * Senders at most: as many as leave others enough when ten endpoints begin to hang at once.
 * @internal
 */
export const SENDERS = 50;

/**
 * Senders at most for endpoints that are slow or come back.
 * @internal
 */
export const QUARANTINE_SENDERS = 10;

/** As Lambda asks: one invocation may wait for its turn and be throttled before it has its time. */
const VISIBILITY_TIMEOUT = Duration.seconds(6 * SEND_TIMEOUT.toSeconds());

/**
 * The queues of webhooks: messages that wait to be fanned out, deliveries that wait to be sent, and those to endpoints that are slow or come
 * back. {@link WebhookDelivery} takes from them.
 *
 * Guarantees that what lies in them is a hint and never the truth, which the store holds; that no tenant waits for another's (standard queues,
 * fair by message group: a tenant has one for messages, and four for deliveries, over which its endpoints are spread); that messages are
 * encrypted and sent by TLS alone; and that what cannot be worked is kept for 14 days in one dead-letter queue, from which each message goes
 * back to its own queue.
 *
 * Creates the four queues, their policies, and a {@link WebhookStore} unless one is given.
 *
 * @example
 * import { WebhookQueues } from 'plinth';
 *
 * const webhooks = new WebhookQueues(stack, 'Webhooks', { refusedHosts: ['api.example.com'] });
 */
export class WebhookQueues extends Construct {
  /** Messages that wait for their deliveries to be made, fair between tenants. */
  readonly fanOut: sqs.Queue;

  /** Deliveries that wait to be sent, fair between tenants and between the quarters of a tenant's endpoints. */
  readonly deliver: sqs.Queue;

  /** Deliveries to endpoints that are slow or come back, which hold up no others here. */
  readonly quarantine: sqs.Queue;

  /** What could not be worked, of all three. */
  readonly deadLetterQueue: sqs.Queue;

  /** Where the webhooks are kept. */
  readonly store: IWebhookStore;

  /** Names that no endpoint may have. */
  readonly refusedHosts: string[];

  /** @internal */
  readonly _internalKey?: ISecret;

  constructor(scope: Construct, id: string, props: WebhookQueuesProps = {}) {
    super(scope, id);
    const { maxReceiveCount = 5, refusedHosts = [] } = props;
    this.check(maxReceiveCount);
    this.refusedHosts = refusedHosts;
    this._internalKey = props.internalKey;
    this.store = props.store ?? new WebhookStore(this, 'Store');
    this.deadLetterQueue = this.createDeadLetterQueue();
    this.fanOut = this.createQueue('FanOut', maxReceiveCount);
    this.deliver = this.createQueue('Deliver', maxReceiveCount);
    this.quarantine = this.createQueue('Quarantine', maxReceiveCount);
  }

  /**
   * Lets a role manage endpoints, publish messages, and list and resend deliveries.
   * @param role who serves the routes, such as the task role of a service
   */
  grantManage(role: iam.IRole): iam.Grant {
    return this.store.grantManage(role).combine(this._grantSend(role, this.fanOut, this.deliver, this.quarantine));
  }

  /**
   * Lets a role publish messages.
   * @param role who tells of something
   */
  grantPublish(role: iam.IRole): iam.Grant {
    return this.store.grantPublish(role).combine(this._grantSend(role, this.fanOut));
  }

  /**
   * What a function is told that publishes.
   * @internal
   */
  _publishEnvironment(): { [name: string]: string } {
    return { ...this._environment(), WEBHOOK_KEY_ID: this.store.encryptionKey.keyArn };
  }

  /** @internal */
  _grantSend(role: iam.IRole, ...queues: sqs.Queue[]): iam.Grant {
    const resourceArns = queues.map(({ queueArn }) => queueArn);
    return iam.Grant.addToPrincipal({ grantee: role, actions: ['sqs:SendMessage'], resourceArns });
  }

  /**
   * What the gateway is told.
   * @internal
   */
  _gatewayConfiguration() {
    return {
      table: this.store.table.tableName,
      fanOutQueueUrl: this.fanOut.queueUrl,
      deliverQueueUrl: this.deliver.queueUrl,
      quarantineQueueUrl: this.quarantine.queueUrl,
      region: Stack.of(this).region,
      keyId: this.store.encryptionKey.keyArn,
      refusedHosts: this.refusedHosts,
    };
  }

  /**
   * What every function is told.
   * @internal
   */
  _environment(): { [name: string]: string } {
    return {
      WEBHOOK_TABLE: this.store.table.tableName,
      WEBHOOK_FANOUT_QUEUE_URL: this.fanOut.queueUrl,
      WEBHOOK_DELIVER_QUEUE_URL: this.deliver.queueUrl,
      WEBHOOK_QUARANTINE_QUEUE_URL: this.quarantine.queueUrl,
    };
  }

  private check(maxReceiveCount: number): void {
    if (Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1000) return;
    throw new Error(
      `${this.node.path}: maxReceiveCount must be a whole number from 1 to 1000, got ${maxReceiveCount}; choose one in that range`,
    );
  }

  private createDeadLetterQueue(): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // By queue, they would name each other.
      redriveAllowPolicy: { redrivePermission: sqs.RedrivePermission.ALLOW_ALL },
    });
    acknowledge(queue, 'lambda-dead-letter');
    return queue;
  }

  private createQueue(id: string, maxReceiveCount: number): sqs.Queue {
    return new sqs.Queue(this, id, {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
  }
}
