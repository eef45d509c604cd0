import { allOf, anyOf, distinct, every, none, onlyIfGiven, whenever } from '../conformance/assertions';
import { atLeast, between, equals, given, includes, matches, oneOf, reads, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, referredBy, resources, where } from '../conformance/selectors';
import { facingContainers, gatewaySettings, services, subnets, targetGroups, taskDefinitions } from '../conformance/topology';
import type { StageView } from '../conformance/stage-view';

const SUBNETS = 'NetworkConfiguration.AwsvpcConfiguration.Subnets[*]';
const serviceSubnets = referredBy(services, SUBNETS);
const ownsSubnets = (view: StageView) => subnets(view).length > 0;

const containers = places(taskDefinitions, 'ContainerDefinitions[*]');

/** Tags by content, digests and repositories whose tags never move. */
const FIXED_IMAGE = /:[0-9a-f]{64}$|@sha256:[0-9a-f]{64}$/;
const fixedRepositories = where(resources('AWS::ECR::Repository'), 'ImageTagMutability', equals('IMMUTABLE'));

const rollsBackOnAlarm = allOf(
  every('a service', services, 'DeploymentConfiguration.Strategy', oneOf('CANARY', 'LINEAR', 'BLUE_GREEN')),
  every('a service', services, 'DeploymentConfiguration.Alarms.Enable', equals(true)),
  every('a service', services, 'DeploymentConfiguration.Alarms.Rollback', equals(true)),
  every('a service', services, 'DeploymentConfiguration.Alarms.AlarmNames[*]', refersTo('an alarm', resources('AWS::CloudWatch::Alarm'))),
  every(
    'a service',
    services,
    'DeploymentConfiguration.LifecycleHooks[*].HookTargetArn',
    refersTo('a function', resources('AWS::Lambda::Function')),
  ),
  every(
    'a service',
    services,
    'LoadBalancers[*].AdvancedConfiguration.TestListenerRule',
    refersTo('a rule', resources('AWS::ElasticLoadBalancingV2::ListenerRule')),
  ),
);
const rollsBackOnFailure = allOf(
  every('a service', services, 'DeploymentConfiguration.DeploymentCircuitBreaker.Enable', equals(true)),
  every('a service', services, 'DeploymentConfiguration.DeploymentCircuitBreaker.Rollback', equals(true)),
);
const rollsBack = anyOf(rollsBackOnAlarm, rollsBackOnFailure);

/**
 * What the demands ask of containers.
 * @internal
 */
export const serviceRequirements: readonly Requirement[] = [
  requirement(
    'REC-1.1',
    services,
    anyOf(
      every('a service', services, 'CapacityProviderStrategy[*].CapacityProvider', oneOf('FARGATE', 'FARGATE_SPOT')),
      every('a service', services, 'LaunchType', equals('FARGATE')),
    ),
    every('a task definition', taskDefinitions, 'RequiresCompatibilities', includes('FARGATE')),
    none('instance to manage', resources('AWS::EC2::Instance', 'AWS::AutoScaling::AutoScalingGroup')),
  ),
  requirement('REC-1.3', services, every('a container', containers, 'Image', given)),
  requirement(
    'REC-1.4',
    services,
    every('the container behind the load balancer', facingContainers, 'HealthCheck.Command', given),
    every('a target group', targetGroups, 'HealthCheckPath', given),
    every('a target group', targetGroups, 'HealthCheckIntervalSeconds', between(5, 300)),
  ),
  requirement(
    'REC-1.5',
    services,
    every('a service', services, 'DeploymentConfiguration.MinimumHealthyPercent', atLeast(100)),
    every('a service', services, 'DeploymentConfiguration.MaximumPercent', atLeast(101)),
    rollsBack,
  ),
  requirement(
    'REC-1.6',
    services,
    distinct('subnets of the service', services, SUBNETS, 2),
    whenever(ownsSubnets, distinct('zones of the service', serviceSubnets, 'AvailabilityZone', 2)),
  ),
  requirement(
    'REC-1.7',
    services,
    every('a task definition', taskDefinitions, 'Cpu', between(1024, 2048)),
    every('a task definition', taskDefinitions, 'Memory', between(2048, 4096)),
  ),
  requirement(
    'REC-9.5',
    services,
    every('a container', containers, 'Image', {
      says: 'be an image by content, by digest or of a repository whose tags are immutable',
      holds: (value, view) => reads(FIXED_IMAGE).holds(value, view) || refersTo('it', fixedRepositories).holds(value, view),
    }),
    onlyIfGiven('a rule that forgets images', fixedRepositories, 'LifecyclePolicy.LifecyclePolicyText', matches(/imageCountMoreThan/)),
  ),
  requirement(
    'REC-10.2',
    services,
    every('a service', services, 'DeploymentConfiguration.MinimumHealthyPercent', atLeast(100)),
    every('a service', services, 'HealthCheckGracePeriodSeconds', atLeast(1)),
    every('a target group', targetGroups, 'HealthCheckPath', given),
    rollsBack,
  ),
];

/**
 * What must be deployed for the tests of the gateway to say something about a stage.
 * @internal
 */
export const gatewayRequirements: readonly Requirement[] = [
  requirement(
    'REC-1.11',
    services,
    every('the gateway', gatewaySettings, 'app.livePath', given),
    every('the gateway', gatewaySettings, 'app.readyPath', equals('/api/health/ready')),
    every('a target group', targetGroups, 'HealthCheckPath', equals('/api/health/ready')),
  ),
  requirement(
    'REC-4.8',
    services,
    every('the plain routes of the gateway', places(gatewaySettings, 'routes[class=api]'), 'deadlineMs', equals(30_000)),
    onlyIfGiven(
      'the long-polling routes of the gateway',
      places(gatewaySettings, 'routes[class=long-polling]'),
      'deadlineMs',
      equals(120_000),
    ),
  ),
];
