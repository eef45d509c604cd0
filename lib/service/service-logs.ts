import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import { PlatformFunction } from '../functions/platform-function';
import { createLogGroup } from '../governance/log-key';

/** How an error line is told from others, whatever the language of the image. */
const ERROR_TERMS = ['ERROR', 'FATAL', 'Exception', 'Traceback'];

/**
 * The log groups of a service, apart as REC-7.7 asks: what the app says, who asked for what, and what failed.
 * @internal
 */
export class ServiceLogs extends Construct {
  readonly application: logs.LogGroup;
  readonly access: logs.LogGroup;
  readonly error: logs.LogGroup;

  constructor(scope: Construct, id: string, key: kms.IKey) {
    super(scope, id);
    this.application = createLogGroup(this, 'Application', key);
    this.access = createLogGroup(this, 'Access', key);
    this.error = createLogGroup(this, 'Error', key);
    this.copyErrors(key);
  }

  private copyErrors(logKey: kms.IKey): void {
    const copier = new PlatformFunction(this, 'ErrorCopier', {
      bundle: 'error-log',
      description: 'Copies the error lines of a service to its error log',
      logKey,
      timeout: Duration.seconds(60),
      environment: { ERROR_LOG_GROUP: this.error.logGroupName },
    });
    copier.role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.error.logGroupArn] }),
    );
    const destination = new LambdaDestination(copier.function);
    new logs.SubscriptionFilter(this, 'ApplicationErrors', {
      logGroup: this.application,
      destination,
      filterPattern: logs.FilterPattern.anyTerm(...ERROR_TERMS),
    });
    new logs.SubscriptionFilter(this, 'GatewayErrors', {
      logGroup: this.access,
      destination,
      filterPattern: logs.FilterPattern.stringValue('$.level', '=', 'ERROR'),
    });
  }
}
