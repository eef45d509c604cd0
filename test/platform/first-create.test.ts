import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { DeletionOrder } from '../support/deletion-order';
import { stageTemplates } from '../support/stages';

interface Made {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: { readonly [name: string]: unknown };
}

const templates = stageTemplates();
const stages = ['dev', 'staging', 'production'];
const resourcesOf = (template: Template): { readonly [id: string]: Made } => template.toJSON().Resources;
const madeIn = (stage: string) =>
  Object.entries(templates).flatMap(([name, template]) =>
    name.startsWith(`${stage}/`) ? Object.entries(resourcesOf(template)).map(([id, made]) => ({ id, ...made })) : [],
  );

/** What CloudFormation cannot take away again, as its service refuses. */
function refusesToGo({ Properties = {} }: Made): boolean {
  const { DeletionProtection, DeletionProtectionEnabled, LoadBalancerAttributes = [] } = Properties;
  const attributes = LoadBalancerAttributes as readonly { readonly Key: string; readonly Value: string }[];
  const attribute = attributes.find(({ Key }) => Key === 'deletion_protection.enabled');
  return DeletionProtection === true || DeletionProtectionEnabled === true || attribute?.Value === 'true';
}

/** A snapshot is what CloudFormation makes of a database whose policy does not stand in the template. */
const SNAPSHOT_BY_DEFAULT = ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'];

test.each(stages)('a failed first create of %s keeps nothing by policy', (stage) => {
  const kept = madeIn(stage).filter(({ Type, DeletionPolicy = SNAPSHOT_BY_DEFAULT.includes(Type) ? 'Snapshot' : 'Delete' }) => {
    return DeletionPolicy !== 'Delete' && DeletionPolicy !== 'RetainExceptOnCreate';
  });

  expect(kept.map(({ id, Type, DeletionPolicy }) => `${id} ${Type} ${DeletionPolicy}`)).toEqual([]);
});

const TABLE = 'AWS::DynamoDB::Table';

test.each([
  ['dev', []],
  ['staging', [TABLE, TABLE, TABLE, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance']],
  ['production', [TABLE, TABLE, TABLE, 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::RDS::DBInstance']],
])('in %s these refuse to be taken away again, and no others: %j', (stage, types) => {
  const refusing = madeIn(stage).filter(refusesToGo);

  expect(refusing.map(({ Type }) => Type).toSorted()).toEqual(types);
});

/** What is slow to make, scarce, or holds data; what is left may fail beside the instance or after it, within seconds and seldom. */
const BEFORE =
  /^AWS::(KMS::Key|S3::Bucket|DynamoDB::\w+|SQS::Queue|ElastiCache::\w+|SecretsManager::Secret|Backup::BackupVault|RDS::\w+|EC2::(EIP|NatGateway))$/;

test.each(stages)('the database of %s is made last of what is slow, scarce or holds data in its tier', (stage) => {
  const template = templates[`${stage}/Data`];
  const order = new DeletionOrder(template);
  const instance = order.idOf('AWS::RDS::DBInstance');
  const before = order.after(instance);

  const late = Object.entries(resourcesOf(template)).filter(
    ([id, { Type }]) => BEFORE.test(Type) && id !== instance && !before.has(id) && !order.after(id).has(instance),
  );

  expect(late.map(([id, { Type }]) => `${id} ${Type}`)).toEqual([]);
  expect([...before].filter((id) => BEFORE.test(resourcesOf(template)[id].Type)).length).toBeGreaterThan(15);
});

test('the page on the first deployment says how to let go of each', () => {
  const page = readFileSync(join(__dirname, '../../docs/first-deploy.md'), 'utf8');

  expect(page).toContain('aws rds modify-db-instance --db-instance-identifier "$DATABASE" --no-deletion-protection --apply-immediately');
  expect(page).toContain('aws elbv2 modify-load-balancer-attributes');
  expect(page).toContain('Key=deletion_protection.enabled,Value=false');
  expect(page).toContain('--no-enable-termination-protection');
});
