import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { VectorDatabase } from './vector-database';

/**
 * Lets a role read the administrator's login. Not by a grant of the secret's, which would write the role into the policy of a key in an
 * earlier stack.
 * @internal
 */
export function allowAdministrator(role: iam.Role, { secret, encryptionKey }: VectorDatabase): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }));
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(role).region}.amazonaws.com` } },
    }),
  );
}
