// Three stages of what ecs-patterns and L2s alone would make, with the same cost tags, filled up with L2s to the number of resources given.
const { App, Stack, Stage, Tags } = require('aws-cdk-lib');
const { Certificate } = require('aws-cdk-lib/aws-certificatemanager');
const { Alarm, Metric } = require('aws-cdk-lib/aws-cloudwatch');
const { FlowLogDestination, SecurityGroup, Vpc } = require('aws-cdk-lib/aws-ec2');
const { ContainerImage } = require('aws-cdk-lib/aws-ecs');
const { ApplicationLoadBalancedFargateService } = require('aws-cdk-lib/aws-ecs-patterns');
const { PolicyStatement, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const { LogGroup } = require('aws-cdk-lib/aws-logs');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { readdirSync } = require('node:fs');
const path = require('node:path');

const [outdir, perStage] = [process.argv[2], Number(process.argv[3])];
const root = path.join(__dirname, '..', '..');
const { context } = require('../../cdk.json');
const app = new App({ outdir, context });

const fill = [
  (stack, id, vpc) => new SecurityGroup(stack, id, { vpc }),
  (stack, id) => new LogGroup(stack, id),
  (stack, id) => new Alarm(stack, id, { metric: new Metric({ namespace: 'a', metricName: id }), threshold: 1, evaluationPeriods: 1 }),
  (stack, id) =>
    new Role(stack, id, { assumedBy: new ServicePrincipal('ecs.amazonaws.com') }).addToPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/key'] }),
    ),
  (stack, id) => new Bucket(stack, id, { enforceSSL: true }),
];

const resources = (stage) => stage.node.findAll().filter((node) => node.cfnResourceType).length;

for (const name of ['dev', 'staging', 'production']) {
  const stage = new Stage(app, name);
  for (const tag of ['environment', 'service', 'project', 'team']) Tags.of(stage).add(tag, name);
  const network = new Stack(stage, 'Network');
  const vpc = new Vpc(network, 'Vpc', { maxAzs: 2 });
  vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(new LogGroup(network, 'Flow')) });
  const stack = new Stack(stage, 'Service');
  const { service } = new ApplicationLoadBalancedFargateService(stack, 'Service', {
    vpc,
    taskImageOptions: { image: ContainerImage.fromAsset(path.join(root, 'examples', 'recommendation-api', 'service')) },
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:111111111111:certificate/a'),
    redirectHTTP: true,
  });
  service.taskDefinition.addContainer('gateway', {
    image: ContainerImage.fromAsset(path.join(root, 'dist', 'gateway')),
    memoryLimitMiB: 128,
  });
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
