import {
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandOutput,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { Rules, SecurityGroups } from './close-security-group';

/** Rules are revoked as they were described: by their ids, IAM would have to allow every rule of the account. */
export class Ec2SecurityGroups implements SecurityGroups<IpPermission> {
  constructor(private readonly client: Pick<EC2Client, 'send'>) {}

  async find(groupId: string): Promise<Rules<IpPermission> | undefined> {
    let token: string | undefined;
    do {
      const page: DescribeSecurityGroupsCommandOutput = await this.client.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }], NextToken: token }),
      );
      const [group] = page.SecurityGroups ?? [];
      if (group) return { ingress: group.IpPermissions ?? [], egress: group.IpPermissionsEgress ?? [] };
      // A page of filtered results may be empty with more to come.
      token = page.NextToken;
    } while (token);
    return undefined;
  }

  async revokeIngress(groupId: string, rules: readonly IpPermission[]): Promise<void> {
    await unlessGone(this.client.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [...rules] })));
  }

  async revokeEgress(groupId: string, rules: readonly IpPermission[]): Promise<void> {
    await unlessGone(this.client.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [...rules] })));
  }
}

/** Lambda may run an event twice at once, and the other run may have been faster. */
async function unlessGone(revoked: Promise<unknown>): Promise<void> {
  try {
    await revoked;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidPermission.NotFound') throw error;
  }
}
