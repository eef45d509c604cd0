import { ArnFormat, Fn, Names, Stack } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Route } from '../gateway/route';
import { createLogGroup, createLogKey } from '../governance/log-key';
import { checkFirewallProps } from './firewall-checks';
import { RESPONSE_BODIES } from './firewall-responses';
import {
  KEY_HEADERS,
  allowList,
  bodySize,
  denyList,
  exceptions,
  floodStop,
  managedRules,
  onlyCountries,
  rateWithoutKey,
  type Rule,
} from './firewall-rules';

/**
 * Requests that one address may send, before it is answered 429 with Retry-After.
 *
 * @example
 * import { Firewall, type FirewallRateLimits } from 'plinth';
 *
 * const rateLimits: FirewallRateLimits = { withoutKey: 60, perAddress: 5_000 };
 * new Firewall(stack, 'Firewall', { rateLimits });
 */
export interface FirewallRateLimits {
  /**
   * Requests a minute of one address that carry none of the key headers; 10 to 2,000,000,000, at most perAddress.
   * @default 100
   */
  readonly withoutKey?: number;

  /**
   * Requests a minute of one address, whatever they carry: a flood stop, far above what a key's own limits admit; 10 to 2,000,000,000.
   * @default 10000
   */
  readonly perAddress?: number;
}

/**
 * Paths on which one managed rule counts instead of blocking.
 *
 * @example
 * import { Firewall, type FirewallException } from 'plinth';
 *
 * const exceptions: FirewallException[] = [{ rule: 'SQLi_BODY', paths: ['/api/queries/*'] }];
 * new Firewall(stack, 'Firewall', { exceptions });
 */
export interface FirewallException {
  /** The rule's name inside its managed group, such as SQLi_BODY. */
  readonly rule: string;

  /** Exact paths (`/api/query`) or prefixes (`/api/queries/*`); at least one. */
  readonly paths: string[];
}

/**
 * Properties of a Firewall.
 *
 * @example
 * import type { FirewallProps } from 'plinth';
 *
 * const firewall: FirewallProps = { denyList: ['192.0.2.0/24'], countries: ['DE', 'AT', 'CH'] };
 */
export interface FirewallProps {
  /**
   * Paths with a body limit of their own; the first that matches decides, and at most about 50 fit into 1,500 capacity units.
   * @default - every path takes 64 KiB
   */
  readonly routes?: Route[];

  /**
   * Requests a minute that one address may send.
   * @default - 100 without a key, 10,000 in all
   */
  readonly rateLimits?: FirewallRateLimits;

  /**
   * Headers that carry a key or a token, without regard to case; 1 or more. A request with any of them is not bound by
   * rateLimits.withoutKey: the gateway limits it by its key. The values stay out of the log and the samples.
   * @default - x-api-key and authorization: the two places that API keys and bearer tokens are sent in
   */
  readonly keyHeaders?: string[];

  /**
   * CIDR ranges, IPv4 or IPv6, that no further rule is asked about: neither lists, countries, rates, sizes nor managed rules.
   * @default - none
   */
  readonly allowList?: string[];

  /**
   * CIDR ranges, IPv4 or IPv6, that are refused.
   * @default - none
   */
  readonly denyList?: string[];

  /**
   * ISO 3166-1 codes, such as DE, of the only countries that may call; 1 to 50.
   * @default - every country may
   */
  readonly countries?: string[];

  /**
   * Managed rules that count instead of blocking on some paths.
   * @default - none
   */
  readonly exceptions?: FirewallException[];

  /**
   * The key of the log group; its policy must admit logs.<region>.amazonaws.com.
   * @default - a key of the firewall's own
   */
  readonly logKey?: kms.IKey;
}

/** Addresses inside a VPC have no country: the test requests of a deployment come from there. */
const PRIVATE_RANGES = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

/** Never written to a log or kept in a sample. */
const SECRET_HEADERS = ['authorization', 'x-api-key', 'cookie'];

/**
 * A web ACL that an API can live with: it refuses floods, oversized bodies and known attacks, and lets SDKs, servers, keyed clients
 * and JSON of any content through.
 *
 * Creates the web ACL, IP sets for the lists given, and a log group of blocked and counted requests with secrets redacted. It uses
 * 1,134 of the 1,500 capacity units that the base price includes, and 7 more for each route.
 *
 * @example
 * import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
 * import { Firewall, FirewallAlarms, Network, Route } from 'plinth';
 *
 * const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc: new Network(stack, 'Network').vpc });
 * const firewall = new Firewall(stack, 'Firewall', {
 *   routes: [Route.upload('/api/files/*')],
 *   exceptions: [{ rule: 'SQLi_BODY', paths: ['/api/queries/*'] }],
 * });
 * firewall.protect(loadBalancer);
 * FirewallAlarms.of(firewall).addBlockedRequests();
 */
export class Firewall extends Construct {
  /** The web ACL. */
  readonly webAcl: wafv2.CfnWebACL;

  /** Blocked and counted requests, kept for 30 days. */
  readonly logGroup: logs.LogGroup;

  /**
   * The web ACL's name, and the name of its metrics' WebACL dimension.
   * @internal
   */
  readonly _name: string;

  /**
   * The rules that refuse requests: their names, which are their metrics' Rule dimension.
   * @internal
   */
  readonly _blockingRules: string[];

  constructor(scope: Construct, id: string, props: FirewallProps = {}) {
    super(scope, id);
    checkFirewallProps(this, props);
    const keyHeaders = (props.keyHeaders ?? KEY_HEADERS).map((name) => name.toLowerCase());
    const secrets = [...new Set([...SECRET_HEADERS, ...keyHeaders])];
    const rules = this.createRules(props, keyHeaders);
    this._name = Names.uniqueResourceName(this, { maxLength: 100, separator: '-' });
    this._blockingRules = rules.filter((rule) => rule.name !== 'allow-list').map((rule) => rule.name);
    this.webAcl = this.createWebAcl(rules, secrets);
    this.logGroup = this.createLogGroup(props.logKey ?? createLogKey(this, 'LogKey'));
    this.createLogging(secrets);
  }

  /**
   * Puts the firewall before a load balancer of the same region, of this stack or another. A load balancer has one firewall at most.
   * @param loadBalancer the load balancer to protect
   */
  protect(loadBalancer: elbv2.IApplicationLoadBalancer): void {
    if (loadBalancer.node.tryFindChild('Firewall')) {
      throw new Error(
        `${this.node.path}: protect must be called once for a load balancer, got ${loadBalancer.node.path} again; remove the other firewall`,
      );
    }
    new wafv2.CfnWebACLAssociation(loadBalancer, 'Firewall', {
      resourceArn: loadBalancer.loadBalancerArn,
      webAclArn: this.webAcl.attrArn,
    });
  }

  private createRules(props: FirewallProps, keyHeaders: string[]): Rule[] {
    return [
      ...(props.allowList?.length ? [allowList(this.createIpSets('AllowList', props.allowList))] : []),
      ...(props.denyList?.length ? [denyList(this.createIpSets('DenyList', props.denyList))] : []),
      ...(props.countries ? [onlyCountries(props.countries, this.createIpSets('Inside', PRIVATE_RANGES))] : []),
      floodStop(props.rateLimits?.perAddress ?? 10_000),
      rateWithoutKey(props.rateLimits?.withoutKey ?? 100, keyHeaders),
      bodySize(props.routes ?? []),
      ...managedRules(props.exceptions ?? []),
      ...exceptions(props.exceptions ?? []),
    ].toSorted((one, other) => one.priority - other.priority);
  }

  /** An IP set holds addresses of one version. */
  private createIpSets(id: string, ranges: string[]): string[] {
    const versions = {
      IPV4: ranges.filter((range) => !range.includes(':')),
      IPV6: ranges.filter((range) => range.includes(':')),
    };
    return Object.entries(versions)
      .filter(([, addresses]) => addresses.length > 0)
      .map(([ipAddressVersion, addresses]) => {
        const set = new wafv2.CfnIPSet(this, `${id}${ipAddressVersion}`, { scope: 'REGIONAL', ipAddressVersion, addresses });
        return set.attrArn;
      });
  }

  private createWebAcl(rules: Rule[], secrets: string[]): wafv2.CfnWebACL {
    return new wafv2.CfnWebACL(this, 'Resource', {
      // AWS documents the WebACL dimension as the metric's name and publishes it under the ACL's: the same name serves both.
      name: this._name,
      description: `Firewall of ${this.node.path}`.replace(/[^\w+=:#@/\-,. ]/g, '-').slice(0, 256),
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules,
      customResponseBodies: RESPONSE_BODIES,
      visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: this._name },
      // Redaction in the log does not reach the samples shown in the console; this does.
      dataProtectionConfig: {
        dataProtections: [
          { action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: secrets } },
          { action: 'SUBSTITUTION', field: { fieldType: 'QUERY_STRING' } },
        ],
      },
    });
  }

  /** The stack's id in the name lets a stack be made again after its first log group was retained. */
  private createLogGroup(logKey: kms.IKey): logs.LogGroup {
    const stackGuid = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    return createLogGroup(this, 'Logs', logKey, `aws-waf-logs-${this._name}-${Fn.select(0, Fn.split('-', stackGuid))}`);
  }

  private createLogging(secrets: string[]): void {
    // AWS WAF refuses the log group's own ARN attribute, which ends in `:*`.
    const destination = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: this.logGroup.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // A managed rule that an override has set to Count is found under EXCLUDED_AS_COUNT, not under COUNT.
    const kept = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((action) => ({ ActionCondition: { Action: action } }));
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [destination],
      redactedFields: [...secrets.map((name) => ({ singleHeader: { Name: name } })), { queryString: {} }],
      loggingFilter: { DefaultBehavior: 'DROP', Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: kept }] },
    });
  }
}
