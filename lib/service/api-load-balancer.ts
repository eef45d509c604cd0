import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DataProtection } from '../data/data-protection';
import { acknowledge } from '../governance/exceptions';
import type { Domain } from './domain';
import { LoadBalancerLogs } from './load-balancer-logs';
import { TEST_PORT } from './test-port';
import { TlsPolicy } from './tls-policy';

/**
 * How the load balancer of an API stands.
 *
 * @example
 * import { type ApiLoadBalancerProps, Network, TlsPolicy } from 'plinth';
 *
 * const props: ApiLoadBalancerProps = { vpc: new Network(stack, 'Network').vpc, tls: TlsPolicy.TLS_1_3 };
 */
export interface ApiLoadBalancerProps {
  /** The network: public subnets for a balancer with a domain, private ones for one without. */
  readonly vpc: ec2.IVpc;

  /**
   * The name that clients call.
   * @default - none: an internal load balancer that speaks HTTP inside the VPC only
   */
  readonly domain?: Domain;

  /**
   * The oldest TLS version a client may speak.
   * @default TlsPolicy.TLS_1_2
   */
  readonly tls?: TlsPolicy;

  /**
   * How long a connection may be silent, 1 to 4000 seconds (REC-4.7).
   * @default 60 seconds
   */
  readonly idleTimeout?: Duration;

  /**
   * Whether port 80 answers, with a redirect to HTTPS alone (REC-8.4). Close it behind a CDN that redirects itself.
   * @default true
   */
  readonly redirectHttp?: boolean;

  /**
   * Whether the load balancer refuses to be deleted.
   * @default true
   */
  readonly deletionProtection?: boolean;

  /**
   * What becomes of its logs when it is removed.
   * @default DataProtection.retained()
   */
  readonly logProtection?: DataProtection;

  /**
   * The key of the log of the function that empties a bucket of disposable logs, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own where there is such a function, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

/**
 * A rule that sends some requests to another service.
 *
 * @example
 * import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
 * import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
 * import type { RouteRuleProps } from 'plinth';
 *
 * const rule: RouteRuleProps = {
 *   priority: 100,
 *   hosts: ['admin.example.com'],
 *   targetGroup: ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Admin', {
 *     targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/admin/0123456789abcdef',
 *   }),
 *   securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'AdminGroup', 'sg-0123456789abcdef0'),
 *   port: 8443,
 * };
 */
export interface RouteRuleProps {
  /** The rule's place, 1 to 49999; the API's own catch-all stands at 50000. */
  readonly priority: number;

  /** Where matching requests go. */
  readonly targetGroup: elbv2.IApplicationTargetGroup;

  /** The group that its targets wear; it has to let the load balancer in, and the load balancer is let out to it. */
  readonly securityGroup: ec2.ISecurityGroup;

  /** The TCP port of its targets, 1 to 65535. */
  readonly port: number;

  /**
   * Paths, at most 5 with the hosts together; `*` stands for any characters.
   * @default - any path
   */
  readonly paths?: string[];

  /**
   * Host names, at most 5 with the paths together.
   * @default - any host
   */
  readonly hosts?: string[];
}

/**
 * A layer-7 load balancer for an API: HTTPS only, HSTS, strict parsing, access and connection logs.
 *
 * Creates the balancer, its security group, its listeners (443, and 80 that only redirects), the certificate and the name's record
 * for a domain in a zone, and the bucket of its logs. A firewall and an {@link ApiService} are attached to it.
 *
 * @example
 * import { ApiLoadBalancer, Domain, Network } from 'plinth';
 *
 * const network = new Network(stack, 'Network');
 * new ApiLoadBalancer(stack, 'LoadBalancer', {
 *   vpc: network.vpc,
 *   domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
 * });
 */
export class ApiLoadBalancer extends Construct {
  /** The load balancer. */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /** Its only security group: in from the internet on 443 and 80, out to its targets. */
  readonly securityGroup: ec2.SecurityGroup;

  /** The listener clients use: HTTPS on 443, or HTTP on 80 without a domain. */
  readonly listener: elbv2.ApplicationListener;

  private readonly certificates: elbv2.IListenerCertificate[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApiLoadBalancerProps,
  ) {
    super(scope, id);
    this.securityGroup = this.createSecurityGroup();
    this.loadBalancer = this.createLoadBalancer();
    this.certificates = props.domain ? [props.domain._certificate(this)] : [];
    this.listener = this.addListener('Listener', props.domain ? 443 : 80);
    if (props.domain) this.serveDomain(props.domain);
  }

  /** Sends requests for some paths or hosts to another target group, ahead of the API's catch-all (REC-4.6). */
  addRoute(id: string, props: RouteRuleProps): elbv2.ApplicationListenerRule {
    if (!Number.isInteger(props.priority) || props.priority < 1 || props.priority > 49_999) {
      throw new Error(
        `${this.node.path}: priority must be a whole number from 1 to 49999, got ${props.priority}; choose a free one below the catch-all`,
      );
    }
    const conditions = [
      ...(props.paths?.length ? [elbv2.ListenerCondition.pathPatterns(props.paths)] : []),
      ...(props.hosts?.length ? [elbv2.ListenerCondition.hostHeaders(props.hosts)] : []),
    ];
    if (conditions.length === 0) {
      throw new Error(
        `${this.node.path}: paths or hosts must name what ${id} takes, got neither; add one, as everything else is the API's`,
      );
    }
    this.securityGroup.addEgressRule(props.securityGroup, ec2.Port.tcp(props.port), `To ${id}`);
    return new elbv2.ApplicationListenerRule(this, id, {
      listener: this.listener,
      priority: props.priority,
      conditions,
      action: elbv2.ListenerAction.forward([props.targetGroup]),
    });
  }

  /**
   * A listener for the deployment's test traffic that nobody may reach until a security group is admitted.
   * @internal
   */
  _addTestListener(): elbv2.ApplicationListener {
    return this.addListener('TestListener', TEST_PORT);
  }

  private createSecurityGroup(): ec2.SecurityGroup {
    const { vpc, domain, redirectHttp = true } = this.props;
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Load balancer', allowAllOutbound: false });
    if (!domain) {
      group.addIngressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.tcp(80), 'HTTP inside the VPC');
      acknowledge(group, 'stack-references');
      return group;
    }
    group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'HTTPS from the internet');
    if (redirectHttp) group.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(80), 'HTTP, answered by a redirect');
    acknowledge(group, 'public-load-balancer');
    return group;
  }

  private createLoadBalancer(): elbv2.ApplicationLoadBalancer {
    const { vpc, domain, idleTimeout = Duration.seconds(60), deletionProtection = true } = this.props;
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc,
      internetFacing: domain !== undefined,
      vpcSubnets: { subnets: domain ? vpc.publicSubnets : vpc.privateSubnets },
      securityGroup: this.securityGroup,
      idleTimeout,
      deletionProtection,
      http2Enabled: true,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
      xffHeaderProcessingMode: elbv2.XffHeaderProcessingMode.APPEND,
    });
    if (!deletionProtection) acknowledge(loadBalancer, 'disposable-stage');
    const { logProtection = DataProtection.retained(), logKey } = this.props;
    new LoadBalancerLogs(this, 'Logs', logProtection, logKey).receiveFrom(loadBalancer);
    return loadBalancer;
  }

  /** Every listener refuses what no rule takes, with the platform's response headers. */
  private addListener(id: string, port: number): elbv2.ApplicationListener {
    const { domain, tls = TlsPolicy.TLS_1_2 } = this.props;
    const listener = new elbv2.ApplicationListener(this, id, {
      loadBalancer: this.loadBalancer,
      port,
      protocol: domain ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      certificates: domain ? this.certificates : undefined,
      sslPolicy: domain ? tls.sslPolicy : undefined,
      open: false,
      defaultAction: elbv2.ListenerAction.fixedResponse(404, {
        contentType: 'application/json',
        messageBody: '{"title":"Not Found","status":404}',
      }),
    });
    if (!domain) acknowledge(listener, 'http-listener');
    (listener.node.defaultChild as elbv2.CfnListener).listenerAttributes = [
      { key: 'routing.http.response.server.enabled', value: 'false' },
      { key: 'routing.http.response.x_content_type_options.header_value', value: 'nosniff' },
      ...(domain
        ? [{ key: 'routing.http.response.strict_transport_security.header_value', value: 'max-age=31536000; includeSubDomains' }]
        : []),
    ];
    return listener;
  }

  private serveDomain(domain: Domain): void {
    domain._pointAt(this, this.loadBalancer);
    if (this.props.redirectHttp ?? true) {
      const redirect = new elbv2.ApplicationListener(this, 'Redirect', {
        loadBalancer: this.loadBalancer,
        port: 80,
        protocol: elbv2.ApplicationProtocol.HTTP,
        open: false,
        defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
      });
      acknowledge(redirect, 'http-listener');
    }
  }
}
