import { allOf, anyOf, every, none, onRequest, some, whenever, type Assertion } from '../conformance/assertions';
import { atLeast, equals, given, matches, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { except, places, referredBy, resources, type Selector, union, where } from '../conformance/selectors';
import type { StageView } from '../conformance/stage-view';
import { databases } from './database-requirements';

const keys = resources('AWS::KMS::Key');

/** Once a day or more often: `cron(0 1 * * ? *)`, `cron(0 5 ? * * *)`, `rate(12 hours)`. */
const DAILY = /^(cron\(\S+ \S+ [*?] \* [*?] \*\)|rate\((1 day|1 hour|([2-9]|1\d|2[0-4]) hours)\))$/;

/** Each of these may take out what the selection names. */
const NARROWED = ['NotResources', 'Conditions', 'ListOfTags'];
const selections = NARROWED.reduce(
  (rest, one) => except(rest, `BackupSelection.${one}`, given),
  where(resources('AWS::Backup::BackupSelection'), 'BackupSelection.Resources[*]', refersTo('a database', databases)),
);
const selected = where(places(selections, 'BackupSelection.Resources[*]'), '', refersTo('a database', databases));

const rules = places(referredBy(selections, 'BackupPlanId'), 'BackupPlan.BackupPlanRule[*]');
const intoVaults = where(rules, 'TargetBackupVault', refersTo('a vault', resources('AWS::Backup::BackupVault')));
const daily = where(intoVaults, 'ScheduleExpression', matches(DAILY));
const keeping = (days: number) => where(daily, 'Lifecycle.DeleteAfterDays', atLeast(days));

/** Backups that are in another region as well. */
const copies = union(where(intoVaults, 'CopyActions[*]', given), where(databases, 'AutomaticBackupReplicationRegion', given));

const isProduction = ({ environment }: StageView) => environment === 'production';

/** Databases that neither a plan nor their own snapshots keep for so long. */
const unkept =
  (days: number): Selector =>
  (view) => {
    const plans = new Set(keeping(days)(view).map(({ resource }) => resource));
    const kept: Selector = () => resources('AWS::Backup::BackupPlan')(view).filter(({ resource }) => plans.has(resource));
    const covered = referredBy(where(selections, 'BackupPlanId', refersTo('such a plan', kept)), 'BackupSelection.Resources[*]')(view);
    return except(databases, 'BackupRetentionPeriod', atLeast(days))(view).filter((database) => !covered.includes(database));
  };

/** By a plan, or by the database's own snapshots. */
function keptFor(days: number): Assertion {
  const rulesThatKeep = keeping(days);
  return anyOf(
    allOf(
      some('a daily rule that backs a database up', daily, 'Lifecycle.DeleteAfterDays', atLeast(days)),
      every('a rule that backs a database up', rulesThatKeep, 'ScheduleExpression', matches(DAILY)),
      every('a vault', referredBy(rulesThatKeep, 'TargetBackupVault'), 'EncryptionKeyArn', refersTo('a key', keys)),
      every('what is backed up', selected, '', given),
      none(`database without daily backups for ${days} days`, unkept(days)),
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
    onRequest(copies, 'no copy in another region was asked for: judged are the backups of this one'),
  ),
];
