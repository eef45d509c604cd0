import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Outcome } from '../shared/custom-resource';

export interface Rules<Rule> {
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** Where rules stand, each in the form it is revoked by. */
export interface SecurityGroups<Rule> {
  /** Undefined when there is no such group. */
  find(groupId: string): Promise<Rules<Rule> | undefined>;
  revokeIngress(groupId: string, rules: readonly Rule[]): Promise<void>;
  revokeEgress(groupId: string, rules: readonly Rule[]): Promise<void>;
}

/** Revokes what the group has; deleting the resource opens nothing again, as the group goes with its VPC. */
export async function closeSecurityGroup<Rule>(event: CloudFormationCustomResourceEvent, groups: SecurityGroups<Rule>): Promise<Outcome> {
  if (event.RequestType === 'Delete') return { physicalResourceId: event.PhysicalResourceId };
  const groupId: unknown = event.ResourceProperties.SecurityGroupId;
  if (typeof groupId !== 'string' || groupId === '') throw new Error('SecurityGroupId must be the id of a security group, got none');
  const rules = await groups.find(groupId);
  if (!rules) throw new Error(`SecurityGroupId must be the id of a security group, got ${groupId}, which does not exist`);
  if (rules.ingress.length > 0) await groups.revokeIngress(groupId, rules.ingress);
  if (rules.egress.length > 0) await groups.revokeEgress(groupId, rules.egress);
  return { physicalResourceId: groupId };
}
