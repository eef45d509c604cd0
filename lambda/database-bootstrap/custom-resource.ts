import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Migration } from '../../lib/data/database/migrations/migration';
import type { Outcome as ResourceOutcome } from '../shared/custom-resource';
import type { Outcome, Request } from './bootstrap';

/** The resource's properties as CloudFormation gives them: text throughout. */
interface Listed {
  readonly version: string;
  readonly checksum: string;
}

/** The database outlives its bootstrap: deleting that does nothing. */
export async function bootstrapResource(
  event: CloudFormationCustomResourceEvent,
  read: () => readonly Migration[],
  run: (request: Request) => Promise<Outcome>,
): Promise<ResourceOutcome> {
  const physicalResourceId = event.RequestType === 'Create' ? event.LogicalResourceId : event.PhysicalResourceId;
  if (event.RequestType === 'Delete') return { physicalResourceId };
  const migrations = read();
  checkListed(migrations, (event.ResourceProperties.Migrations ?? []) as Listed[]);
  const { changes, rolledBack } = await run({ deployment: event.RequestId, migrations });
  return { physicalResourceId, data: { Changes: String(changes.length), RolledBack: String(rolledBack) } };
}

function checkListed(migrations: readonly Migration[], listed: readonly Listed[]): void {
  const [have, want] = [migrations, listed].map((all) => all.map(({ version, checksum }) => `${version} ${checksum}`).join());
  if (have === want) return;
  throw new Error(
    `the function's migrations must be those of the template, got ${migrations.length} of other versions or text than its ${listed.length}; synthesize and deploy again`,
  );
}
