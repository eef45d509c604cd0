import { EC2Client } from '@aws-sdk/client-ec2';
import { Ec2SecurityGroups } from '../../../lambda/default-security-group/security-groups-ec2';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

type Sent = { readonly command: string; readonly input: object };

/** Groups over an EC2 client that gives one answer after the other instead of asking, and what it was asked. */
function groupsAnswering(...answers: (object | Error)[]) {
  const sent: Sent[] = [];
  const client = new EC2Client({ region: 'eu-central-1' });
  client.middlewareStack.add(
    (_, context) =>
      async ({ input }) => {
        const answer = answers[sent.length] ?? {};
        sent.push({ command: String(context.commandName), input });
        if (answer instanceof Error) throw answer;
        return { response: undefined, output: { ...answer, $metadata: {} } };
      },
    { step: 'initialize' },
  );
  return { groups: new Ec2SecurityGroups(client), sent };
}

const named = (name: string) => Object.assign(new Error(`${name} happened`), { name });
const rule = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

test('finds the rules of a group in both directions', async () => {
  const { groups } = groupsAnswering({ SecurityGroups: [{ IpPermissions: [], IpPermissionsEgress: [rule] }] });
  expect(await groups.find('sg-1')).toEqual({ ingress: [], egress: [rule] });
});

test('takes a group without rules for a closed one', async () => {
  const { groups } = groupsAnswering({ SecurityGroups: [{}] });
  expect(await groups.find('sg-1')).toEqual({ ingress: [], egress: [] });
});

test('reads on past an empty page', async () => {
  const { groups, sent } = groupsAnswering({ SecurityGroups: [], NextToken: 'more' }, { SecurityGroups: [{ IpPermissions: [rule] }] });
  expect(await groups.find('sg-1')).toEqual({ ingress: [rule], egress: [] });
  expect(sent[1].input).toMatchObject({ NextToken: 'more' });
});

test('finds no group when no page has one', async () => {
  const { groups } = groupsAnswering({ NextToken: 'more' }, {});
  expect(await groups.find('sg-1')).toBeUndefined();
});

test('asks for that group alone', async () => {
  const { groups, sent } = groupsAnswering({});
  await groups.find('sg-1');
  expect(sent).toEqual([
    { command: 'DescribeSecurityGroupsCommand', input: { Filters: [{ Name: 'group-id', Values: ['sg-1'] }], NextToken: undefined } },
  ]);
});

test.each([
  ['revokeIngress', 'RevokeSecurityGroupIngressCommand'],
  ['revokeEgress', 'RevokeSecurityGroupEgressCommand'],
] as const)('%s revokes the rules as they were described', async (verb, command) => {
  const { groups, sent } = groupsAnswering({});
  await groups[verb]('sg-1', [rule]);
  expect(sent).toEqual([{ command, input: { GroupId: 'sg-1', IpPermissions: [rule] } }]);
});

test.each(['revokeIngress', 'revokeEgress'] as const)('%s takes rules that are gone for revoked', async (verb) => {
  const { groups } = groupsAnswering(named('InvalidPermission.NotFound'));
  await expect(groups[verb]('sg-1', [rule])).resolves.toBeUndefined();
});

test.each(['revokeIngress', 'revokeEgress'] as const)('%s passes on a refusal', async (verb) => {
  const { groups } = groupsAnswering(named('UnauthorizedOperation'));
  await expect(groups[verb]('sg-1', [rule])).rejects.toThrow('UnauthorizedOperation happened');
});
