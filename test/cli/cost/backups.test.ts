import { billOf, gapsOf, resource } from './builder';

const usage = { databaseUsedGb: 50, databaseChangedGbPerDay: 1, tableGb: 2 };
const data = { Database: resource('AWS::RDS::DBInstance'), Table: resource('AWS::DynamoDB::Table') };
const plan = (...rules: readonly object[]) => resource('AWS::Backup::BackupPlan', { BackupPlan: { BackupPlanRule: rules } });
const monthly = { Lifecycle: { DeleteAfterDays: 30 } };
const selection = (of: object) =>
  resource('AWS::Backup::BackupSelection', { BackupPlanId: { Ref: 'Plan' }, BackupSelection: { SelectionName: 'all', ...of } });

test('prices a month of what a plan names', () => {
  const resources = {
    ...data,
    Plan: plan(monthly),
    Selection: selection({ Resources: [{ 'Fn::GetAtt': ['Database', 'DBInstanceArn'] }] }),
  };

  expect(billOf('Plan', resources, usage)).toEqual(['1 database x 1 vault x 80 GB x 0.095 = 7.6']);
});

test('takes a selection by tag for every database and table', () => {
  const resources = { ...data, Plan: plan(monthly), Selection: selection({ ListOfTags: [{ ConditionKey: 'backup' }] }) };

  expect(billOf('Plan', resources, usage)).toEqual([
    '1 database x 1 vault x 80 GB x 0.095 = 7.6',
    '1 table x 1 vault x 30 daily copies x 2 GB x 0.11 = 6.6',
  ]);
});

test('counts a copy to another vault once more', () => {
  const copied = plan({
    ...monthly,
    CopyActions: [{ DestinationBackupVaultArn: 'arn:aws:backup:eu-west-1:111111111111:backup-vault:copy' }],
  });
  const resources = { ...data, Plan: copied, Selection: selection({ Resources: [{ Ref: 'Database' }] }) };

  expect(billOf('Plan', resources, usage)).toEqual(['1 database x 2 vaults x 80 GB x 0.095 = 15.2']);
});

test('says that a plan without a selection has no price', () => {
  expect(gapsOf({ Plan: plan(monthly) })).toEqual(['no selection of the templates says what it backs up']);
});
