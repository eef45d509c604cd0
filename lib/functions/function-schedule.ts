import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ManagedRole } from '../governance/managed-role';

/** @internal */
export interface FunctionScheduleProps {
  readonly function: lambda.Function;
  /** One sentence shown in the console. */
  readonly description: string;
  /** `rate(5 minutes)` or `cron(0 2 * * ? *)`, in UTC. */
  readonly expression: string;
}

/**
 * Calls a function by the clock. A run that fails, Lambda makes again after one and after two minutes: it must not matter how often.
 * @internal
 */
export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    const role = new ManagedRole(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com'),
      description: `Calls by the clock: ${props.description}`,
    });
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.function.functionArn] }));
    const schedule = new scheduler.CfnSchedule(this, 'Resource', {
      description: props.description,
      scheduleExpression: props.expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: props.function.functionArn, roleArn: role.roleArn, retryPolicy: { maximumRetryAttempts: 0 } },
    });
    schedule.node.addDependency(role);
  }
}
