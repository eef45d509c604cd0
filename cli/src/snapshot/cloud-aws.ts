import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { CreateDBSnapshotCommand, DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Caller, type Cloud, type Instance, SnapshotFault, type SnapshotState } from './take';

/** The clients of one region. */
export interface Clients {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly rds: Pick<RDSClient, 'send'>;
  readonly sts: Pick<STSClient, 'send'>;
}

export function clientsOf(region: string): Clients {
  return { cloudFormation: new CloudFormationClient({ region }), rds: new RDSClient({ region }), sts: new STSClient({ region }) };
}

/** An account of AWS; every refusal says what was asked for. */
export class AwsCloud implements Cloud {
  constructor(private readonly clients: Clients) {}

  async caller(): Promise<Caller> {
    const identity = await asked('sts:GetCallerIdentity', () => this.clients.sts.send(new GetCallerIdentityCommand({})));
    return { account: identity.Account ?? 'unknown', arn: identity.Arn ?? 'unknown' };
  }

  async physicalId(stackName: string, logicalId: string): Promise<string> {
    const { StackResourceDetail } = await asked(`cloudformation:DescribeStackResource of ${logicalId} in ${stackName}`, () =>
      this.clients.cloudFormation.send(new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId: logicalId })),
    );
    return given(StackResourceDetail?.PhysicalResourceId, `${logicalId} of ${stackName} must be deployed, got no name of it; deploy it`);
  }

  async instance(identifier: string): Promise<Instance> {
    const { DBInstances = [] } = await asked(`rds:DescribeDBInstances of ${identifier}`, () =>
      this.clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
    );
    const found = given(DBInstances[0], `${identifier} must be an instance of RDS, got none of that name`);
    return {
      identifier,
      arn: found.DBInstanceArn ?? '',
      instanceClass: found.DBInstanceClass ?? '',
      subnetGroup: found.DBSubnetGroup?.DBSubnetGroupName ?? '',
      securityGroups: (found.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? ''),
      parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName ?? '',
      multiAz: found.MultiAZ ?? false,
    };
  }

  async create(identifier: string, name: string, tags: { readonly [key: string]: string }): Promise<void> {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await asked(`rds:CreateDBSnapshot of ${identifier}`, () =>
      this.clients.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: name, Tags })),
    );
  }

  async state(name: string): Promise<SnapshotState> {
    const { DBSnapshots = [] } = await asked(`rds:DescribeDBSnapshots of ${name}`, () =>
      this.clients.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name })),
    );
    const found = given(DBSnapshots[0], `${name} must be a snapshot of RDS, got none of that name; somebody deleted it`);
    return { status: found.Status ?? 'unknown', percent: found.PercentProgress ?? 0 };
  }
}

function given<T>(value: T | undefined, fault: string): T {
  if (value === undefined) throw new SnapshotFault(fault);
  return value;
}

async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new SnapshotFault(`${what} must be answered, got ${name}: ${message}`);
  }
}
