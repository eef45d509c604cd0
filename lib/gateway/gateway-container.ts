import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ApiKeys } from '../access/api-keys';
import type { JobQueue } from '../jobs/job-queue';
import type { WebhookQueues } from '../webhooks/webhook-queues';
import type { GatewayImage } from './gateway-image';
import { Route } from './route';

/**
 * The port the gateway listens on, TLS.
 * @internal
 */
export const GATEWAY_PORT = 8443;

/**
 * The gateway's share of a task's memory.
 * @internal
 */
export const GATEWAY_MEBIBYTES = 512;

/** @internal */
export interface GatewayContainerProps {
  /** The value of the metrics' Service dimension. */
  readonly serviceName: string;
  readonly image: GatewayImage;
  readonly app: { readonly port: number; readonly livePath: string; readonly readyPath: string };
  readonly routes: Route[];
  /** None: no keys are asked for. */
  readonly access?: ApiKeys;
  /** None: the gateway serves no jobs. */
  readonly jobs?: JobQueue;
  /** None: the gateway manages no webhooks. */
  readonly webhooks?: WebhookQueues;
  /** The load balancer's; the gateway keeps connections longer, or the balancer would reuse one that is closing. */
  readonly idleTimeout: Duration;
  readonly accessLog: logs.ILogGroup;
  /** LOG_LEVEL of the app, which is the gateway's too; INFO where there is none. */
  readonly logLevel?: string;
  /** How long the app may take to live. */
  readonly startupTime: Duration;
}

/**
 * Adds the gateway to a task: 256 CPU units and 512 MB of the task's, started after the app and stopped before it.
 * @internal
 */
export function addGatewayContainer(
  task: ecs.FargateTaskDefinition,
  app: ecs.ContainerDefinition,
  props: GatewayContainerProps,
): ecs.ContainerDefinition {
  const linuxParameters = new ecs.LinuxParameters(task, 'GatewayLinux', { initProcessEnabled: true });
  linuxParameters.dropCapabilities(ecs.Capability.ALL);
  const internalKey = props.jobs?._internalKey ?? props.webhooks?._internalKey;
  const gateway = task.addContainer('gateway', {
    image: props.image._bind(task),
    essential: true,
    cpu: 256,
    memoryLimitMiB: GATEWAY_MEBIBYTES,
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters,
    portMappings: [{ containerPort: GATEWAY_PORT, name: 'https' }],
    environment: { PLINTH_GATEWAY: JSON.stringify(gatewayConfiguration(props)), ...(props.logLevel && { LOG_LEVEL: props.logLevel }) },
    secrets: internalKey && { INTERNAL_API_KEY: ecs.Secret.fromSecretsManager(internalKey) },
    logging: ecs.LogDriver.awsLogs({ logGroup: props.accessLog, streamPrefix: 'gateway', mode: ecs.AwsLogDriverMode.NON_BLOCKING }),
    healthCheck: {
      command: ['CMD', 'node', '/gateway/gateway.js', 'probe'],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: props.startupTime,
    },
    stopTimeout: Duration.seconds(60),
  });
  gateway.addContainerDependencies({ container: app, condition: ecs.ContainerDependencyCondition.START });
  return gateway;
}

/** The gateway reads no defaults of its own: what is written here is what it does. */
function gatewayConfiguration(props: GatewayContainerProps) {
  return {
    service: props.serviceName,
    listen: { port: GATEWAY_PORT, tls: true },
    app: props.app,
    keepAliveMs: props.idleTimeout.plus(Duration.seconds(5)).toMilliseconds(),
    routes: [...props.routes, Route.api('/*')].map((route) => ({
      path: route.path,
      class: route.routeClass,
      deadlineMs: route.deadline.toMilliseconds(),
      maxBodyBytes: route.maxBody.toBytes(),
    })),
    drain: { graceMs: 5_000, timeoutMs: 40_000 },
    access: props.access?._gatewayConfiguration(),
    jobs: props.jobs?._gatewayConfiguration(),
    webhooks: props.webhooks?._gatewayConfiguration(),
  };
}
