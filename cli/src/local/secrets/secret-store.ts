import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reference } from '../../../../lib/assembly';
import { fieldsOf, keyOf, type StageModel, type StageResource, textOf } from '../model/stage-model';
import { type Below, generateSecretString } from './generate';

/** One secret as Secrets Manager tells of it. */
export interface StoredSecret {
  readonly resource: StageResource;
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  value?: string;
}

/** The secrets of a stage, with the values that a first deployment would give them. */
export class SecretStore {
  private readonly byKey = new Map<string, StoredSecret>();

  constructor(model: StageModel, below: Below) {
    for (const resource of model.ofType('AWS::SecretsManager::Secret')) {
      const { SecretString, GenerateSecretString, Description } = resource.properties;
      const value = GenerateSecretString === undefined ? textOf(SecretString) : generateSecretString(GenerateSecretString, below);
      this.byKey.set(keyOf(resource.reference), { resource, ...namesOf(resource), description: textOf(Description), value });
      model.standFor(resource);
    }
  }

  /** Puts fields into a value, as the attachment of a secret to a database does. */
  attach(reference: Reference, fields: { readonly [name: string]: unknown }): void {
    const secret = this.of(reference);
    if (secret?.value !== undefined) secret.value = JSON.stringify({ ...fieldsOf(JSON.parse(secret.value)), ...fields });
  }

  /** Takes the values that a run before kept in a file, and keeps those of this run there. */
  keepIn(file: string): void {
    const kept: { readonly [key: string]: string } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    for (const [key, secret] of this.byKey) if (secret.value !== undefined) secret.value = kept[key] ?? secret.value;
    const values = Object.fromEntries([...this.byKey].map(([key, { value }]) => [key, value]));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
  }

  all(): StoredSecret[] {
    return [...this.byKey.values()];
  }

  /** The secret that a resource of the template makes. */
  of(reference: Reference): StoredSecret | undefined {
    return this.byKey.get(keyOf(reference));
  }

  /** A secret by its ARN, by its ARN without the suffix, or by its name. */
  find(id: string): StoredSecret | undefined {
    return [...this.byKey.values()].find(({ arn, name }) => [arn, arn.replace(/-\w{6}$/, ''), name].includes(id));
  }

  /** What stands behind `arn:json-key:version-stage:version-id`, the form in which ECS names a part of a secret. */
  part(valueFrom: string): string | undefined {
    const [, arn, key] = /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+)(?::([^:]*):[^:]*:[^:]*)?$/.exec(valueFrom) ?? [];
    return this.read(arn ?? valueFrom, key);
  }

  /** A text with every `{{resolve:secretsmanager:...}}` in it resolved. */
  resolved(text: string): string {
    return text.replaceAll(
      /\{\{resolve:secretsmanager:(arn:(?:[^:}]*:){5}[^:}]+|[^:}]+):SecretString(?::([^:}]*))?[^}]*\}\}/g,
      (whole, id: string, key) => this.read(id, key) ?? whole,
    );
  }

  private read(id: string, key: string | undefined): string | undefined {
    const value = this.find(id)?.value;
    if (value === undefined || !key) return value;
    const fields: { readonly [name: string]: unknown } = JSON.parse(value);
    return textOf(fields[key]);
  }
}

/** Names as CloudFormation gives them; the suffix is told from the resource, so that it stays from run to run. */
function namesOf({ stack, id, properties }: StageResource): { readonly arn: string; readonly name: string } {
  const hash = createHash('sha256').update(`${stack.id}/${id}`).digest('hex');
  const name = textOf(properties.Name) ?? `${id}-${hash.slice(0, 12)}`;
  const arn = `arn:aws:secretsmanager:${stack.region ?? DEFAULT_REGION}:${stack.account ?? DEFAULT_ACCOUNT}:secret:${name}-${hash.slice(-6)}`;
  return { arn, name };
}

export const DEFAULT_REGION = 'us-east-1';
export const DEFAULT_ACCOUNT = '000000000000';
