import { allOf, anyOf, every, whenever, type Assertion } from '../conformance/assertions';
import { atLeast, equals, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, referredBy, resources, where } from '../conformance/selectors';
import type { StageView } from '../conformance/stage-view';
import { databases } from './database-requirements';

const keys = resources('AWS::KMS::Key');
const selections = where(resources('AWS::Backup::BackupSelection'), 'BackupSelection.Resources[*]', refersTo('a database', databases));
const rules = places(referredBy(selections, 'BackupPlanId'), 'BackupPlan.BackupPlanRule[*]');
const vaults = referredBy(rules, 'TargetBackupVault');

const isProduction = ({ environment }: StageView) => environment === 'production';

/** By a plan, or by the database's own snapshots. */
function keptFor(days: number): Assertion {
  return anyOf(
    allOf(
      every('a rule that backs a database up', rules, 'Lifecycle.DeleteAfterDays', atLeast(days)),
      every('a vault', vaults, 'EncryptionKeyArn', refersTo('a key', keys)),
    ),
    every('a database', databases, 'BackupRetentionPeriod', atLeast(days)),
  );
}

/**
 * What the demands ask of backups.
 * @internal
 */
export const backupRequirements: readonly Requirement[] = [
  requirement(
    'REC-9.1',
    databases,
    whenever(isProduction, keptFor(30)),
    whenever((view) => !isProduction(view), keptFor(7)),
    every('a database', databases, 'StorageEncrypted', equals(true)),
  ),
];
