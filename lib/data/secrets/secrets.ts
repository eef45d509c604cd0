import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../../governance/exceptions';
import { DataProtection } from '../data-protection';
import { createDataKey } from '../data-key';

/**
 * Properties of Secrets.
 *
 * @example
 * import { DataProtection, type SecretsProps } from 'plinth';
 *
 * const props: SecretsProps = { protection: DataProtection.disposable() };
 */
export interface SecretsProps {
  /**
   * What becomes of the values when the secrets are removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key of the values.
   * @default - a key of their own
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * The secrets of an API that no other construct makes: the key of its model provider, the keys its services call each other with, and
 * the key its sessions are signed with. Passwords of databases and caches lie with their stores.
 *
 * Every one has a generated value from the first deployment on, so that the API boots before anybody has filled in a provider's key.
 * Nobody reads them but who is granted to. A secret costs 0.40 USD a month.
 *
 * Creates three secrets, and a KMS key unless one is given.
 *
 * @example
 * import * as iam from 'aws-cdk-lib/aws-iam';
 * import { Secrets } from 'plinth';
 *
 * const secrets = new Secrets(stack, 'Secrets');
 * const role = new iam.Role(stack, 'Task', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
 * secrets.grantRead(role);
 */
export class Secrets extends Construct {
  /** The key of the model provider as `apiKey`; a placeholder, which `placeholder` says, until somebody puts the provider's in. */
  readonly openAiKey: secretsmanager.ISecret;

  /** The key of calls between services: `current`, and `previous` while one replaces the other. */
  readonly internalApiKey: secretsmanager.ISecret;

  /** The key that signs sessions: `current`, and `previous` while one replaces the other. */
  readonly sessionKey: secretsmanager.ISecret;

  /** The key of the values. */
  readonly encryptionKey: kms.IKey;

  private readonly protection: DataProtection;
  private readonly held: secretsmanager.ISecret[] = [];

  constructor(scope: Construct, id: string, props: SecretsProps = {}) {
    super(scope, id);
    this.protection = props.protection ?? DataProtection.retained();
    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', this.protection);
    this.openAiKey = this.addProviderKey('OpenAiKey', 'OpenAI');
    this.internalApiKey = this.createSecret('InternalApiKey', 'Calls between services', {}, 'current');
    this.sessionKey = this.createSecret('SessionKey', 'Signs sessions', {}, 'current');
  }

  /**
   * A place for the key of one more provider, filled with a placeholder. Grants made before do not cover it.
   * @param id the id of the secret, such as VertexAiKey
   * @param provider who issues the key
   */
  addProviderKey(id: string, provider: string): secretsmanager.ISecret {
    return this.createSecret(id, `Key issued by ${provider}`, { placeholder: true }, 'apiKey');
  }

  /**
   * Lets a grantee read the secrets made so far, and nothing else under the key.
   * @param grantee who reads
   */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.held.map((secret) => secret.grantRead(grantee)).reduce((all, grant) => all.combine(grant));
  }

  private createSecret(id: string, description: string, beside: { readonly placeholder?: boolean }, key: string): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, id, {
      description,
      encryptionKey: this.encryptionKey,
      generateSecretString: {
        secretStringTemplate: JSON.stringify(beside),
        generateStringKey: key,
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: this.protection.removalPolicy,
    });
    acknowledge(secret, 'secret-rotation');
    this.held.push(secret);
    return secret;
  }
}
