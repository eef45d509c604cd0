import { Aws, Tags } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { DISPOSABLE_TAG, Emptier } from '../../functions/emptier';
import { acknowledge } from '../../governance/exceptions';

/**
 * Has a vault emptied before it is deleted. Recovery points of databases are snapshots, named by AWS Backup when it makes them; another
 * vault's are safe by the policy of that vault, which refuses to delete them.
 * @internal
 */
export function emptyVault(scope: Construct, vault: backup.BackupVault, logKey: kms.IKey): Construct {
  const { resource, permissions } = new Emptier(scope, 'Emptier', { bundle: 'empty-vault', logKey }).empty('Vault', {
    resourceType: 'Custom::EmptiedBackupVault',
    properties: { BackupVaultArn: vault.backupVaultArn },
    statements: [
      new iam.PolicyStatement({
        actions: ['backup:ListTags', 'backup:ListRecoveryPointsByBackupVault'],
        resources: [vault.backupVaultArn],
      }),
      new iam.PolicyStatement({
        actions: ['backup:DeleteRecoveryPoint'],
        resources: [`arn:${Aws.PARTITION}:rds:${Aws.REGION}:${Aws.ACCOUNT_ID}:snapshot:awsbackup:*`],
      }),
    ],
  });
  acknowledge(permissions, 'named-later');
  Tags.of(vault).add(DISPOSABLE_TAG, 'true', { includeResourceTypes: ['AWS::Backup::BackupVault'] });
  return resource;
}
