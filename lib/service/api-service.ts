import { Duration, Names, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ApiKeyAlarms } from '../access/api-key-alarms';
import type { ApiKeys } from '../access/api-keys';
import { DataProtection } from '../data/data-protection';
import { disposeLogs } from '../governance/dispose-logs';
import { Ingress } from '../gateway/ingress';
import { Route } from '../gateway/route';
import { createLogKey } from '../governance/log-key';
import type { JobQueue } from '../jobs/job-queue';
import type { WebhookQueues } from '../webhooks/webhook-queues';
import { acknowledge } from '../governance/exceptions';
import { ApiLoadBalancer } from './api-load-balancer';
import { type ContainerOptions } from './container-options';
import { checkAccess, checkJobs, checkWebhooks } from './access-checks';
import { type JobEndpoint, jobEndpoint } from './job-endpoint';
import { startupTime } from './startup-time';
import { Deployment } from './deployment';
import { DeploymentAlarms } from './deployment-alarms';
import { DeploymentTestTraffic } from './deployment-test-traffic';
import type { Domain } from './domain';
import { Firewall, type FirewallProps } from './firewall';
import { KEY_HEADERS } from './firewall-rules';
import { FirewallAlarms } from './firewall-alarms';
import { resolveCapacity } from './capacity-defaults';
import type { ServiceCapacity } from './service-capacity';
import type { ServiceImage } from './service-image';
import { ServiceLogs } from './service-logs';
import { ServiceMetrics } from './service-metrics';
import { ServiceScaling } from './service-scaling';
import { ServiceTask } from './service-task';
import { ServiceTraffic } from './service-traffic';
import { TrafficShift } from './traffic-shift';
import { capacityProviders, deploymentStrategy } from './deployment-strategy';
import type { TlsPolicy } from './tls-policy';

const READY_PATH = '/api/health/ready';

/** A hundred jobs at once; the first route decides, so it goes before those of the app. */
const JOB_BATCH = Route.api('/v1/jobs/batch', { maxBody: Size.mebibytes(1) });

/** What the calls of a worker carry. */
const SIGNATURE_HEADER = 'x-job-signature';

/**
 * What the load balancer of a service may do otherwise.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { type LoadBalancerOptions, TlsPolicy } from 'plinth';
 *
 * const options: LoadBalancerOptions = { tls: TlsPolicy.TLS_1_3, stickiness: Duration.hours(1) };
 */
export interface LoadBalancerOptions {
  /**
   * The oldest TLS version a client may speak.
   * @default TlsPolicy.TLS_1_2
   */
  readonly tls?: TlsPolicy;

  /**
   * Whether port 80 answers, with a redirect to HTTPS alone.
   * @default true
   */
  readonly redirectHttp?: boolean;

  /**
   * Whether the load balancer refuses to be deleted.
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * How long a client keeps to one task, by cookie, 1 second to 7 days (REC-4.3); with rolling deployments only. It is part of the
   * listener's rule: choose when the service is made.
   * @default - not sticky
   */
  readonly stickiness?: Duration;
}

/**
 * An API in a container, and how it is served.
 *
 * @example
 * import { type ApiServiceProps, Network, ServiceImage } from 'plinth';
 *
 * const props: ApiServiceProps = {
 *   vpc: new Network(stack, 'Network').vpc,
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 * };
 */
export interface ApiServiceProps {
  /** The network: public subnets for the load balancer, private subnets with a way out for the tasks. */
  readonly vpc: ec2.IVpc;

  /** The image that holds the API. */
  readonly image: ServiceImage;

  /**
   * The name that clients call.
   * @default - none: an internal load balancer that speaks HTTP inside the VPC only
   */
  readonly domain?: Domain;

  /**
   * How the app container runs.
   * @default - user 1000, read-only root with /tmp in memory, no environment but PORT
   */
  readonly container?: ContainerOptions;

  /**
   * How many tasks of what size.
   * @default - 2 to 10 tasks of 1 vCPU and 2 GiB, none on Spot
   */
  readonly capacity?: ServiceCapacity;

  /**
   * How new tasks take over.
   * @default Deployment.canary()
   */
  readonly deployment?: Deployment;

  /**
   * What stands between the load balancer and the app, and the limits of its routes.
   * @default Ingress.gateway()
   */
  readonly ingress?: Ingress;

  /**
   * Which requests need an API key; it takes the gateway.
   * @default - none does: everybody may call everything
   */
  readonly access?: ApiKeys;

  /**
   * The jobs that its gateway takes on `/v1/jobs`; it takes API keys, as a job belongs to a key's tenant.
   * @default - none
   */
  readonly jobs?: JobQueue;

  /**
   * The webhooks that its gateway manages on `/v1/webhooks`; it takes API keys, as an endpoint belongs to a key's tenant.
   * @default - none
   */
  readonly webhooks?: WebhookQueues;

  /**
   * The firewall's settings; its routes and log key are the service's own.
   * @default - the firewall's defaults
   */
  readonly firewall?: FirewallProps;

  /**
   * The load balancer's settings.
   * @default - TLS 1.2, port 80 redirects, protected from deletion, not sticky
   */
  readonly loadBalancer?: LoadBalancerOptions;

  /**
   * Metrics of tasks and containers beside the service's own; about 0.30 USD a metric a month.
   * @default ecs.ContainerInsights.ENABLED
   */
  readonly containerInsights?: ecs.ContainerInsights;

  /**
   * What becomes of its logs and their key when it is removed or replaced.
   * @default DataProtection.retained()
   */
  readonly logProtection?: DataProtection;
}

/**
 * A container image as a production API: Fargate behind a load balancer and a firewall.
 *
 * Guarantees at least two tasks over the VPC's zones, TLS to the task, deployments that never go below the full number and roll back
 * by alarm, scaling on CPU, memory, requests and latency, application, access and error logs apart, a read-only root and no
 * root user. Creates the load balancer, the firewall, a cluster of its own, the service, its scaling and its alarms. It adds no rule
 * to a security group it was handed.
 *
 * @example
 * import { ApiService, Domain, Network, ServiceImage } from 'plinth';
 *
 * const network = new Network(stack, 'Network');
 * new ApiService(stack, 'Api', {
 *   vpc: network.vpc,
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2', { port: 3000 }),
 *   domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
 * });
 */
export class ApiService extends Construct {
  /** The load balancer with its listeners; further routes are added to it. */
  readonly loadBalancer: ApiLoadBalancer;

  /** The firewall before the load balancer. */
  readonly firewall: Firewall;

  /** The cluster, of this service alone. */
  readonly cluster: ecs.Cluster;

  /** The task definition; its `taskRole` is what the app may do. */
  readonly taskDefinition: ecs.FargateTaskDefinition;

  /** The service. */
  readonly service: ecs.FargateService;

  /** The tasks' own group: in from the load balancer only, out on 443. */
  readonly securityGroup: ec2.SecurityGroup;

  /** The key of every log group of the service. */
  readonly logKey: kms.Key;

  /**
   * What its metrics are reported under.
   * @internal
   */
  readonly _serviceName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApiServiceProps,
  ) {
    super(scope, id);
    const capacity = resolveCapacity(this.node.path, props.capacity);
    const { ingress = Ingress.gateway(), deployment = Deployment.canary(), logProtection = DataProtection.retained() } = props;
    this.checkStickiness(deployment);
    checkAccess(this.node.path, props, ingress);
    checkJobs(this.node.path, props);
    checkWebhooks(this.node.path, props);
    this._serviceName = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    const serviceName = this._serviceName;
    const idleTimeout = this.idleTimeout(ingress);

    this.logKey = createLogKey(this, 'LogKey');
    this.loadBalancer = new ApiLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      domain: props.domain,
      idleTimeout,
      logProtection,
      logKey: this.logKey,
      ...props.loadBalancer,
    });
    this.firewall = this.createFirewall(ingress);
    const task = new ServiceTask(this, 'Task', {
      serviceName,
      image: props.image,
      size: capacity.size,
      container: props.container ?? {},
      ingress,
      access: props.access,
      jobs: props.jobs,
      webhooks: props.webhooks,
      idleTimeout,
      logs: new ServiceLogs(this, 'Logs', this.logKey),
    });
    this.taskDefinition = task.definition;
    this.cluster = this.createCluster();
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, description: 'Tasks', allowAllOutbound: false });
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'HTTPS to other services');

    const traffic = this.createTraffic(ingress);
    this.service = this.createService(task, traffic, deployment, capacity.spotPercent);
    const metrics = new ServiceMetrics({
      service: this.service,
      serviceName,
      targetGroups: [traffic.blue, traffic.green],
      gateway: ingress.gatewayImage !== undefined,
    });
    new ServiceScaling(this, 'Scaling', { service: this.service, metrics, capacity });
    if (capacity.worksQueue) this.grantTaskProtection();
    this.watchDeployments(deployment, new DeploymentAlarms(this, 'DeploymentAlarms', metrics));
    if (props.access) this.askForKeys(props.access);
    props.jobs?.grantSubmit(this.taskDefinition.taskRole);
    props.webhooks?.grantManage(this.taskDefinition.taskRole);
    if (logProtection._disposable) disposeLogs(this);
  }

  private askForKeys(access: ApiKeys): void {
    access._grant(this.taskDefinition.taskRole);
    ApiKeyAlarms.of(this).addFailedKeys();
  }

  /** A client that sticks to the old tasks' group would follow it into nothing once the traffic has moved. */
  private checkStickiness({ strategy, shiftsTraffic }: Deployment): void {
    if (shiftsTraffic && this.props.loadBalancer?.stickiness) {
      throw new Error(
        `${this.node.path}: loadBalancer.stickiness must go with Deployment.rolling(), got ${strategy}; roll, or keep sessions in a store`,
      );
    }
  }

  /** Lets the tasks protect themselves from scale-in while long work runs; those of this cluster only. */
  grantTaskProtection(): iam.Grant {
    const { taskRole } = this.taskDefinition;
    acknowledge(taskRole, 'actions-without-resources');
    return iam.Grant.addToPrincipal({
      grantee: taskRole,
      actions: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
      resourceArns: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': this.cluster.clusterArn } },
    });
  }

  /**
   * Where a worker of jobs calls it.
   * @internal
   */
  _jobEndpoint(what: string, path: string): JobEndpoint {
    return jobEndpoint(what, path, this.props, this.loadBalancer.loadBalancer.loadBalancerDnsName);
  }

  /** A request may be silent as long as the slowest route's deadline, and 60 seconds at least (REC-4.7, REC-4.8). */
  private idleTimeout(ingress: Ingress): Duration {
    return Duration.seconds(Math.max(60, ...ingress.routes.map((route) => Math.ceil(route.deadline.toSeconds({ integral: false })))));
  }

  private createFirewall({ routes }: Ingress): Firewall {
    const { jobs, firewall: given } = this.props;
    const { keyHeaders = KEY_HEADERS } = given ?? {};
    const firewall = new Firewall(this, 'Firewall', {
      ...given,
      // Workers come from few addresses, and sign instead of showing a key.
      keyHeaders: jobs ? [...keyHeaders, SIGNATURE_HEADER] : keyHeaders,
      routes: jobs ? [JOB_BATCH, ...routes] : routes,
      logKey: this.logKey,
    });
    firewall.protect(this.loadBalancer.loadBalancer);
    FirewallAlarms.of(firewall).addBlockedRequests();
    return firewall;
  }

  private createCluster(): ecs.Cluster {
    const { vpc, containerInsights = ecs.ContainerInsights.ENABLED } = this.props;
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc, containerInsightsV2: containerInsights });
    cluster.enableFargateCapacityProviders();
    if (containerInsights === ecs.ContainerInsights.DISABLED) acknowledge(cluster, 'container-insights');
    return cluster;
  }

  private createTraffic(ingress: Ingress): ServiceTraffic {
    const gateway = ingress.gatewayImage !== undefined;
    return new ServiceTraffic(this, 'Traffic', {
      vpc: this.props.vpc,
      loadBalancer: this.loadBalancer,
      https: gateway,
      readyPath: gateway ? READY_PATH : (this.props.container?.readyPath ?? READY_PATH),
      stickiness: this.props.loadBalancer?.stickiness,
    });
  }

  private createService(task: ServiceTask, traffic: ServiceTraffic, deployment: Deployment, spotPercent: number): ecs.FargateService {
    const { vpc, container = {} } = this.props;
    const service = new ecs.FargateService(this, 'Service', {
      cluster: this.cluster,
      taskDefinition: task.definition,
      vpcSubnets: { subnets: vpc.privateSubnets },
      assignPublicIp: false,
      securityGroups: [this.securityGroup, ...this.wornGroups()],
      capacityProviderStrategies: capacityProviders(spotPercent),
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.ENABLED,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      healthCheckGracePeriod: startupTime(container),
      enableExecuteCommand: container.enableExecuteCommand ?? false,
      enableECSManagedTags: true,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      ...deploymentStrategy(deployment),
    });
    // The cluster's capacity providers cannot be taken away under a service, and its first task needs what the roles may do.
    service.node.addDependency(this.cluster, task);
    if (deployment.shiftsTraffic) acknowledge(service, 'canary-without-breaker');
    this.connect(service, task, traffic, deployment);
    return service;
  }

  /** The same in every strategy, so that changing it moves no traffic; a rolling deployment only leaves the test traffic out. */
  private connect(service: ecs.FargateService, task: ServiceTask, traffic: ServiceTraffic, deployment: Deployment): void {
    const shift = new TrafficShift(this, 'TrafficShift', traffic);
    service.loadBalancerTarget({ ...task.target, alternateTarget: shift }).attachToApplicationTargetGroup(traffic.blue);
    if (deployment.shiftsTraffic) this.addTestTraffic(service);
    // ECS acts by these from the service's first moment to its last.
    service.node.addDependency(shift, this.securityGroup, this.loadBalancer.securityGroup);
  }

  private addTestTraffic(service: ecs.FargateService): void {
    const { domain, container = {} } = this.props;
    const testTraffic = new DeploymentTestTraffic(this, 'TestTraffic', {
      vpc: this.props.vpc,
      loadBalancer: this.loadBalancer,
      host: domain?.name,
      https: domain !== undefined,
      paths: container.testPaths ?? [READY_PATH],
      logKey: this.logKey,
    });
    service.addLifecycleHook(testTraffic);
    service.node.addDependency(testTraffic);
    // The L2's hook has no timeout; the default is a day of waiting, then carrying on.
    const timeout = { TimeoutInMinutes: 10, Action: 'ROLLBACK' };
    (service.node.tryFindChild('Service') as ecs.CfnService).addPropertyOverride(
      'DeploymentConfiguration.LifecycleHooks.0.TimeoutConfiguration',
      timeout,
    );
  }

  /** Handed groups are worn as they are: the L2 would open them for the load balancer. */
  private wornGroups(): ec2.ISecurityGroup[] {
    return (this.props.container?.securityGroups ?? []).map((group, index) =>
      ec2.SecurityGroup.fromSecurityGroupId(this, `Worn${index}`, group.securityGroupId, { mutable: false }),
    );
  }

  private watchDeployments({ alarms }: Deployment, own: DeploymentAlarms): void {
    this.service.enableDeploymentAlarms(
      (alarms ?? own.alarms).map((alarm) => alarm.alarmName),
      { behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM },
    );
  }
}
