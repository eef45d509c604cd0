import type { Pricer } from './pricer';
import { backupPlan } from './pricing/backups';
import { cacheCluster, replicationGroup, serverlessCache } from './pricing/cache';
import { ecsCluster, ecsService, imageRepository } from './pricing/containers';
import { databaseInstance } from './pricing/database';
import { alarm, compositeAlarm, dashboard, logGroup, metricFilter } from './pricing/monitoring';
import * as network from './pricing/network';
import * as protection from './pricing/protection';
import * as serverless from './pricing/serverless';

/** How each type of resource is priced: a line each. */
export const PRICERS: { readonly [type: string]: Pricer } = {
  'AWS::Backup::BackupPlan': backupPlan,
  'AWS::CertificateManager::Certificate': network.certificate,
  'AWS::CloudTrail::Trail': protection.trail,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': compositeAlarm,
  'AWS::CloudWatch::Dashboard': dashboard,
  'AWS::DynamoDB::GlobalTable': serverless.table,
  'AWS::DynamoDB::Table': serverless.table,
  'AWS::EC2::EIP': network.elasticAddress,
  'AWS::EC2::FlowLog': network.flowLog,
  'AWS::EC2::NatGateway': network.natGateway,
  'AWS::EC2::VPC': network.vpc,
  'AWS::EC2::VPCEndpoint': network.endpoint,
  'AWS::ECR::Repository': imageRepository,
  'AWS::ECS::Cluster': ecsCluster,
  'AWS::ECS::Service': ecsService,
  'AWS::ElastiCache::CacheCluster': cacheCluster,
  'AWS::ElastiCache::ReplicationGroup': replicationGroup,
  'AWS::ElastiCache::ServerlessCache': serverlessCache,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': network.loadBalancer,
  'AWS::KMS::Key': protection.key,
  'AWS::KMS::ReplicaKey': protection.key,
  'AWS::Lambda::Alias': serverless.functionVersion,
  'AWS::Lambda::EventSourceMapping': serverless.eventSource,
  'AWS::Lambda::Function': serverless.lambdaFunction,
  'AWS::Lambda::Version': serverless.functionVersion,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::MetricFilter': metricFilter,
  'AWS::RDS::DBInstance': databaseInstance,
  'AWS::Route53::HealthCheck': network.healthCheck,
  'AWS::Route53::HostedZone': network.hostedZone,
  'AWS::S3::Bucket': serverless.bucket,
  'AWS::SNS::Topic': serverless.topic,
  'AWS::SQS::Queue': serverless.queue,
  'AWS::SSM::Parameter': protection.parameter,
  'AWS::SecretsManager::Secret': protection.secret,
  'AWS::WAFv2::RuleGroup': protection.ruleGroup,
  'AWS::WAFv2::WebACL': protection.webAcl,
};
