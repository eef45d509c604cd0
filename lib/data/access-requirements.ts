import { distinct, every, exists, none, whenever } from '../conformance/assertions';
import { equals, matches, oneOf, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { except, places, referredBy, resources, type Selector, union, where } from '../conformance/selectors';
import { ingressOf, services, taskDefinitions } from '../conformance/topology';
import { caches, resultCaches } from './cache-requirements';
import { databases, instances } from './database-requirements';

const secrets = resources('AWS::SecretsManager::Secret');
const groups = resources('AWS::EC2::SecurityGroup');

const into = (stores: Selector, path: string) => ingressOf(referredBy(stores, path));
const intoDatabases = into(instances, 'VPCSecurityGroups[*]');
const intoCaches = into(caches, 'SecurityGroupIds[*]');

/** The groups that services have to wear: replicas may be for somebody else. */
const needed = referredBy(union(into(databases, 'VPCSecurityGroups[*]'), intoCaches), 'SourceSecurityGroupId');
const clients = referredBy(union(intoDatabases, intoCaches), 'SourceSecurityGroupId');

/** What the clock calls and logs in as the user that only reads. */
const exporters = where(
  referredBy(resources('AWS::Scheduler::Schedule'), 'Target.Arn'),
  'Environment.Variables.DATABASE_USER',
  equals('exporter'),
);

/** Functions of the platform itself: those that rotate secrets, those that deployments call, and the daily export. */
const platformFunctions: Selector = (view) => {
  const deployment = view.all().filter(({ resource }) => /^Custom::|^AWS::CloudFormation::CustomResource$/.test(resource.type));
  const rotation = resources('AWS::SecretsManager::RotationSchedule');
  const called = union(
    referredBy(rotation, 'RotationLambdaARN'),
    referredBy(() => deployment, 'ServiceToken'),
    exporters,
  )(view);
  return called.filter(({ resource }) => resource.type === 'AWS::Lambda::Function');
};

/** What names a group without wearing it: rules, and what hands its id on. */
const NAMES_IT = /^AWS::(EC2::SecurityGroup((In|E)gress)?|CloudFormation::Stack|SSM::Parameter|IAM::\w+)$/;

/** Whatever has a group of clients anywhere in its properties, but for services and the platform's functions. */
const strangers: Selector = (view) => {
  const known = new Set([...services(view), ...platformFunctions(view)]);
  const others = view.all().filter((one) => !known.has(one) && !NAMES_IT.test(one.resource.type));
  return where(() => others, '', refersTo('clients', clients))(view);
};

/** Where services wear the groups of clients. */
const worn = where(places(services, 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[*]'), '', refersTo('clients', needed));

const admits = (what: string, store: Selector, path: string, rules: Selector, port: number) =>
  [
    every(what, store, path, refersTo('a group of the stage', groups)),
    every(`a rule of ${what}`, rules, 'IpProtocol', oneOf('tcp', 6)),
    every(`a rule of ${what}`, rules, 'FromPort', equals(port)),
    every(`a rule of ${what}`, rules, 'ToPort', equals(port)),
    every(`a rule of ${what}`, rules, 'SourceSecurityGroupId', refersTo('the group of its clients', groups)),
  ].map((assertion) => whenever((view) => store(view).length > 0, assertion));

const userGroups = referredBy(caches, 'UserGroupIds[*]');
const users = resources('AWS::ElastiCache::User');
const cacheUsers = referredBy(userGroups, 'UserIds[*]');
const resultPasswords = referredBy(referredBy(referredBy(resultCaches, 'UserGroupIds[*]'), 'UserIds[*]'), 'Passwords[*]');
/** Users who may log in, with a password. */
const logins = where(where(users, 'Passwords[*]', refersTo('a secret', secrets)), 'AccessString', matches(/^on\b/));

const containers = places(taskDefinitions, 'ContainerDefinitions[*]');
const source = (name: string) => `Secrets[Name=${name}].ValueFrom`;
const injected = (name: string, what = 'a secret', from = secrets) =>
  every(`a container with ${name}`, where(containers, 'Secrets[*].Name', equals(name)), source(name), refersTo(what, from));

/** The secrets that the demand names, each a set of its own. */
const HELD: readonly Selector[] = [
  referredBy(databases, 'MasterUserPassword'),
  referredBy(cacheUsers, 'Passwords[*]'),
  ...['OPENAI_API_KEY', 'INTERNAL_API_KEY', 'SESSION_KEY'].map((name) => referredBy(containers, source(name))),
];
const shared: Selector = (view) => {
  const all = HELD.flatMap((held) => held(view));
  return secrets(view).filter((secret) => all.indexOf(secret) !== all.lastIndexOf(secret));
};

/** An API with its database and its caches: what holds all the secrets. */
const together: Selector = (view) => ([databases, caches].every((part) => part(view).length > 0) ? services(view) : []);

/**
 * What the demands ask of the way to data and of its secrets.
 * @internal
 */
export const accessRequirements: readonly Requirement[] = [
  requirement(
    'REC-6.5',
    union(instances, caches),
    exists('a database or a cache', union(instances, caches)),
    ...admits('a database', instances, 'VPCSecurityGroups[*]', intoDatabases, 5432),
    ...admits('a cache', caches, 'SecurityGroupIds[*]', intoCaches, 6379),
    whenever((view) => instances(view).length > 0, every('a database', instances, 'PubliclyAccessible', equals(false))),
    whenever(
      (view) => services(view).length > 0,
      distinct('groups of clients that a service wears', worn, '', (view) => needed(view).length),
    ),
    none('other wearer of the group of clients', strangers),
  ),
  requirement(
    'REC-8.5',
    together,
    every('a database', databases, 'MasterUserPassword', refersTo('a secret', secrets)),
    every('a cache', caches, 'UserGroupIds[*]', refersTo('a group of users', resources('AWS::ElastiCache::UserGroup'))),
    every('a group of users', userGroups, 'UserIds[*]', refersTo('a user of the stage', users)),
    none('group of users of whom none logs in with a password', except(userGroups, 'UserIds[*]', refersTo('such a user', logins))),
    every('a user of a cache', cacheUsers, 'Passwords[*]', refersTo('a secret', secrets)),
    injected('OPENAI_API_KEY'),
    injected('INTERNAL_API_KEY'),
    injected('SESSION_KEY'),
    injected('RESULT_CACHE_PASSWORD', 'the password of a cache of results', resultPasswords),
    none('secret that is two of them', shared),
  ),
];
