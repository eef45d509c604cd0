import { charges, type Charge, counted } from '../charge';
import { PRICES } from '../prices';
import type { Pricer } from '../pricer';
import type { StageResource } from '../stage-resources';
import { at, listIn, numberIn, objectsIn } from '../values';

const charge = charges('Backup', 'backups');
const ASSUMED_RETENTION_DAYS = 35;

/**
 * A copy a day of what the plan selects: all databases and tables of the stage, unless it names resources. Copies of a database hold
 * what has changed, copies of a table all of it.
 */
export const backupPlan: Pricer = (plan, { usage, stage }) => {
  const selections = stage.ofType('AWS::Backup::BackupSelection').filter(({ properties }) => stage.mentions(properties.BackupPlanId, plan));
  if (selections.length === 0) return [{ reason: 'no selection of the templates says what it backs up' }];
  const selected = (resource: StageResource) =>
    selections.some(({ properties }) => {
      const named = at(properties.BackupSelection, 'Resources');
      const byTag = at(properties.BackupSelection, 'ListOfTags') ?? at(properties.BackupSelection, 'Conditions');
      return byTag !== undefined || listIn(named).includes('*') || stage.mentions(named, resource);
    });
  const databases = stage.ofType('AWS::RDS::DBInstance').filter(selected).length;
  const tables = stage.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').filter(selected).length;
  return objectsIn(at(plan.properties.BackupPlan, 'BackupPlanRule')).flatMap(({ Lifecycle, CopyActions }): Charge[] => {
    const days = numberIn(at(Lifecycle, 'DeleteAfterDays')) ?? ASSUMED_RETENTION_DAYS;
    const vaults = counted(1 + objectsIn(CopyActions).length, 'vault');
    const databaseGb = usage.databaseUsedGb + usage.databaseChangedGbPerDay * days;
    return [
      ...(databases > 0 ? [charge(PRICES.databaseBackup, counted(databases, 'database'), vaults, [databaseGb, 'GB'])] : []),
      ...(tables > 0 ? [charge(PRICES.tableBackup, counted(tables, 'table'), vaults, [days, 'daily copies'], [usage.tableGb, 'GB'])] : []),
    ];
  });
};
