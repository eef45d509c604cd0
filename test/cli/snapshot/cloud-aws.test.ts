import { AwsCloud, clientsOf } from '../../../cli/src/snapshot/cloud-aws';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

type Sent = { readonly command: string; readonly input: object };

/** An account over clients that give one answer after the other instead of asking, and what they were asked. */
function cloudAnswering(...answers: (object | Error)[]) {
  const sent: Sent[] = [];
  const clients = clientsOf('eu-west-1');
  for (const client of Object.values(clients) as unknown as { readonly middlewareStack: { add: (...args: unknown[]) => void } }[]) {
    client.middlewareStack.add(
      (_: unknown, { commandName }: { readonly commandName?: string }) =>
        async ({ input }: { readonly input: object }) => {
          const answer = answers[sent.length] ?? {};
          sent.push({ command: String(commandName), input });
          if (answer instanceof Error) throw answer;
          return { response: undefined, output: { ...answer, $metadata: {} } };
        },
      { step: 'initialize' },
    );
  }
  return { cloud: new AwsCloud(clients), sent };
}

test('knows who asks', async () => {
  const { cloud } = cloudAnswering({ Account: '333333333333', Arn: 'arn:aws:iam::333333333333:user/anna' });
  expect(await cloud.caller()).toEqual({ account: '333333333333', arn: 'arn:aws:iam::333333333333:user/anna' });
});

test('asks the deployed stack for the name of the database', async () => {
  const { cloud, sent } = cloudAnswering({ StackResourceDetail: { PhysicalResourceId: 'db-1' } });
  expect(await cloud.physicalId('production-Data', 'Database')).toBe('db-1');
  expect(sent).toEqual([
    { command: 'DescribeStackResourceCommand', input: { StackName: 'production-Data', LogicalResourceId: 'Database' } },
  ]);
});

test('reads what a restore has to be told', async () => {
  const { cloud } = cloudAnswering({
    DBInstances: [
      {
        DBInstanceArn: 'arn:1',
        DBInstanceClass: 'db.t4g.medium',
        DBSubnetGroup: { DBSubnetGroupName: 'subnets' },
        VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }],
        DBParameterGroups: [{ DBParameterGroupName: 'parameters' }],
        MultiAZ: true,
      },
    ],
  });
  expect(await cloud.instance('db-1')).toEqual({
    identifier: 'db-1',
    arn: 'arn:1',
    instanceClass: 'db.t4g.medium',
    subnetGroup: 'subnets',
    securityGroups: ['sg-1'],
    parameterGroup: 'parameters',
    multiAz: true,
  });
});

test('makes a snapshot with its tags', async () => {
  const { cloud, sent } = cloudAnswering({});
  await cloud.create('db-1', 'name', { reason: 'why' });
  expect(sent).toEqual([
    {
      command: 'CreateDBSnapshotCommand',
      input: { DBInstanceIdentifier: 'db-1', DBSnapshotIdentifier: 'name', Tags: [{ Key: 'reason', Value: 'why' }] },
    },
  ]);
});

test('reads how far a snapshot is', async () => {
  const { cloud } = cloudAnswering({ DBSnapshots: [{ Status: 'creating', PercentProgress: 7 }] });
  expect(await cloud.state('name')).toEqual({ status: 'creating', percent: 7 });
});

const refusal = Object.assign(new Error('not allowed'), { name: 'AccessDenied' });

test.each<[string, (cloud: AwsCloud) => Promise<unknown>]>([
  ['sts:GetCallerIdentity', (cloud) => cloud.caller()],
  ['cloudformation:DescribeStackResource of Database in production-Data', (cloud) => cloud.physicalId('production-Data', 'Database')],
  ['rds:DescribeDBInstances of db-1', (cloud) => cloud.instance('db-1')],
  ['rds:CreateDBSnapshot of db-1', (cloud) => cloud.create('db-1', 'name', {})],
  ['rds:DescribeDBSnapshots of name', (cloud) => cloud.state('name')],
])('a refusal says that %s was refused', async (what, ask) => {
  await expect(ask(cloudAnswering(refusal).cloud)).rejects.toThrow(`${what} must be answered, got AccessDenied: not allowed`);
});

test.each<[string, (cloud: AwsCloud) => Promise<unknown>]>([
  [
    'Database of production-Data must be deployed, got no name of it; deploy it',
    (cloud) => cloud.physicalId('production-Data', 'Database'),
  ],
  ['db-1 must be an instance of RDS, got none of that name', (cloud) => cloud.instance('db-1')],
  ['name must be a snapshot of RDS, got none of that name; somebody deleted it', (cloud) => cloud.state('name')],
])('an empty answer is a fault: %s', async (message, ask) => {
  await expect(ask(cloudAnswering({}).cloud)).rejects.toThrow(message);
});
