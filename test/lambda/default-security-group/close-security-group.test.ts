import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { closeSecurityGroup, type Rules, type SecurityGroups } from '../../../lambda/default-security-group/close-security-group';

const event = {
  RequestType: 'Create',
  ServiceToken: 'arn',
  ResponseURL: 'https://responses.example.com',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Closed',
  ResourceType: 'Custom::ClosedSecurityGroup',
  ResourceProperties: { ServiceToken: 'arn', SecurityGroupId: 'sg-1' },
} satisfies CloudFormationCustomResourceEvent;
const open: Rules<object> = { ingress: [{ from: 'itself' }], egress: [{ to: 'anywhere' }] };

/** Groups that remember what was done to them. */
class Groups implements SecurityGroups<object> {
  readonly done: unknown[] = [];
  constructor(private readonly rules?: Rules<object>) {}

  async find(groupId: string) {
    this.done.push(['find', groupId]);
    return this.rules;
  }

  async revokeIngress(...what: unknown[]) {
    this.done.push(['ingress', ...what]);
  }

  async revokeEgress(...what: unknown[]) {
    this.done.push(['egress', ...what]);
  }
}

test('revokes every rule of the group', async () => {
  const groups = new Groups(open);
  await closeSecurityGroup(event, groups);
  expect(groups.done).toEqual([
    ['find', 'sg-1'],
    ['ingress', 'sg-1', [{ from: 'itself' }]],
    ['egress', 'sg-1', [{ to: 'anywhere' }]],
  ]);
});

test('revokes nothing of a group that is closed already', async () => {
  const groups = new Groups({ ingress: [], egress: [] });
  await closeSecurityGroup(event, groups);
  expect(groups.done).toEqual([['find', 'sg-1']]);
});

test('is known by the id of the group', async () => {
  expect(await closeSecurityGroup(event, new Groups(open))).toEqual({ physicalResourceId: 'sg-1' });
});

test('closes another group when it is updated to that', async () => {
  const groups = new Groups(open);
  const update = {
    ...event,
    RequestType: 'Update' as const,
    PhysicalResourceId: 'sg-0',
    OldResourceProperties: { ServiceToken: 'arn', SecurityGroupId: 'sg-0' },
  };
  expect(await closeSecurityGroup(update, groups)).toEqual({ physicalResourceId: 'sg-1' });
});

test('does nothing when it is deleted', async () => {
  const groups = new Groups(open);
  const answer = await closeSecurityGroup({ ...event, RequestType: 'Delete', PhysicalResourceId: 'sg-1' }, groups);
  expect([answer, groups.done]).toEqual([{ physicalResourceId: 'sg-1' }, []]);
});

test('fails on a group that does not exist', async () => {
  await expect(closeSecurityGroup(event, new Groups())).rejects.toThrow(
    'SecurityGroupId must be the id of a security group, got sg-1, which does not exist',
  );
});

test('fails without a group', async () => {
  await expect(closeSecurityGroup({ ...event, ResourceProperties: { ServiceToken: 'arn' } }, new Groups())).rejects.toThrow(
    'SecurityGroupId must be the id of a security group, got none',
  );
});
