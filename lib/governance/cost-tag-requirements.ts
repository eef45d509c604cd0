import { tagOf } from '../assembly';
import { every, exists, onlyIfGiven, whenever } from '../conformance/assertions';
import type { Predicate } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { resources, type Selector, union } from '../conformance/selectors';
import { services } from '../conformance/topology';

const COST_TAGS = ['environment', 'service', 'project', 'team'];

/** Types that take tags, as a list of keys and values; resources of others are judged once they carry any. */
const takers = resources(
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFront::Distribution',
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::Instance',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::Volume',
  'AWS::ECR::Repository',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ECS::TaskDefinition',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ParameterGroup',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::ServerlessCache',
  'AWS::ElastiCache::SubnetGroup',
  'AWS::ElastiCache::User',
  'AWS::ElastiCache::UserGroup',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::OpenSearchService::Domain',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::RegexPatternSet',
  'AWS::WAFv2::WebACL',
);
const vaults = resources('AWS::Backup::BackupVault');
const plans = resources('AWS::Backup::BackupPlan');

const everything: Selector = (view) => view.all();

/** What serves requests; rules of listeners take no tags, as ECS writes them. */
const served = union(services, resources('AWS::ElasticLoadBalancingV2::ListenerRule'));

const carryCostTags: Predicate = {
  says: `carry ${COST_TAGS.join(', ')}`,
  holds: (value) => COST_TAGS.every((tag) => Boolean(tagOf(value, tag))),
};

const carries = (what: string, selector: Selector, path: string) =>
  whenever((view) => selector(view).length > 0, every(what, selector, path, carryCostTags));

/**
 * What the demands ask of the tags that a bill is cut by.
 * @internal
 */
export const costTagRequirements: readonly Requirement[] = [
  requirement(
    'REC-11.4',
    served,
    exists('a resource that takes tags', takers),
    carries('a resource', takers, 'Tags'),
    carries('a vault of backups', vaults, 'BackupVaultTags'),
    carries('a plan of backups', plans, 'BackupPlanTags'),
    onlyIfGiven('a resource', everything, 'Tags', carryCostTags),
  ),
];
