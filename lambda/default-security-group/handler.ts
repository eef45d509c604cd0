import { EC2Client } from '@aws-sdk/client-ec2';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { answer, ANSWERING_MS } from '../shared/custom-resource';
import { closeSecurityGroup } from './close-security-group';
import { Ec2SecurityGroups } from './security-groups-ec2';

const groups = new Ec2SecurityGroups(new EC2Client({}));

export async function handler(event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  await answer(event, (request) => closeSecurityGroup(request, groups), {
    fetch,
    deadline: AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - ANSWERING_MS)),
    log: (line) => console.info(line),
  });
}
