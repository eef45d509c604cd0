// Three stages of what ecs-patterns and L2s alone would make of the same parts (network, service, firewall, database, caches, secrets,
// backups, functions) with the same cost tags, filled up with L2s to the number of resources given.
const { App, Duration, Stack, Stage, Tags } = require('aws-cdk-lib');
const { Certificate } = require('aws-cdk-lib/aws-certificatemanager');
const { Alarm, Metric } = require('aws-cdk-lib/aws-cloudwatch');
const { FlowLogDestination, Peer, Port, SecurityGroup, SubnetType, Vpc } = require('aws-cdk-lib/aws-ec2');
const { ContainerImage } = require('aws-cdk-lib/aws-ecs');
const { ApplicationLoadBalancedFargateService } = require('aws-cdk-lib/aws-ecs-patterns');
const { PolicyStatement, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const { LogGroup } = require('aws-cdk-lib/aws-logs');
const { BackupPlan, BackupResource, BackupVault } = require('aws-cdk-lib/aws-backup');
const { MathExpression } = require('aws-cdk-lib/aws-cloudwatch');
const { CfnReplicationGroup, CfnSubnetGroup, CfnUser, CfnUserGroup } = require('aws-cdk-lib/aws-elasticache');
const { Key } = require('aws-cdk-lib/aws-kms');
const rds = require('aws-cdk-lib/aws-rds');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
const { CfnWebACL, CfnWebACLAssociation } = require('aws-cdk-lib/aws-wafv2');
const { readdirSync } = require('node:fs');
const path = require('node:path');

const [outdir, perStage] = [process.argv[2], Number(process.argv[3])];
const root = path.join(__dirname, '..', '..');
const { context } = require('../../cdk.json');
// Zones as a lookup would have left them, since a VPC of theirs in a named account asks for them.
const zones = { 'availability-zones:account=111111111111:region=us-east-1': ['us-east-1a', 'us-east-1b', 'us-east-1c'] };
const app = new App({ outdir, context: { ...context, ...zones } });

/** As large as what a platform is made of: alarms over several metrics, roles with more than one statement, rules, lifecycles. */
const fill = [
  (stack, id, vpc) => {
    const group = new SecurityGroup(stack, id, { vpc, allowAllOutbound: false });
    for (const port of [443, 5432, 6379]) group.addIngressRule(Peer.ipv4('10.0.0.0/16'), Port.tcp(port), `Port ${port}`);
  },
  (stack, id) => new LogGroup(stack, id, { encryptionKey: new Key(stack, `${id}Key`) }),
  (stack, id) => {
    const dimensionsMap = { LoadBalancer: 'app/name/0123456789abcdef', TargetGroup: 'targetgroup/name/0123456789abcdef' };
    const metric = (name) => new Metric({ namespace: 'AWS/ApplicationELB', metricName: `${id}${name}`, dimensionsMap });
    const usingMetrics = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, metric(name.toUpperCase())]));
    const expression = 'IF(a + b > 0, 100 * (c + d) / (a + b), e + f)';
    new Alarm(stack, id, { metric: new MathExpression({ expression, usingMetrics }), threshold: 1, evaluationPeriods: 1 });
  },
  (stack, id) => {
    const role = new Role(stack, id, { assumedBy: new ServicePrincipal('ecs.amazonaws.com') });
    for (const action of ['s3:GetObject', 'sqs:SendMessage', 'logs:PutLogEvents']) {
      const resources = [stack.formatArn({ service: action.split(':')[0], resource: id })];
      role.addToPolicy(
        new PolicyStatement({ actions: [action], resources, conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
      );
    }
  },
  (stack, id) =>
    new Bucket(stack, id, {
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionsToRetain: 3 }],
    }),
];

/** Database, caches, secrets and backups, as their L2s make them, or L1s where there is none. */
function data(stack, vpc) {
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17_9 });
  const database = new rds.DatabaseInstance(stack, 'Database', {
    vpc,
    engine,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    parameterGroup: new rds.ParameterGroup(stack, 'Parameters', { engine, parameters: { 'rds.force_ssl': '1' } }),
    credentials: rds.Credentials.fromGeneratedSecret('administrator', { encryptionKey }),
    storageEncryptionKey: encryptionKey,
    multiAz: true,
  });
  for (const id of ['Results', 'Limits']) {
    const secret = new Secret(stack, `${id}Secret`, { encryptionKey });
    const user = (name) => ({ engine: 'valkey', userId: `${id}${name}`, userName: name, accessString: 'on ~* +@all' });
    const users = ['default', 'app'].map(
      (name) => new CfnUser(stack, `${id}${name}`, { ...user(name), passwords: [secret.secretValue.unsafeUnwrap()] }),
    );
    const group = new CfnUserGroup(stack, `${id}Users`, { engine: 'valkey', userGroupId: id, userIds: users.map(({ ref }) => ref) });
    const subnets = new CfnSubnetGroup(stack, `${id}Subnets`, {
      description: id,
      subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    });
    new CfnReplicationGroup(stack, id, {
      replicationGroupDescription: id,
      engine: 'valkey',
      cacheNodeType: 'cache.t4g.small',
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [new SecurityGroup(stack, `${id}Group`, { vpc }).securityGroupId],
      userGroupIds: [group.ref],
      transitEncryptionEnabled: true,
      kmsKeyId: encryptionKey.keyArn,
    });
  }
  for (const id of ['ProviderKey', 'SessionKey', 'InternalKey']) new Secret(stack, id, { encryptionKey });
  const plan = BackupPlan.daily35DayRetention(stack, 'Backups', new BackupVault(stack, 'Vault', { encryptionKey }));
  plan.addSelection('Database', { resources: [BackupResource.fromRdsDatabaseInstance(database)] });
  return database;
}

const managed = (name, priority) => ({
  name,
  priority,
  overrideAction: { none: {} },
  statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
  visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: name },
});

function firewall(stack, loadBalancer) {
  const groups = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet', 'AWSManagedRulesSQLiRuleSet'];
  const acl = new CfnWebACL(stack, 'Firewall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    rules: groups.map(managed),
    visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'firewall' },
  });
  new CfnWebACLAssociation(stack, 'Association', { resourceArn: loadBalancer.loadBalancerArn, webAclArn: acl.attrArn });
}

const resources = (stage) => stage.node.findAll().filter((node) => node.cfnResourceType).length;

for (const name of ['dev', 'staging', 'production']) {
  const stage = new Stage(app, name, { env: { account: '111111111111', region: 'us-east-1' } });
  for (const tag of ['environment', 'service', 'project', 'team']) Tags.of(stage).add(tag, name);
  const network = new Stack(stage, 'Network');
  const vpc = new Vpc(network, 'Vpc', {
    maxAzs: 2,
    subnetConfiguration: [
      { name: 'Public', subnetType: SubnetType.PUBLIC },
      { name: 'Private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED },
    ],
  });
  vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(new LogGroup(network, 'Flow')) });
  const database = data(new Stack(stage, 'Data'), vpc);
  const stack = new Stack(stage, 'Service');
  const { service, loadBalancer } = new ApplicationLoadBalancedFargateService(stack, 'Service', {
    vpc,
    taskImageOptions: {
      image: ContainerImage.fromAsset(path.join(root, 'dist', 'examples', 'recommendation-api')),
      environment: { DATABASE_HOST: database.dbInstanceEndpointAddress },
    },
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:111111111111:certificate/a'),
    redirectHTTP: true,
  });
  service.taskDefinition.addContainer('gateway', {
    image: ContainerImage.fromAsset(path.join(root, 'dist', 'gateway')),
    memoryLimitMiB: 128,
  });
  firewall(stack, loadBalancer);
  const scaling = service.autoScaleTaskCount({ maxCapacity: 10 });
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });
  scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 80 });
  for (const bundle of readdirSync(path.join(root, 'dist', 'lambda'))) {
    new lambda.Function(stack, bundle, {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(root, 'dist', 'lambda', bundle)),
    });
  }
  for (let index = 0; resources(stage) < perStage; index++) fill[index % fill.length](stack, `Fill${index}`, vpc);
}
app.synth();
