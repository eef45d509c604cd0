import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** One kind of finding that the platform accepts, everywhere it is accepted and why. */
interface ExceptionFamily {
  /** The constructs it may stand on. */
  readonly where: string;
  /** Why the finding does not apply, or what stands in its place. */
  readonly reason: string;
  /** The rules it silences, as `<pack>::<rule>`. */
  readonly rules: readonly string[];
}

/** The objects of a bucket, as the rule names them with the bucket's own ARN in the place of `<bucket.Arn>`. */
const OBJECTS = 'AwsSolutions::AwsSolutions-IAM5[Resource::<bucket.Arn>/*]';

const everyPack = (rule: string) => ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map((pack) => `${pack}::${pack}-${rule}`);

/** The whole list of accepted findings: at most 25 families, and a new one needs a decision record. */
const families = {
  'lambda-concurrency': {
    where: 'platform functions',
    reason: 'a new account has 10 concurrent executions and 10 must stay unreserved, so a reservation fails the deployment',
    rules: everyPack('LambdaConcurrency'),
  },
  'lambda-dead-letter': {
    where:
      'platform functions that their caller invokes synchronously, by queue or by the clock, custom resources, rules whose events ' +
      'an alarm counts, sources that are queues, and dead-letter queues',
    reason:
      'the failure is seen: CloudFormation by its response, a deployment by its hook, a queue by its redrive policy, a schedule by an alarm ' +
      'on its errors, as the next run comes by itself, and an event by an alarm that counts it whether or not the function took it; ' +
      'a dead-letter queue is the end of its line, and an alarm tells of its first message',
    rules: [
      ...everyPack('LambdaDLQ'),
      ...['LambdaDLQ', 'LambdaEventSourceMappingDestination', 'EventBusDLQ', 'SQSRedrivePolicy'].map(
        (rule) => `Serverless::Serverless-${rule}`,
      ),
    ],
  },
  'lambda-outside-vpc': {
    where: 'platform functions that call AWS APIs only',
    reason: 'they reach nothing inside the VPC, and an interface there would add a NAT path and slower destruction',
    rules: [...everyPack('LambdaInsideVPC'), 'CloudFormation-Validate::lambda_inside_vpc_check'],
  },
  'public-load-balancer': {
    where: 'the security group of a load balancer with a domain',
    reason: 'the API is public: 443 serves it behind the firewall, 80 only redirects (REC-6.3, REC-8.4)',
    rules: ['AwsSolutions::AwsSolutions-EC23'],
  },
  'http-listener': {
    where: 'port 80 that only redirects, and the internal load balancer of a dev stage without a domain',
    reason: 'a redirect carries nothing to protect (REC-8.4); without a name there is no certificate, and staging and production need one',
    rules: [
      ...everyPack('ELBv2ACMCertificateRequired'),
      ...everyPack('ALBHttpToHttpsRedirection'),
      'CloudFormation-Validate::alb_http_to_https_redirection_check',
    ],
  },
  'alarm-without-action': {
    where: 'the alarms of deployments, and of a firewall that was given no action',
    reason: 'ECS reads the deployment alarms itself while it deploys; whom the others notify is the choice of who operates the stage',
    rules: [...everyPack('CloudWatchAlarmAction'), 'CloudFormation-Validate::cloudwatch_alarm_action_check'],
  },
  'canary-without-breaker': {
    where: 'services whose deployments shift traffic',
    reason: 'the deployment circuit breaker belongs to rolling deployments; alarms and test traffic roll a shift back',
    rules: ['Annotation::@aws-cdk/aws-ecs:shouldUseCircuitBreaker'],
  },
  'stack-references': {
    where: 'security groups and functions that use the VPC of another stack, and log groups that use the key of one',
    reason: 'the rules do not know a reference to another stack: a range of the VPC, its subnets, or a key',
    rules: [
      'AwsSolutions::AwsSolutions-EC23',
      ...everyPack('EC2RestrictedCommonPorts'),
      ...everyPack('EC2RestrictedSSH'),
      'CloudFormation-Validate::lambda_inside_vpc_check',
      'CloudFormation-Validate::cloudwatch_log_group_encrypted_check',
    ],
  },
  'disposable-stage': {
    where: 'what takes the traffic of a stage that can be made again, dev by default',
    reason: 'it holds no data and has to be destroyed with its stage; staging and production refuse to be deleted',
    rules: [
      ...['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-ELBDeletionProtectionEnabled`),
      'CloudFormation-Validate::elbv2_deletion_protection_enabled_check',
    ],
  },
  'log-bucket-logging': {
    where: 'buckets that hold logs',
    reason: 'a log of the log bucket would need a bucket of its own without end; CloudTrail data events cover audit buckets',
    rules: [
      'AwsSolutions::AwsSolutions-S1',
      ...everyPack('S3BucketLoggingEnabled'),
      'CloudFormation-Validate::s3_bucket_logging_enabled_check',
    ],
  },
  'log-bucket-encryption': {
    where: 'buckets that a load balancer or S3 writes logs to',
    reason: 'the log delivery of load balancers and of S3 writes with SSE-S3 only; a KMS key makes it fail',
    rules: [...everyPack('S3DefaultEncryptionKMS'), 'CloudFormation-Validate::s3_bucket_default_encryption_kms_check'],
  },
  'bucket-events-and-locks': {
    where: 'buckets of logs and of content',
    reason:
      'nobody waits for their objects; logs cannot be delivered under an object lock, and content must be erasable, its old versions ' +
      'standing in for a lock',
    rules: [
      'CloudFormation-Validate::s3_event_notifications_enabled_check',
      'CloudFormation-Validate::s3_bucket_object_lock_enabled_check',
    ],
  },
  'bucket-replication': {
    where: 'buckets',
    reason: 'data stays in its region unless replication is asked for (REC-13.1)',
    rules: everyPack('S3BucketReplicationEnabled'),
  },
  'plain-environment': {
    where: 'task definitions',
    reason: 'variables hold settings only; secrets are injected from Secrets Manager',
    rules: ['AwsSolutions::AwsSolutions-ECS2'],
  },
  'container-insights': {
    where: 'the cluster of a stage that asked for it, dev by default',
    reason: "its metrics cost more than dev is worth (REC-11.5); the service's own CPU, memory, request and latency metrics stay",
    rules: ['AwsSolutions::AwsSolutions-ECS4', 'CloudFormation-Validate::ecs_container_insights_enabled_check'],
  },
  'network-acls': {
    where: 'the network ACLs of a network',
    reason: 'REC-6.6 asks for them; answers come to any port from 1024 up, the one of remote desktops among them, where nothing listens',
    rules: ['AwsSolutions::AwsSolutions-VPC3', 'CloudFormation-Validate::nacl_no_unrestricted_ssh_rdp_check'],
  },
  'internet-route': {
    where: 'the VPC of a network',
    reason: 'only the public tier has the route, and only the load balancer and NAT gateways stand there (REC-6.1)',
    rules: everyPack('VPCNoUnrestrictedRouteToIGW'),
  },
  'default-security-group': {
    where: 'the VPC of a network',
    reason: 'its default security group is closed by a custom resource, which a rule on the VPC cannot see',
    rules: everyPack('VPCDefaultSecurityGroupClosed'),
  },
  'log-retention': {
    where: 'log groups',
    reason: 'REC-7.7 asks for 30 days; a year of every line would cost more than it is read, and the audit trail is kept apart',
    rules: ['CloudFormation-Validate::cloudwatch_log_group_retention_period_check'],
  },
  'actions-without-resources': {
    where:
      'roles that ask for the ECR token, describe EC2 or load balancing, read metrics and events, attach a function to a VPC, send ' +
      'traces, or protect a task',
    reason:
      'these actions know no resources, and tasks have no names beforehand (a condition names their cluster); whatever else the role may change is limited to its own',
    rules: ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
  },
  'secret-rotation': {
    where: 'keys of third parties, passwords of caches and keys that sign',
    reason:
      'a third party issues its own keys; the others are replaced by the steps of their page, the old value valid beside the new one ' +
      'until every reader has it, which a timer cannot see',
    rules: ['AwsSolutions::AwsSolutions-SMG4', ...everyPack('SecretsManagerRotationEnabled')],
  },
  'valkey-store': {
    where: 'Valkey stores, and those of dev that run on one node and keep snapshots for a day',
    reason:
      'clients are users with passwords and permissions of their own, which exclude the one token that the rule looks for; ' +
      'dev does without replicas (REC-3.2, REC-3.3), and what its stores hold is made again in minutes',
    rules: [
      'AwsSolutions::AwsSolutions-AEC6',
      'AwsSolutions::AwsSolutions-AEC4',
      ...['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-ElastiCacheRedisClusterAutomaticBackup`),
    ],
  },
  'managed-database': {
    where: 'RDS instances, and tables',
    reason:
      'REC-6.5 asks for 5432, which one security group and TLS guard; a backup plan selects by name, which the rule cannot see; ' +
      'a table goes back to any second of 35 days by itself',
    rules: [
      'AwsSolutions::AwsSolutions-RDS11',
      'CloudFormation-Validate::rds_instance_no_default_ports_check',
      ...['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-RDSInBackupPlan`),
      ...['HIPAA.Security', 'NIST.800.53.R5'].map((pack) => `${pack}::${pack}-DynamoDBInBackupPlan`),
    ],
  },
  'single-database': {
    where: 'read replicas, and the database of a stage that can be made again, dev by default',
    reason:
      'a replica takes its encryption from its source and has no standby, as its source fails over; dev does without one (REC-2.6) ' +
      'and has to be destroyed with its stage',
    rules: [
      'AwsSolutions::AwsSolutions-RDS2',
      'AwsSolutions::AwsSolutions-RDS3',
      'AwsSolutions::AwsSolutions-RDS10',
      ...everyPack('RDSStorageEncrypted'),
      ...everyPack('RDSMultiAZSupport'),
      ...everyPack('RDSInstanceDeletionProtectionEnabled'),
      'CloudFormation-Validate::rds_instance_multi_az_support_check',
      'CloudFormation-Validate::rds_instance_deletion_protection_enabled_check',
    ],
  },
  'named-later': {
    where: 'roles that use the objects of a bucket, the snapshots of a backup plan, or the log streams of database hosts',
    reason: 'these have no names before they are made; a prefix leaves out all that others make',
    rules: [
      OBJECTS,
      ...['<AWS::Region>', '*'].map(
        (region) => `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:rds:${region}:<AWS::AccountId>:snapshot:awsbackup:*]`,
      ),
      'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:RDSOSMetrics:log-stream:*]',
    ],
  },
} satisfies { [family: string]: ExceptionFamily };

/** @internal */
export type ExceptionFamilyName = keyof typeof families;

/**
 * The table itself, for the contract test and the report.
 * @internal
 */
export const EXCEPTION_FAMILIES: { readonly [family: string]: ExceptionFamily } = families;

/**
 * Accepts the findings of the named families on one construct and what is below it.
 * @internal
 */
export function acknowledge(construct: IConstruct, ...names: ExceptionFamilyName[]): void {
  for (const name of names) {
    const { reason, rules } = families[name];
    Validations.of(construct).acknowledge(...rules.map((id) => ({ id, reason: `${name}: ${reason}` })));
  }
}

/**
 * Accepts on a role or policy that it reaches all objects of a bucket, whose ARN is a literal or stands in the same stack.
 * @internal
 */
export function acknowledgeObjects(policy: IConstruct, bucketArn: string): void {
  const resolved: unknown = Stack.of(policy).resolve(bucketArn);
  const named = typeof resolved === 'string' ? resolved : `<${(resolved as { 'Fn::GetAtt': string[] })['Fn::GetAtt']?.join('.')}>`;
  const reason = `named-later: ${families['named-later'].reason}`;
  Validations.of(policy).acknowledge({ id: OBJECTS.replace('<bucket.Arn>', named), reason });
}
