import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * A role whose grants go to a managed policy of its own.
 *
 * Policies that CDK attaches inline cannot be listed, versioned or bounded apart from their role, and the HIPAA, NIST and PCI
 * packs refuse them; every L2 that grants to this role grants to the managed policy without knowing.
 * @internal
 */
export class ManagedRole extends iam.Role {
  private permissions?: iam.ManagedPolicy;

  override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.permissions ??= new iam.ManagedPolicy(this, 'Permissions', { roles: [this] });
    this.permissions.addStatements(statement);
    return { statementAdded: true, policyDependable: this.permissions };
  }
}
