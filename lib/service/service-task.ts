import { Duration, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ApiKeys } from '../access/api-keys';
import { addGatewayContainer, GATEWAY_MEBIBYTES, GATEWAY_PORT } from '../gateway/gateway-container';
import type { Ingress } from '../gateway/ingress';
import { acknowledge } from '../governance/exceptions';
import { ManagedRole } from '../governance/managed-role';
import type { JobQueue } from '../jobs/job-queue';
import type { WebhookQueues } from '../webhooks/webhook-queues';
import type { ContainerOptions } from './container-options';
import type { ServiceImage } from './service-image';
import type { ServiceLogs } from './service-logs';
import { startupTime } from './startup-time';
import type { TaskSize } from './task-size';

const TMPFS_MEBIBYTES = 64;
const ASSUMED_BY_TASKS = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');

/** @internal */
export interface ServiceTaskProps {
  readonly serviceName: string;
  readonly image: ServiceImage;
  readonly size: TaskSize;
  readonly container: ContainerOptions;
  readonly ingress: Ingress;
  readonly access?: ApiKeys;
  readonly jobs?: JobQueue;
  readonly webhooks?: WebhookQueues;
  readonly idleTimeout: Duration;
  readonly logs: ServiceLogs;
}

/**
 * The task: the app container, and the gateway before it.
 * @internal
 */
export class ServiceTask extends Construct {
  readonly definition: ecs.FargateTaskDefinition;
  /** The container and port that the load balancer reaches. */
  readonly target: { readonly containerName: string; readonly containerPort: number };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceTaskProps,
  ) {
    super(scope, id);
    this.checkContainer();
    this.definition = this.createDefinition();
    const app = this.addAppContainer();
    const gateway = this.addGateway(app);
    this.target = gateway ?? { containerName: app.containerName, containerPort: props.image.port };
  }

  private createDefinition(): ecs.FargateTaskDefinition {
    const { size, image, container } = this.props;
    const executionRole = new ManagedRole(this, 'ExecutionRole', {
      assumedBy: ASSUMED_BY_TASKS,
      description: 'Starts tasks: pulls images, reads injected secrets, writes logs',
    });
    acknowledge(executionRole, 'actions-without-resources');
    const definition = new ecs.FargateTaskDefinition(this, 'Resource', {
      cpu: size.cpu,
      memoryLimitMiB: size.memory.toMebibytes(),
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      executionRole,
      taskRole: new ManagedRole(this, 'TaskRole', { assumedBy: ASSUMED_BY_TASKS, description: 'What the app in a task may do' }),
    });
    const local = image._localRun();
    if (local)
      (definition.node.defaultChild as ecs.CfnTaskDefinition).addMetadata('plinth:local', { ...local, paths: container.testPaths ?? [] });
    acknowledge(definition, 'plain-environment');
    return definition;
  }

  private addAppContainer(): ecs.ContainerDefinition {
    const { image, size, container, ingress, jobs, logs } = this.props;
    const linuxParameters = new ecs.LinuxParameters(this, 'AppLinux', { initProcessEnabled: true });
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    for (const containerPath of this.writablePaths()) {
      // A bind mount would be root's with mode 0755: unwritable for the process.
      linuxParameters.addTmpfs({
        containerPath,
        size: TMPFS_MEBIBYTES,
        mountOptions: [ecs.TmpfsMountOption.RW, ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV],
      });
    }
    return this.definition.addContainer('app', {
      image: image._bind(this),
      essential: true,
      // The gateway's share is its own; a leak in the app must not take the gateway with it.
      memoryLimitMiB: size.memory.toMebibytes() - (ingress.gatewayImage ? GATEWAY_MEBIBYTES : 0),
      user: container.user ?? '1000:1000',
      readonlyRootFilesystem: !container.enableExecuteCommand,
      linuxParameters,
      environment: { ...jobs?._appEnvironment(), ...container.environment, PORT: String(image.port) },
      secrets: container.secrets,
      portMappings: ingress.gatewayImage ? [] : [{ containerPort: image.port }],
      logging: ecs.LogDriver.awsLogs({ logGroup: logs.application, streamPrefix: 'app', mode: ecs.AwsLogDriverMode.NON_BLOCKING }),
      healthCheck: container.healthCheckCommand && { command: container.healthCheckCommand, startPeriod: startupTime(container) },
      stopTimeout: Duration.seconds(60),
    });
  }

  private addGateway(app: ecs.ContainerDefinition): ServiceTask['target'] | undefined {
    const { ingress, access, jobs, webhooks, image, container, serviceName, idleTimeout, logs } = this.props;
    if (!ingress.gatewayImage) return undefined;
    const gateway = addGatewayContainer(this.definition, app, {
      serviceName,
      image: ingress.gatewayImage,
      app: { port: image.port, livePath: container.livePath ?? '/api/health/live', readyPath: container.readyPath ?? '/api/health/ready' },
      routes: ingress.routes,
      access,
      jobs,
      webhooks,
      idleTimeout,
      accessLog: logs.access,
      logLevel: container.environment?.LOG_LEVEL,
      startupTime: startupTime(container),
    });
    return { containerName: gateway.containerName, containerPort: GATEWAY_PORT };
  }

  private writablePaths(): string[] {
    return this.props.container.writablePaths ?? ['/tmp'];
  }

  private checkContainer(): void {
    const { container, image } = this.props;
    const fault = (prop: string, allowed: string, given: string, change: string) =>
      new Error(`${this.node.scope!.node.path}: container.${prop} must be ${allowed}, got ${given}; ${change}`);
    for (const path of this.writablePaths()) {
      if (!Token.isUnresolved(path) && !/^\/[^/]/.test(path))
        throw fault('writablePaths', 'absolute paths other than /', path, 'name the folder the app writes');
    }
    for (const prop of ['livePath', 'readyPath'] as const) {
      const path = container[prop];
      if (path !== undefined && !path.startsWith('/')) throw fault(prop, 'a path that begins with /', path, 'begin it with /');
    }
    if (container.testPaths && (container.testPaths.length === 0 || container.testPaths.some((path) => !path.startsWith('/')))) {
      throw fault('testPaths', 'paths that begin with /', JSON.stringify(container.testPaths), 'name at least one');
    }
    const seconds = startupTime(container).toSeconds({ integral: false });
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 300) {
      throw fault('startupTime', 'whole seconds from 1 to 300', `${seconds} seconds`, 'let the app start faster, or prepare in the image');
    }
    if (/^(root|0)(:|$)/.test(container.user ?? ''))
      throw fault('user', 'a user other than root', container.user!, 'run the process as an unprivileged user');
    if (this.props.ingress.gatewayImage && image.port === GATEWAY_PORT) {
      throw new Error(
        `${this.node.scope!.node.path}: image port must be free in the task, got ${GATEWAY_PORT}, which is the gateway's; let the app listen on another port`,
      );
    }
  }
}
