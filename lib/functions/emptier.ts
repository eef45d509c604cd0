import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PlatformFunction } from './platform-function';

/** The tag by which a function knows that the content may go: it goes with the removal policy, before the custom resource does. */
export const DISPOSABLE_TAG = 'plinth:disposable';

/**
 * What is emptied, and what that takes.
 * @internal
 */
export interface EmptiedProps {
  /** Such as Custom::EmptiedBucket. */
  readonly resourceType: string;
  /** The one property by which the function knows it. */
  readonly properties: { [name: string]: string };
  /** What the function may do to it. */
  readonly statements: iam.PolicyStatement[];
}

/**
 * What empties, and the key of its log.
 * @internal
 */
export interface EmptierFunctionProps {
  readonly bundle: 'empty-bucket' | 'empty-vault';
  readonly logKey: kms.IKey;
}

/**
 * A function that empties what CloudFormation deletes only when it is empty, when its stack is deleted or it is replaced.
 *
 * CloudFormation deletes what depends on something before that: whatever writes must depend on the custom resource, which depends on
 * what it empties.
 * @internal
 */
export class Emptier extends Construct {
  private readonly emptier: PlatformFunction;

  /** @param by what the function is made from, or another of the same stack whose function does it */
  constructor(scope: Construct, id: string, by: EmptierFunctionProps | Emptier) {
    super(scope, id);
    this.emptier = by instanceof Emptier ? by.emptier : this.createFunction(by);
  }

  /** Everything that writes has to depend on what is returned. */
  empty(id: string, { resourceType, properties, statements }: EmptiedProps): { resource: CustomResource; permissions: iam.ManagedPolicy } {
    // A policy of its own: in a shared one, a thing that depends on another's custom resource would close a circle.
    const permissions = new iam.ManagedPolicy(this, `${id}Permissions`, { roles: [this.emptier.role], statements });
    const resource = new CustomResource(this, id, {
      serviceToken: this.emptier.function.functionArn,
      resourceType,
      serviceTimeout: Duration.hours(1),
      properties,
    });
    resource.node.addDependency(this.emptier, permissions);
    return { resource, permissions };
  }

  private createFunction({ bundle, logKey }: EmptierFunctionProps): PlatformFunction {
    const emptier = new PlatformFunction(this, 'Function', {
      bundle,
      description: `Empties what goes with ${this.node.scope!.node.path}`,
      logKey,
      // The longest there is; what is left then is done by the next of three runs.
      timeout: Duration.minutes(15),
    });
    emptier.logGroup.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return emptier;
  }
}
