import { distinct, every, none, some, whenever } from '../conformance/assertions';
import { equals, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, referredBy, resources, type Selector, union, where } from '../conformance/selectors';
import { ingressOf, services, taskDefinitions } from '../conformance/topology';
import { caches } from './cache-requirements';
import { databases } from './database-requirements';

const secrets = resources('AWS::SecretsManager::Secret');
const groups = resources('AWS::EC2::SecurityGroup');

const intoDatabases = ingressOf(referredBy(databases, 'VPCSecurityGroups[*]'));
const intoCaches = ingressOf(referredBy(caches, 'SecurityGroupIds[*]'));
const clients = union(referredBy(intoDatabases, 'SourceSecurityGroupId'), referredBy(intoCaches, 'SourceSecurityGroupId'));

/** Functions of the platform itself: those that rotate secrets, and those that deployments call. */
const platformFunctions: Selector = (view) => {
  const deployment = view.all().filter(({ resource }) => /^Custom::|^AWS::CloudFormation::CustomResource$/.test(resource.type));
  const rotation = resources('AWS::SecretsManager::RotationSchedule');
  return union(
    referredBy(rotation, 'RotationLambdaARN'),
    referredBy(() => deployment, 'ServiceToken'),
  )(view);
};

const functions = where(resources('AWS::Lambda::Function'), 'VpcConfig.SecurityGroupIds[*]', refersTo('clients', clients));
const strangers: Selector = (view) => {
  const known = platformFunctions(view);
  const others = union(
    functions,
    where(resources('AWS::EC2::Instance'), 'SecurityGroupIds[*]', refersTo('clients', clients)),
    where(resources('AWS::EC2::NetworkInterface'), 'GroupSet[*]', refersTo('clients', clients)),
  )(view);
  return others.filter((one) => !known.includes(one));
};

/** Where services wear the groups of clients. */
const worn = where(places(services, 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[*]'), '', refersTo('clients', clients));
const admits = (what: string, store: Selector, rules: Selector, port: number) =>
  [
    every(`a rule of ${what}`, rules, 'FromPort', equals(port)),
    every(`a rule of ${what}`, rules, 'ToPort', equals(port)),
    every(`a rule of ${what}`, rules, 'SourceSecurityGroupId', refersTo('the group of its clients', groups)),
  ].map((assertion) => whenever((view) => store(view).length > 0, assertion));

const containers = places(taskDefinitions, 'ContainerDefinitions[*]');
const injected = (name: string) =>
  some(`a container with ${name}`, containers, `Secrets[Name=${name}].ValueFrom`, refersTo('a secret', secrets));

/** An API with its database and its caches: what holds all the secrets. */
const together: Selector = (view) => ([databases, caches].every((part) => part(view).length > 0) ? services(view) : []);

/**
 * What the demands ask of the way to data and of its secrets.
 * @internal
 */
export const accessRequirements: readonly Requirement[] = [
  requirement(
    'REC-6.5',
    union(databases, caches),
    ...admits('a database', databases, intoDatabases, 5432),
    ...admits('a cache', caches, intoCaches, 6379),
    whenever(
      (view) => services(view).length > 0,
      distinct('groups of clients that a service wears', worn, '', (view) => clients(view).length),
    ),
    none('other wearer of the group of clients', strangers),
  ),
  requirement(
    'REC-8.5',
    together,
    every('a database', databases, 'MasterUserPassword', refersTo('a secret', secrets)),
    every('a user of a cache', resources('AWS::ElastiCache::User'), 'Passwords[*]', refersTo('a secret', secrets)),
    injected('OPENAI_API_KEY'),
    injected('INTERNAL_API_KEY'),
    injected('SESSION_KEY'),
  ),
];
