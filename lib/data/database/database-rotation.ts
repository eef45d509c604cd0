import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PlatformFunction } from '../../functions/platform-function';
import type { DataProtection } from '../data-protection';
import type { DatabaseAccess } from './database-access';

/** @internal */
export interface DatabaseRotationProps {
  readonly vpc: ec2.IVpc;
  /** The secret with the address of the database in it. */
  readonly secret: secretsmanager.ISecret;
  readonly encryptionKey: kms.IKey;
  readonly logKey: kms.IKey;
  readonly access: DatabaseAccess;
  readonly protection: DataProtection;
}

const ROTATE_EVERY_DAYS = 30;

/** Three connections of five seconds, and as much again for Secrets Manager. */
const TIMEOUT = Duration.seconds(60);

/**
 * Gives the administrator a new password every 30 days, the first time when it is deployed, so that a fault shows then.
 *
 * RDS could do it by itself, but refuses read replicas of such an instance.
 * @internal
 */
export class DatabaseRotation extends Construct {
  readonly platformFunction: PlatformFunction;

  constructor(scope: Construct, id: string, props: DatabaseRotationProps) {
    super(scope, id);
    this.platformFunction = this.createFunction(props);
    this.allowRotation(this.platformFunction.role, props);
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: props.secret.secretArn,
      rotationLambdaArn: this.platformFunction.function.functionArn,
      rotationRules: { automaticallyAfterDays: ROTATE_EVERY_DAYS },
    });
    schedule.node.addDependency(this.allowInvocation(props.secret), this.platformFunction.role, ...props.access.rules);
  }

  private createFunction({ vpc, logKey, access, protection }: DatabaseRotationProps): PlatformFunction {
    const toSecretsManager = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Rotation of ${this.node.path}`,
      allowAllOutbound: false,
    });
    toSecretsManager.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'To Secrets Manager');
    const rotation = new PlatformFunction(this, 'Function', {
      bundle: 'database-rotation',
      description: "Gives the database's administrator a new password",
      logKey,
      timeout: TIMEOUT,
      vpc,
      securityGroups: [access.clients, toSecretsManager],
    });
    rotation.logGroup.applyRemovalPolicy(protection.removalPolicy);
    return rotation;
  }

  private allowRotation(role: iam.Role, { secret, encryptionKey }: DatabaseRotationProps): void {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
          (action) => `secretsmanager:${action}`,
        ),
        resources: [secret.secretArn],
      }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [encryptionKey.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
  }

  private allowInvocation(secret: secretsmanager.ISecret): Construct {
    const { function: rotation } = this.platformFunction;
    rotation.addPermission('SecretsManager', {
      principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceArn: secret.secretArn,
    });
    return rotation;
  }
}
