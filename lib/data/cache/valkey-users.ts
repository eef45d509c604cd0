import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../../governance/exceptions';
import type { DataProtection } from '../data-protection';
import { stackUniqueName } from '../storage/stack-unique-name';

/** @internal */
export interface ValkeyUsersProps {
  readonly encryptionKey: kms.IKey;
  readonly protection: DataProtection;
}

/** All keys, channels and commands, without those that administer the server or walk all of its keys; clients ask INFO to be ready. */
const APPLICATION_ACCESS = 'on ~* &* +@all -@admin -@dangerous +info';

/**
 * The users of a store: one for the application, and the default one, which is off.
 * @internal
 */
export class ValkeyUsers extends Construct {
  readonly userName = 'app';
  readonly secret: secretsmanager.Secret;
  readonly group: elasticache.CfnUserGroup;

  constructor(scope: Construct, id: string, props: ValkeyUsersProps) {
    super(scope, id);
    this.secret = this.createSecret(props);
    const users = [
      this.createUser('Application', this.userName, APPLICATION_ACCESS),
      // Valkey takes no user without a password, not even one that is off.
      this.createUser('Default', 'default', 'off -@all'),
    ];
    this.group = this.createGroup(users);
    for (const kept of [...users, this.group]) kept.applyRemovalPolicy(props.protection.removalPolicy);
  }

  private createSecret({ encryptionKey, protection }: ValkeyUsersProps): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: `User of ${this.node.scope!.node.path}`,
      encryptionKey,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: this.userName }),
        generateStringKey: 'password',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: protection.removalPolicy,
    });
    acknowledge(secret, 'secret-rotation');
    return secret;
  }

  private createUser(id: string, userName: string, accessString: string): elasticache.CfnUser {
    return new elasticache.CfnUser(this, id, {
      engine: 'valkey',
      userId: stackUniqueName(this, id),
      userName,
      accessString,
      passwords: [this.secret.secretValueFromJson('password').unsafeUnwrap()],
    });
  }

  private createGroup(users: elasticache.CfnUser[]): elasticache.CfnUserGroup {
    return new elasticache.CfnUserGroup(this, 'Group', {
      engine: 'valkey',
      userGroupId: stackUniqueName(this, 'Group'),
      userIds: users.map((user) => user.ref),
    });
  }
}
