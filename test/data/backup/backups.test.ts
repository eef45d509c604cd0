import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Backups, type BackupsProps, VaultLock } from '../../../lib/data/backup';
import { DataProtection } from '../../../lib/data/data-protection';

const PLAN = 'AWS::Backup::BackupPlan';
const VAULT = 'AWS::Backup::BackupVault';
const COPIES = 'arn:aws:backup:eu-west-3:111111111111:backup-vault:copies';

function backupsOf(props: (stack: Stack) => BackupsProps = () => ({})) {
  const stack = new Stack(new App(), 'Stack');
  const backups = new Backups(stack, 'Backups', props(stack));
  const database = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
    instanceIdentifier: 'documents',
    instanceEndpointAddress: 'documents.example.com',
    port: 5432,
    securityGroups: [],
  });
  const encryptionKey = kms.Key.fromKeyArn(stack, 'DatabaseKey', 'arn:aws:kms:eu-west-1:111111111111:key/database');
  backups.addDatabase(database, encryptionKey);
  return stack;
}

const of = (props?: (stack: Stack) => BackupsProps) => Template.fromStack(backupsOf(props));
const template = of();
const statements: { Action: string | string[]; Resource: unknown; Condition?: unknown }[] = Object.values(
  template.findResources('AWS::IAM::ManagedPolicy'),
).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

const rule = (properties: object) => ({ BackupPlan: { BackupPlanRule: [Match.objectLike(properties)] } });

test('backs up every day at one in the morning', () => {
  template.hasResourceProperties(PLAN, rule({ ScheduleExpression: 'cron(0 1 * * ? *)', StartWindowMinutes: 60 }));
});

test('keeps backups for 30 days (REC-9.1)', () => {
  template.hasResourceProperties(PLAN, rule({ Lifecycle: { DeleteAfterDays: 30 } }));
});

test('keeps backups for 7 days where a stage says so (REC-9.1)', () => {
  of(() => ({ retention: Duration.days(7) })).hasResourceProperties(PLAN, rule({ Lifecycle: { DeleteAfterDays: 7 } }));
});

test("takes snapshots only, as continuous backups would take the database's own retention over", () => {
  template.hasResourceProperties(PLAN, rule({ EnableContinuousBackup: false }));
});

test('encrypts the vault under a key that rotates (REC-9.1)', () => {
  const [key] = Object.keys(template.findResources('AWS::KMS::Key', { Properties: { EnableKeyRotation: true } }));
  template.hasResourceProperties(VAULT, { EncryptionKeyArn: { 'Fn::GetAtt': [key, 'Arn'] } });
});

test('refuses to delete backups or to shorten their lives', () => {
  template.hasResourceProperties(VAULT, {
    AccessPolicy: {
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
          Resource: '*',
        },
      ],
    },
  });
});

test('copies nothing to another region unless asked (REC-13.1)', () => {
  template.hasResourceProperties(PLAN, rule({ CopyActions: Match.absent() }));
});

test('copies every backup to another region on request, for as long (REC-2.15, REC-9.1)', () => {
  const copied = of((stack) => ({ copyTo: backup.BackupVault.fromBackupVaultArn(stack, 'Copies', COPIES) }));
  copied.hasResourceProperties(PLAN, rule({ CopyActions: [{ DestinationBackupVaultArn: COPIES, Lifecycle: { DeleteAfterDays: 30 } }] }));
});

test('may write into the other vault and copy into any region, where copies are asked for', () => {
  const copied = of((stack) => ({ copyTo: backup.BackupVault.fromBackupVaultArn(stack, 'Copies', COPIES) }));
  const allowed = JSON.stringify(copied.findResources('AWS::IAM::ManagedPolicy'));
  expect(allowed).toContain(COPIES);
  expect(allowed).toContain(':rds:*:');
});

test('may do nothing in other regions, where copies are not asked for', () => {
  expect(JSON.stringify(statements)).not.toContain(':rds:*:');
});

test('gives up a backup that is not done in 8 hours, before the day begins', () => {
  template.hasResourceProperties(PLAN, rule({ CompletionWindowMinutes: 480 }));
});

test('selects a database by its ARN, and nothing by tag', () => {
  template.hasResourceProperties('AWS::Backup::BackupSelection', {
    BackupSelection: {
      Resources: [{ 'Fn::Join': ['', Match.arrayWith([':db:documents'])] }],
      ListOfTags: Match.absent(),
    },
  });
});

test('takes a role with a policy of its own, and none that AWS manages', () => {
  template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  template.resourceCountIs('AWS::IAM::Policy', 0);
});

test('lets AWS Backup alone take the role', () => {
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'backup.amazonaws.com' } }],
    },
  });
});

test('changes snapshots that AWS Backup made, and deletes no other', () => {
  const deleting = statements.filter(({ Action }) => [Action].flat().includes('rds:DeleteDBSnapshot'));
  expect(deleting.map(({ Resource }) => JSON.stringify(Resource))).toEqual([expect.stringContaining(':snapshot:awsbackup:*')]);
});

test('asks for everything by description alone', () => {
  const everything = statements.filter(({ Resource }) => Resource === '*');
  expect(everything.map(({ Action }) => Action)).toEqual([['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots']]);
});

test("grants AWS services the database's key, which its snapshots are encrypted with", () => {
  const granting = statements.filter(({ Action }) => Action === 'kms:CreateGrant');
  expect(granting).toEqual([
    expect.objectContaining({
      Resource: 'arn:aws:kms:eu-west-1:111111111111:key/database',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': true } },
    }),
  ]);
});

test.each([VAULT, 'AWS::KMS::Key'])('keeps the %s when it is removed or replaced', (type) => {
  template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

describe('a disposable vault', () => {
  const disposable = of(() => ({ protection: DataProtection.disposable() }));

  test('lets its backups be deleted', () => {
    disposable.hasResourceProperties(VAULT, { AccessPolicy: Match.absent() });
  });

  test('gives its key back', () => {
    disposable.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('is emptied before it is deleted', () => {
    const [vault] = Object.keys(disposable.findResources(VAULT));
    disposable.hasResource(VAULT, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    disposable.hasResourceProperties('Custom::EmptiedBackupVault', {
      BackupVaultArn: { 'Fn::GetAtt': [vault, 'BackupVaultArn'] },
      ServiceTimeout: '3600',
    });
    disposable.hasResourceProperties(VAULT, { BackupVaultTags: { 'plinth:disposable': 'true' } });
  });

  test('is emptied by a function that deletes what AWS Backup made of databases, and lists that vault alone', () => {
    const [vault] = Object.keys(disposable.findResources(VAULT));
    disposable.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['backup:ListTags', 'backup:ListRecoveryPointsByBackupVault'],
            Resource: { 'Fn::GetAtt': [vault, 'BackupVaultArn'] },
          },
          {
            Effect: 'Allow',
            Action: 'backup:DeleteRecoveryPoint',
            Resource: { 'Fn::Join': ['', Match.arrayWith([':rds:', ':snapshot:awsbackup:*'])] },
          },
        ],
      },
    });
  });

  test.each<[string, (stack: Stack) => BackupsProps, string]>([
    [
      'a lock',
      () => ({ lock: VaultLock.governance(Duration.days(7)) }),
      'lock must be left out with DataProtection.disposable(), got one; nobody could empty a locked vault',
    ],
    [
      'copies',
      (stack) => ({ copyTo: backup.BackupVault.fromBackupVaultArn(stack, 'Copies', COPIES) }),
      'copyTo must be left out with DataProtection.disposable(), got one; copies would stay behind in the other vault',
    ],
  ])('refuses %s', (_what, props, message) => {
    expect(() => backupsOf((stack) => ({ ...props(stack), protection: DataProtection.disposable() }))).toThrow(
      `Stack/Backups: ${message}: leave it out, or take DataProtection.retained()`,
    );
  });
});

test('a retained vault has no function that empties it', () => {
  template.resourceCountIs('AWS::Lambda::Function', 0);
  template.hasResourceProperties(VAULT, { BackupVaultTags: Match.absent() });
});

describe('a lock', () => {
  test('is none unless chosen', () => {
    template.hasResourceProperties(VAULT, { LockConfiguration: Match.absent() });
  });

  test('of governance can be removed', () => {
    of(() => ({ lock: VaultLock.governance(Duration.days(14)) })).hasResourceProperties(VAULT, {
      LockConfiguration: { MinRetentionDays: 14, ChangeableForDays: Match.absent() },
    });
  });

  test('of compliance holds after 3 days', () => {
    of(() => ({ lock: VaultLock.compliance(Duration.days(14)) })).hasResourceProperties(VAULT, {
      LockConfiguration: { MinRetentionDays: 14, ChangeableForDays: 3 },
    });
  });

  test('of compliance warns that nobody can undo it', () => {
    const stack = backupsOf(() => ({ lock: VaultLock.compliance(Duration.days(14), Duration.days(5)) }));
    const warnings = Annotations.fromStack(stack).findWarning('/Stack/Backups/Vault', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringContaining('Stack/Backups: the lock of the vault cannot be removed 5 days after its deployment, by anyone'),
    ]);
  });

  test('of governance warns of nothing', () => {
    const stack = backupsOf(() => ({ lock: VaultLock.governance(Duration.days(14)) }));
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

test.each<[string, BackupsProps, string]>([
  ['no retention', { retention: Duration.days(0) }, 'retention must be 1 whole day or more, got 0 days; take Duration.days(30)'],
  ['half a day', { retention: Duration.hours(12) }, 'retention must be 1 whole day or more, got 0.5 days; take Duration.days(30)'],
  [
    'a lock that outlasts the backups',
    { lock: VaultLock.governance(Duration.days(31)) },
    'lock must be for 1 day up to the retention (30 days), got 31 days; backups of a longer lock fail: raise retention',
  ],
  [
    'a lock with a day of grace',
    { lock: VaultLock.compliance(Duration.days(7), Duration.days(1)) },
    'lock must be of a grace time of 3 days or more, got 1 days; AWS Backup takes no shorter one',
  ],
])('refuses %s', (_fault, props, message) => {
  expect(() => backupsOf(() => props)).toThrow(`Stack/Backups: ${message}`);
});
