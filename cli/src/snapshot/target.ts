import { type AssemblyStage, resourcesOf, type StackTemplate, type TemplateResource } from '../../../lib/assembly';
import { stageNamed } from '../assembly';
import { Misuse } from '../command';

/** The database of a stage, as its template knows it. */
export interface Target {
  readonly stage: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly account?: string;
  readonly region?: string;
}

/** Finds the only database of a stage, or the one of a logical id. */
export function targetOf(stages: readonly AssemblyStage[], wanted: { readonly stage: string; readonly database?: string }): Target {
  const stage = stageNamed(stages, wanted.stage, 'snapshot');
  const databases = stage.stacks.flatMap((stack) => databasesOf(stack, stage.name));
  const found = databases.filter(({ logicalId }) => wanted.database === undefined || logicalId === wanted.database);
  if (found.length === 1) return found[0];
  const ids = databases.map(({ logicalId }) => logicalId).join(', ');
  if (databases.length === 0) throw new Misuse(`plinth snapshot: ${stage.name} must have a database, found no AWS::RDS::DBInstance in it`);
  throw new Misuse(
    `plinth snapshot: --database must be one of ${ids}, got ${wanted.database ?? `nothing, and ${stage.name} has ${databases.length}`}`,
  );
}

function databasesOf({ stackName, account, region, template }: StackTemplate, stage: string): Target[] {
  return resourcesOf(template)
    .filter(([, resource]) => isDatabase(resource))
    .map(([logicalId]) => ({ stage, stackName, logicalId, account, region }));
}

/** Replicas have the rows of their source, and members of a cluster are backed up by it. */
function isDatabase({ Type, Properties = {} }: TemplateResource): boolean {
  return (
    Type === 'AWS::RDS::DBInstance' && Properties.SourceDBInstanceIdentifier === undefined && Properties.DBClusterIdentifier === undefined
  );
}
