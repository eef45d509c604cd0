import { CustomResource, Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PlatformFunction } from '../../functions/platform-function';
import { createLogKey } from '../../governance/log-key';
import { allowAdministrator } from './administrator-access';
import { ENGINE } from './database-engine';
import { LongMigrations } from './long-migrations';
import type { Migrations } from './migrations';
import type { VectorDatabase } from './vector-database';

/**
 * What a database is brought to.
 *
 * @example
 * import { type DatabaseBootstrapProps, Migrations, Network, VectorDatabase } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const props: DatabaseBootstrapProps = {
 *   vpc,
 *   database: new VectorDatabase(stack, 'Database', { vpc }),
 *   migrations: Migrations.fromFolder('examples/migrations'),
 * };
 */
export interface DatabaseBootstrapProps {
  /** The network, with private subnets that reach Secrets Manager. */
  readonly vpc: ec2.IVpc;

  /** The database. */
  readonly database: VectorDatabase;

  /**
   * The tables, and what becomes of them.
   * @default - extension, roles and schema only
   */
  readonly migrations?: Migrations;

  /**
   * The key of the log groups, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

/** The longest that a function may run; what may take longer is a long migration. */
const TIMEOUT = Duration.minutes(15);

/**
 * Brings a database to what an app needs before the app is deployed: pgvector 0.8.0 or later, the roles `owner`, `application`, `exporter`,
 * `read_only` and `auditor`, the schema `app`, and the migrations, each once and in order.
 *
 * A deployment whose bootstrap fails is rolled back with the reason, which names file, line and SQLSTATE and holds no data. One that is
 * rolled back for another reason leaves the database as it is. Deleting the bootstrap leaves the database as it is, too.
 *
 * Creates a function in the private subnets with its role, log group and security group, and the custom resource that calls it. Where
 * there are long migrations, a Fargate task for them besides, with its image, cluster, roles and log group; it costs nothing while it
 * does not run. What uses the database depends on this construct.
 *
 * @example
 * import { DatabaseBootstrap, Network, VectorDatabase } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const database = new VectorDatabase(stack, 'Database', { vpc });
 * const bootstrap = new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database });
 */
export class DatabaseBootstrap extends Construct {
  /** The function that does the work; its log group says what it changed. */
  readonly function: lambda.Function;

  /** What calls the function in a deployment, whenever the migrations, the engine or the function itself have changed. */
  readonly resource: CustomResource;

  /** @internal */
  readonly _long?: LongMigrations;

  constructor(scope: Construct, id: string, props: DatabaseBootstrapProps) {
    super(scope, id);
    const { vpc, database, migrations, logKey = createLogKey(this, 'LogKey') } = props;
    const securityGroups = this.createSecurityGroups(vpc, database);
    const isLong = migrations?._files.some(({ kind }) => kind === 'long');
    this._long = isLong ? new LongMigrations(this, 'Long', { vpc, database, migrations: migrations!, logKey, securityGroups }) : undefined;
    const bootstrap = this.createFunction(props, logKey, securityGroups);
    allowAdministrator(bootstrap.role, database);
    this._long?.startedBy(bootstrap.function, bootstrap.role);
    this.function = bootstrap.function;
    this.resource = this.createResource(bootstrap, props);
  }

  private createSecurityGroups(vpc: ec2.IVpc, { node, clients }: VectorDatabase): ec2.ISecurityGroup[] {
    const toAws = new ec2.SecurityGroup(this, 'SecurityGroup', { vpc, description: `Bootstrap of ${node.path}`, allowAllOutbound: false });
    toAws.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'To AWS');
    // By its id, so that rules about it stand here.
    return [ec2.SecurityGroup.fromSecurityGroupId(this, 'Clients', clients.securityGroupId, { mutable: false }), toAws];
  }

  private createFunction(
    { vpc, database, migrations }: DatabaseBootstrapProps,
    logKey: kms.IKey,
    securityGroups: ec2.ISecurityGroup[],
  ): PlatformFunction {
    return new PlatformFunction(this, 'Function', {
      bundle: 'database-bootstrap',
      description: 'Brings the database to what the app needs: extension, roles, schema and migrations',
      logKey,
      timeout: TIMEOUT,
      vpc,
      securityGroups,
      layers: migrations && [this.createLayer(migrations)],
      environment: {
        DATABASE_SECRET_ARN: database.secret.secretArn,
        ...(migrations && { MIGRATIONS_DIRECTORY: '/opt' }),
        ...(this._long && { LONG_MIGRATIONS: this._long.environment() }),
      },
    });
  }

  private createLayer({ _directory }: Migrations): lambda.LayerVersion {
    return new lambda.LayerVersion(this, 'Migrations', {
      description: `Migrations of ${this.node.path}`,
      code: lambda.Code.fromAsset(_directory, { exclude: ['*', '!*.sql'] }),
      compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
      compatibleArchitectures: [lambda.Architecture.ARM_64],
    });
  }

  private createResource(bootstrap: PlatformFunction, { database, migrations }: DatabaseBootstrapProps): CustomResource {
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: bootstrap.function.functionArn,
      resourceType: 'Custom::DatabaseBootstrap',
      // The default is an hour, for which a stack would hang on a function that cannot answer.
      serviceTimeout: TIMEOUT.plus(Duration.minutes(1)),
      properties: {
        Migrations: migrations?._properties() ?? [],
        // With another engine comes another version of the extension, which does not update itself.
        EngineVersion: ENGINE.engineVersion?.fullVersion,
        Code: codeOf(bootstrap.function),
      },
    });
    // Its log group and policy outlive the resource's deletion, which calls it once more; the first rotation is before, not meanwhile.
    resource.node.addDependency(bootstrap, database._rotation, ...(this._long ? [this._long] : []));
    return resource;
  }
}

/** Which code a function has, so that another one runs. */
function codeOf({ node }: lambda.Function): string {
  const { code } = node.defaultChild as lambda.CfnFunction;
  return (code as lambda.CfnFunction.CodeProperty).s3Key ?? '';
}
