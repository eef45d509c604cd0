import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryPoint } from '../entry';
import type { Tell } from '../events';
import type { DeployedValues } from '../model/deployed-values';
import { type StageModel, type StageResource, textOf } from '../model/stage-model';
import type { ScopedChanges } from '../process/container';
import type { Run } from '../process/run';
import type { SecretStore } from '../secrets/secret-store';
import type { DatabaseSettings } from './main';

export interface DatabaseSources {
  readonly model: StageModel;
  readonly values: DeployedValues;
  readonly secrets: SecretStore;
  readonly run: Run;
  readonly base: { readonly [name: string]: string };
  /** Where the data stays; it goes with the run by default. */
  readonly data?: string;
  readonly tell: Tell;
}

const HOST = '127.0.0.1';
const STOP_WITHIN_MS = 10_000;

/** What is otherwise of a database here: nobody is between app and server, and nobody signs tokens. */
export const DATABASE_CHANGES: ScopedChanges = {
  where: 'DATABASE_HOST',
  omit: [],
  set: { DATABASE_TLS: 'disable', DATABASE_AUTH: 'password', DATABASE_PASSWORD: '' },
};

/** Starts the one database of a stage, if it has one; its replicas are the same. */
export async function startDatabase(sources: DatabaseSources): Promise<ScopedChanges[]> {
  const { model, run, values, base, tell } = sources;
  const instances = model.ofType('AWS::RDS::DBInstance');
  const instance = instances.find(({ properties }) => properties.SourceDBInstanceIdentifier === undefined);
  if (!instance) return [];
  const settings = settingsOf(instance, sources.data);
  // Besides the process itself, which may be ended before it could.
  if (settings.temporary) run.onStop(async () => rmSync(settings.data, { recursive: true, force: true }));
  const command = [process.execPath, entryPoint('local-database.js')];
  const { port, version } = await run.startServer(
    { name: 'database', command, cwd: '/', environment: { ...base }, input: JSON.stringify(settings) },
    STOP_WITHIN_MS,
  );
  for (const resource of instances) {
    values.set(resource, 'Endpoint.Address', HOST);
    values.set(resource, 'Endpoint.Port', String(port));
  }
  model.standFor(...instances);
  attachSecrets(instance, port, sources);
  const where = settings.temporary ? 'in a folder that goes with the run' : `in ${settings.data}`;
  tell({ event: 'runs', name: 'database', what: `PostgreSQL ${version} with pgvector, one backend, ${where}, 127.0.0.1:${port}` });
  return [DATABASE_CHANGES];
}

function settingsOf({ properties }: StageResource, data: string | undefined): DatabaseSettings {
  return {
    data: data ?? mkdtempSync(join(tmpdir(), 'plinth-local-')),
    temporary: data === undefined,
    database: textOf(properties.DBName) ?? 'postgres',
    administrator: textOf(properties.MasterUsername) ?? 'postgres',
  };
}

/** Secrets are told the database that they are attached to, as the attachment does. */
function attachSecrets(instance: StageResource, port: number, { model, secrets, values }: DatabaseSources): void {
  for (const attachment of model.ofType('AWS::SecretsManager::SecretTargetAttachment')) {
    const secret = model.named(attachment.properties.SecretId);
    if (!secret || model.named(attachment.properties.TargetId) !== instance) continue;
    const { DBName, DBInstanceIdentifier } = instance.properties;
    const dbInstanceIdentifier = textOf(DBInstanceIdentifier) ?? instance.id.toLowerCase();
    secrets.attach(secret.reference, { engine: 'postgres', host: HOST, port, dbname: textOf(DBName), dbInstanceIdentifier });
    values.set(attachment, 'Ref', secrets.of(secret.reference)?.arn ?? '');
    model.standFor(attachment);
  }
}
