import { App, Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { context } from '../../support/stages';

/** An assembly of one stack: an app that is told of a queue, whose messages a function writes into a table; and two clocks. */
export function synthesizeQueue(outdir: string): string {
  const app = new App({ outdir, context });
  const stack = new Stack(app, 'Work', { env: { account: '111111111111', region: 'eu-west-1' } });
  const deadLetters = new sqs.Queue(stack, 'DeadLetters');
  const queue = new sqs.Queue(stack, 'Queue', {
    visibilityTimeout: Duration.seconds(1),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
  });
  const table = new dynamodb.TableV2(stack, 'Table', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'attempt', type: dynamodb.AttributeType.NUMBER },
    timeToLiveAttribute: 'ttl',
  });
  const worker = new lambda.Function(stack, 'Worker', {
    runtime: lambda.Runtime.NODEJS_22_X,
    code: lambda.Code.fromAsset('test/cli/local/worker'),
    handler: 'index.handler',
    // Lambda refuses an event source whose queue shows a message again sooner.
    timeout: Duration.seconds(1),
    environment: { TABLE: table.tableName },
  });
  table.grantReadWriteData(worker);
  worker.addEventSource(new SqsEventSource(queue, { batchSize: 10, maxConcurrency: 2, reportBatchItemFailures: true }));
  const target = (tick: string) => new LambdaInvoke(worker, { input: scheduler.ScheduleTargetInput.fromObject({ tick }) });
  new scheduler.Schedule(stack, 'EveryMinute', {
    schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
    target: target('tick'),
  });
  new scheduler.Schedule(stack, 'AtNight', { schedule: scheduler.ScheduleExpression.cron({ hour: '2' }), target: target('night') });
  addService(stack, queue);
  app.synth();
  return outdir;
}

/** A service as its template has it, without a gateway: its app is told of the queue. */
function addService(stack: Stack, queue: sqs.Queue): void {
  const balancer = new elbv2.CfnLoadBalancer(stack, 'Balancer');
  const group = new elbv2.CfnTargetGroup(stack, 'Group', {
    protocol: 'HTTP',
    port: 8080,
    healthCheckPath: '/api/health/live',
    healthyThresholdCount: 2,
  });
  new elbv2.CfnListener(stack, 'Listener', {
    loadBalancerArn: balancer.ref,
    port: 80,
    protocol: 'HTTP',
    defaultActions: [{ type: 'forward', targetGroupArn: group.ref }],
  });
  const task = new ecs.CfnTaskDefinition(stack, 'Task', {
    containerDefinitions: [{ name: 'app', image: 'app', environment: [{ name: 'QUEUE_URL', value: queue.queueUrl }] }],
  });
  task.addMetadata('plinth:local', { command: ['node', 'server.mjs'], cwd: 'test/cli/local/app', port: 8080, paths: [] });
  new ecs.CfnService(stack, 'Service', { taskDefinition: task.ref, loadBalancers: [{ targetGroupArn: group.ref, containerPort: 8080 }] });
}
