import { allOf, anyOf, every, isDev, none, onlyIfGiven, relaxed, some, whenever, type Assertion } from '../conformance/assertions';
import { between, either, equals, given, matches, oneOf, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { except, places, referredBy, resources, type Selector, where } from '../conformance/selectors';
import type { StageView } from '../conformance/stage-view';
import {
  gatewaySettings,
  ingressOf,
  listeners,
  loadBalancerGroups,
  loadBalancers,
  redirects,
  serviceGroups,
  services,
  servingListeners,
  targetGroups,
} from '../conformance/topology';

const attribute = (key: string) => `TargetGroupAttributes[Key=${key}].Value`;
const IDLE_TIMEOUT = 'LoadBalancerAttributes[Key=idle_timeout.timeout_seconds].Value';
const HSTS = 'ListenerAttributes[Key=routing.http.response.strict_transport_security.header_value].Value';

/** TLS 1.2 or later. */
const TLS_POLICY = /^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)-/;
const TLS_1_2 = oneOf('TLSv1.2', 'TLSv1.3');

const rules = where(resources('AWS::ElasticLoadBalancingV2::ListenerRule'), 'ListenerArn', refersTo('a listener', servingListeners));
const catchAlls = where(rules, 'Conditions[*].PathPatternConfig.Values[*]', equals('/*'));
const listenersThatMiss: Selector = (view) => {
  const caught = referredBy(catchAlls, 'ListenerArn')(view);
  return servingListeners(view).filter((listener) => !caught.includes(listener));
};
const certificates = resources('AWS::CertificateManager::Certificate');
const certificate = either(refersTo('a certificate', certificates), matches(/^arn:[\w-]+:acm:/));
const http = where(servingListeners, 'Protocol', equals('HTTP'));

const fromInternet = where(ingressOf(loadBalancerGroups), 'CidrIp', equals('0.0.0.0/0'));
const onPort = (port: number): Selector => where(fromInternet, 'FromPort', equals(port));

const hasDomain = (view: StageView) => where(listeners, 'Certificates[*].CertificateArn', given)(view).length > 0;
const isDevWithoutDomain = (view: StageView) => isDev(view) && !hasDomain(view);
const withDomain = (assertion: Assertion) =>
  relaxed('dev has no domain: its load balancer is internal and speaks HTTP', isDevWithoutDomain, assertion);

const hasLongPolling = (view: StageView) => places(gatewaySettings, 'routes[class=long-polling]')(view).length > 0;
const hasGateway = (view: StageView) => gatewaySettings(view).length > 0;

/** What takes connections to databases, with the property that names its parameters; members of a cluster go by the cluster's. */
const instances = except(resources('AWS::RDS::DBInstance'), 'DBClusterIdentifier', given);
const clusters = resources('AWS::RDS::DBCluster');
const ownParameters = (selector: Selector, path: string, type: string) =>
  whenever(
    (view) => selector(view).length > 0,
    allOf(
      every('a database', selector, path, refersTo('parameters of the stage', resources(type))),
      every('the parameters of a database', referredBy(selector, path), 'Parameters["rds.force_ssl"]', equals(1)),
      onlyIfGiven('the parameters of a database', referredBy(selector, path), 'Parameters.ssl_min_protocol_version', TLS_1_2),
    ),
  );
const caches = resources('AWS::ElastiCache::ReplicationGroup');

/**
 * What the demands ask of the load balancer and of the way to it.
 * @internal
 */
export const loadBalancerRequirements: readonly Requirement[] = [
  requirement(
    'REC-4.1',
    loadBalancers,
    every('a load balancer', loadBalancers, 'Type', equals('application')),
    withDomain(every('a listener that serves', servingListeners, 'Protocol', equals('HTTPS'))),
    withDomain(every('a listener that serves', servingListeners, 'Certificates[*].CertificateArn', certificate)),
  ),
  requirement(
    'REC-4.2',
    services,
    every('a target group', targetGroups, 'HealthCheckPath', equals('/api/health/ready')),
    every('a target group', targetGroups, 'HealthCheckIntervalSeconds', equals(30)),
    every('a target group', targetGroups, 'HealthCheckTimeoutSeconds', equals(5)),
    every('a target group', targetGroups, 'HealthyThresholdCount', equals(2)),
    every('a target group', targetGroups, 'UnhealthyThresholdCount', equals(3)),
  ),
  requirement(
    'REC-4.3',
    services,
    every('a target group', targetGroups, attribute('stickiness.enabled'), oneOf('true', 'false')),
    whenever(
      (view) => where(targetGroups, attribute('stickiness.enabled'), equals('true'))(view).length > 0,
      every('a sticky target group', targetGroups, attribute('stickiness.type'), oneOf('lb_cookie', 'app_cookie')),
    ),
  ),
  requirement('REC-4.4', services, every('a target group', targetGroups, attribute('load_balancing.cross_zone.enabled'), equals('true'))),
  requirement(
    'REC-4.5',
    services,
    every('a target group', targetGroups, attribute('deregistration_delay.timeout_seconds'), between(30, 60)),
  ),
  requirement(
    'REC-4.6',
    services,
    none('listener without a rule that catches all', listenersThatMiss),
    every('the rule that catches all', catchAlls, 'ListenerArn', refersTo('a listener', servingListeners)),
    every('the rule that catches all', catchAlls, 'Priority', equals(50_000)),
    every('a rule', rules, 'Conditions[*].Field', oneOf('path-pattern', 'host-header')),
    every(
      'a rule',
      rules,
      'Actions[*].ForwardConfig.TargetGroups[*].TargetGroupArn',
      refersTo('a target group', resources('AWS::ElasticLoadBalancingV2::TargetGroup')),
    ),
  ),
  requirement(
    'REC-4.7',
    loadBalancers,
    whenever(hasLongPolling, every('a load balancer with long-polling routes', loadBalancers, IDLE_TIMEOUT, equals(120))),
    whenever(
      (view) => hasGateway(view) && !hasLongPolling(view),
      every('a load balancer without long-polling routes', loadBalancers, IDLE_TIMEOUT, equals(60)),
    ),
    whenever((view) => !hasGateway(view), every('a load balancer', loadBalancers, IDLE_TIMEOUT, oneOf(60, 120))),
  ),
  requirement(
    'REC-6.3',
    loadBalancers,
    withDomain(some('a rule of the load balancer from the internet', onPort(443), 'ToPort', equals(443))),
    withDomain(some('a rule of the load balancer on port 443', onPort(443), 'CidrIp', equals('0.0.0.0/0'))),
    withDomain(every('a rule of the load balancer from the internet', fromInternet, 'FromPort', oneOf(443, 80))),
    whenever((view) => onPort(80)(view).length > 0, none('listener that serves without TLS', http)),
  ),
  requirement(
    'REC-6.4',
    services,
    every(
      'a rule of the containers',
      ingressOf(serviceGroups),
      'SourceSecurityGroupId',
      refersTo("the load balancer's group", loadBalancerGroups),
    ),
  ),
  requirement(
    'REC-8.1',
    loadBalancers,
    withDomain(every('a listener that serves', servingListeners, 'SslPolicy', matches(TLS_POLICY))),
    withDomain(every('a listener that serves', servingListeners, 'Certificates[*].CertificateArn', certificate)),
    whenever((view) => certificates(view).length > 0, every('a certificate', certificates, 'ValidationMethod', equals('DNS'))),
    whenever((view) => services(view).length > 0, every('a target group', targetGroups, 'Protocol', equals('HTTPS'))),
    ownParameters(instances, 'DBParameterGroupName', 'AWS::RDS::DBParameterGroup'),
    ownParameters(clusters, 'DBClusterParameterGroupName', 'AWS::RDS::DBClusterParameterGroup'),
    whenever((view) => caches(view).length > 0, every('a cache', caches, 'TransitEncryptionEnabled', equals(true))),
    whenever((view) => caches(view).length > 0, every('a cache', caches, 'TransitEncryptionMode', equals('required'))),
  ),
  requirement(
    'REC-8.2',
    loadBalancers,
    withDomain(every('a listener that serves', servingListeners, HSTS, matches(/^max-age=31536000(;|$)/))),
  ),
  requirement(
    'REC-8.4',
    loadBalancers,
    withDomain(
      anyOf(
        every(
          'a listener that redirects',
          where(redirects, 'Port', equals(80)),
          'DefaultActions[*].RedirectConfig.Protocol',
          equals('HTTPS'),
        ),
        none('way in to port 80, or listener there', portEighty()),
      ),
    ),
    withDomain(none('listener that serves without TLS', http)),
  ),
];

function portEighty(): Selector {
  return (view) => [...onPort(80)(view), ...where(listeners, 'Port', equals(80))(view)];
}
