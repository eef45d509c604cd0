import { Validations } from 'aws-cdk-lib';
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

const everyPack = (rule: string) => ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map((pack) => `${pack}::${pack}-${rule}`);

/** The whole list of accepted findings: at most 25 families, and a new one needs a decision record. */
const families = {
  'lambda-concurrency': {
    where: 'platform functions',
    reason: 'a new account has 10 concurrent executions and 10 must stay unreserved, so a reservation fails the deployment',
    rules: everyPack('LambdaConcurrency'),
  },
  'lambda-dead-letter': {
    where: 'platform functions that their caller invokes synchronously or by queue, and custom resources',
    reason: 'the caller sees the failure: CloudFormation by its response, a deployment by its hook, a queue by its redrive policy',
    rules: [...everyPack('LambdaDLQ'), 'Serverless::Serverless-LambdaDLQ'],
  },
  'lambda-outside-vpc': {
    where: 'platform functions that call AWS APIs only',
    reason: 'they reach nothing inside the VPC, and an interface there would add a NAT path and slower destruction',
    rules: everyPack('LambdaInsideVPC'),
  },
  'public-load-balancer': {
    where: 'the security group of a load balancer with a domain',
    reason: 'the API is public: 443 serves it behind the firewall, 80 only redirects (REC-6.3, REC-8.4)',
    rules: ['AwsSolutions::AwsSolutions-EC23'],
  },
  'http-listener': {
    where: 'port 80 that only redirects, and the internal load balancer of a dev stage without a domain',
    reason: 'a redirect carries nothing to protect (REC-8.4); without a name there is no certificate, and staging and production need one',
    rules: everyPack('ELBv2ACMCertificateRequired'),
  },
  'alarm-without-action': {
    where: 'the alarms of deployments, and of a firewall that was given no action',
    reason: 'ECS reads the deployment alarms itself while it deploys; whom the others notify is the choice of who operates the stage',
    rules: everyPack('CloudWatchAlarmAction'),
  },
  'canary-without-breaker': {
    where: 'services whose deployments shift traffic',
    reason: 'the deployment circuit breaker belongs to rolling deployments; alarms and test traffic roll a shift back',
    rules: ['Annotation::@aws-cdk/aws-ecs:shouldUseCircuitBreaker'],
  },
  tracing: {
    where: 'the role of a platform function',
    reason: 'segments are sent to X-Ray, whose actions know no resources',
    rules: ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
  },
  'vpc-cidr-reference': {
    where: 'security groups with the range of a VPC of another stack',
    reason: 'the range is a reference that the rule cannot read at synthesis',
    rules: ['CdkNagValidationFailure::AwsSolutions-EC23'],
  },
  'log-bucket-logging': {
    where: 'buckets that hold logs',
    reason: 'a log of the log bucket would need a bucket of its own without end; CloudTrail data events cover audit buckets',
    rules: ['AwsSolutions::AwsSolutions-S1', ...everyPack('S3BucketLoggingEnabled')],
  },
  'log-bucket-encryption': {
    where: 'buckets that a load balancer writes',
    reason: 'the log delivery of load balancers writes with SSE-S3 only; a KMS key makes it fail',
    rules: everyPack('S3DefaultEncryptionKMS'),
  },
  'bucket-replication': {
    where: 'buckets',
    reason: 'data stays in its region unless replication is asked for (REC-13.1)',
    rules: everyPack('S3BucketReplicationEnabled'),
  },
  'network-interfaces': {
    where: 'the role of a platform function inside the VPC',
    reason: 'the interfaces it creates have no name beforehand, and describing them cannot be limited to a resource',
    rules: ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
  },
  'describe-load-balancing': {
    where: 'the role that ECS moves traffic with',
    reason: "the Describe actions of load balancing know no resources; changes are limited to the service's own rules and groups",
    rules: ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
  },
  'image-pull': {
    where: 'the execution role of a task',
    reason: "an ECR token is the account's, so GetAuthorizationToken knows no resource; pulls are limited to the repository",
    rules: ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
  },
  'plain-environment': {
    where: 'task definitions',
    reason: 'variables hold settings only; secrets are injected from Secrets Manager',
    rules: ['AwsSolutions::AwsSolutions-ECS2'],
  },
  'container-insights': {
    where: 'the cluster of a stage that asked for it, dev by default',
    reason: "its metrics cost more than dev is worth (REC-11.5); the service's own CPU, memory, request and latency metrics stay",
    rules: ['AwsSolutions::AwsSolutions-ECS4'],
  },
  'network-acls': {
    where: 'the network ACLs of a network',
    reason: 'REC-6.6 asks for them; there is one per tier, tested packet by packet',
    rules: ['AwsSolutions::AwsSolutions-VPC3'],
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
  'describe-security-groups': {
    where: 'the role that closes a default security group',
    reason: 'the Describe actions of EC2 know no resources; revoking is limited to the one group',
    rules: ['AwsSolutions::AwsSolutions-IAM5[Resource::*]'],
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
