import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { builtAsset } from '../../governance/assets';
import { acknowledge } from '../../governance/exceptions';
import { createLogGroup } from '../../governance/log-key';
import { ManagedRole } from '../../governance/managed-role';
import { allowAdministrator } from './administrator-access';
import type { Migrations } from './migrations';
import type { VectorDatabase } from './vector-database';

/** @internal */
export interface LongMigrationsProps {
  readonly vpc: ec2.IVpc;
  readonly database: VectorDatabase;
  readonly migrations: Migrations;
  readonly logKey: kms.IKey;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/** It waits for the database, which does the work. */
const MEBIBYTES = 512;
const ASSUMED_BY_TASKS = new iam.ServicePrincipal('ecs-tasks.amazonaws.com');

/**
 * A task that runs when there is a long migration, in a cluster of its own so that what stops there is known to be it.
 * @internal
 */
export class LongMigrations extends Construct {
  readonly definition: ecs.FargateTaskDefinition;
  readonly logGroup: logs.LogGroup;
  readonly failures: events.Rule;
  private readonly cluster: ecs.Cluster;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: LongMigrationsProps,
  ) {
    super(scope, id);
    this.logGroup = createLogGroup(this, 'Logs', props.logKey);
    this.cluster = new ecs.Cluster(this, 'Cluster', { vpc: props.vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    this.definition = this.createDefinition();
    this.addContainer();
    this.failures = this.createRule();
  }

  /** What the function that starts the task needs to know. */
  environment(): string {
    const { vpc, securityGroups } = this.props;
    return JSON.stringify({
      cluster: this.cluster.clusterArn,
      taskDefinition: this.definition.taskDefinitionArn,
      subnets: vpc.privateSubnets.map(({ subnetId }) => subnetId),
      securityGroups: securityGroups.map(({ securityGroupId }) => securityGroupId),
    });
  }

  /** Lets a function start the task, and be told when it fails. */
  startedBy(starter: lambda.Function, role: iam.Role): void {
    const { taskDefinitionArn, taskRole, executionRole } = this.definition;
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: [taskDefinitionArn],
        conditions: { ArnEquals: { 'ecs:cluster': this.cluster.clusterArn } },
      }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [taskRole.roleArn, executionRole!.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    );
    this.failures.addTarget(new LambdaFunction(starter));
  }

  private createDefinition(): ecs.FargateTaskDefinition {
    const executionRole = new ManagedRole(this, 'ExecutionRole', {
      assumedBy: ASSUMED_BY_TASKS,
      description: 'Starts the task of long migrations: pulls its image, writes its log',
    });
    acknowledge(executionRole, 'actions-without-resources');
    const taskRole = new ManagedRole(this, 'TaskRole', { assumedBy: ASSUMED_BY_TASKS, description: 'Applies long migrations' });
    allowAdministrator(taskRole, this.props.database);
    const definition = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: 256,
      memoryLimitMiB: MEBIBYTES,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
      executionRole,
      taskRole,
    });
    acknowledge(definition, 'plain-environment');
    return definition;
  }

  private addContainer(): void {
    const linuxParameters = new ecs.LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    const image = new DockerImageAsset(this, 'Image', { directory: this.stageImage(), platform: Platform.LINUX_ARM64 });
    this.definition.addContainer('migrations', {
      image: ecs.ContainerImage.fromDockerImageAsset(image),
      essential: true,
      memoryLimitMiB: MEBIBYTES,
      user: '1000:1000',
      readonlyRootFilesystem: true,
      linuxParameters,
      environment: { DATABASE_SECRET_ARN: this.props.database.secret.secretArn },
      logging: ecs.LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: 'migrations' }),
    });
  }

  /** The shipped Dockerfile, the code, and the migrations, side by side. */
  private stageImage(): string {
    const { _directory, _files } = this.props.migrations;
    const folder = join(Stage.of(this)!.outdir, `migrations.${this.node.addr}`);
    mkdirSync(join(folder, 'migrations'), { recursive: true });
    cpSync(builtAsset('lambda/database-bootstrap-task'), folder, { recursive: true });
    for (const { file } of _files) cpSync(join(_directory, file), join(folder, 'migrations', file));
    return folder;
  }

  /** One that could not start, was killed, or failed; stopping it by hand is among them. */
  private createRule(): events.Rule {
    const rule = new events.Rule(this, 'Failures', {
      description: `Long migrations of ${this.node.path} that failed`,
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [this.cluster.clusterArn],
          lastStatus: ['STOPPED'],
          $or: [{ containers: { exitCode: [{ 'anything-but': [0] }] } }, { stopCode: ['TaskFailedToStart'] }],
        },
      },
    });
    acknowledge(rule, 'lambda-dead-letter');
    return rule;
  }
}
