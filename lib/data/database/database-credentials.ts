import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ADMINISTRATOR } from './database-engine';

/**
 * The administrator's password, of letters and digits alone: it goes through URLs, shells and SQL unquoted.
 * @internal
 */
export function createSecret(scope: Construct, id: string, encryptionKey: kms.IKey, removalPolicy: RemovalPolicy): secretsmanager.Secret {
  return new secretsmanager.Secret(scope, id, {
    description: `Administrator of database ${scope.node.path}`,
    encryptionKey,
    removalPolicy,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: ADMINISTRATOR }),
      generateStringKey: 'password',
      passwordLength: 40,
      excludePunctuation: true,
    },
  });
}
