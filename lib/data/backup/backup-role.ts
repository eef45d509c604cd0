import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as backup from 'aws-cdk-lib/aws-backup';
import { Construct } from 'constructs';
import { acknowledge } from '../../governance/exceptions';
import { ManagedRole } from '../../governance/managed-role';

/** Snapshots of this region, or of any where a copy goes. The names that AWS Backup gives begin like this. */
const snapshotsOf = (region: string) => `arn:${Aws.PARTITION}:rds:${region}:${Aws.ACCOUNT_ID}:snapshot:awsbackup:*`;

/**
 * The role that AWS Backup takes to back up databases: the managed policy for it reaches every resource of a dozen services.
 * @internal
 */
export class BackupRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, vault: backup.IBackupVault, copyTo?: backup.IBackupVault) {
    super(scope, id);
    this.role = new ManagedRole(this, 'Resource', {
      description: `Backups of ${scope.node.path}`,
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'),
    });
    acknowledge(this.role, 'named-later', 'actions-without-resources');
    this.allowVaults(copyTo ? [vault, copyTo] : [vault]);
    this.allowSnapshots(copyTo ? '*' : Aws.REGION);
  }

  /** A snapshot of a database is encrypted with the database's key. */
  allowDatabase(databaseArn: string, encryptionKey?: kms.IKey): void {
    this.allow(['rds:CreateDBSnapshot', 'rds:DescribeDBInstances', 'rds:ListTagsForResource', 'rds:AddTagsToResource'], [databaseArn]);
    if (encryptionKey) this.allowKey(encryptionKey);
  }

  private allowVaults(vaults: backup.IBackupVault[]): void {
    this.allow(
      ['backup:DescribeBackupVault', 'backup:CopyIntoBackupVault'],
      vaults.map((vault) => vault.backupVaultArn),
    );
  }

  private allowSnapshots(region: string): void {
    const change = [
      'CreateDBSnapshot',
      'CopyDBSnapshot',
      'DeleteDBSnapshot',
      'DescribeDBSnapshots',
      'AddTagsToResource',
      'ListTagsForResource',
    ];
    this.allow(
      change.map((action) => `rds:${action}`),
      [snapshotsOf(region)],
    );
    // AWS Backup lists before it knows a name.
    this.allow(['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots'], ['*']);
  }

  private allowKey(key: kms.IKey): void {
    this.allow(['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext'], [key.keyArn]);
    this.role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['kms:CreateGrant'],
        resources: [key.keyArn],
        conditions: { Bool: { 'kms:GrantIsForAWSResource': true } },
      }),
    );
  }

  private allow(actions: string[], resources: string[]): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  }
}
