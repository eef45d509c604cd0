import { isKeyTable } from '../../keys/key-table';
import { entryPoint } from '../entry';
import type { Tell } from '../events';
import type { DeployedValues } from '../model/deployed-values';
import { keyOf, type StageModel, type StageResource } from '../model/stage-model';
import type { Run } from '../process/run';
import { BUCKET_TYPE, createBucket } from './buckets';
import { seedKey } from './local-key';
import type { AwsSettings } from './main';
import { createQueue, deadLettersOf, type LocalQueue, QUEUE_TYPE } from './queues';
import { createTable, TABLE_TYPES } from './tables';

export interface EngineSources {
  readonly model: StageModel;
  readonly run: Run;
  readonly values: DeployedValues;
  readonly region: string;
  readonly base: { readonly [name: string]: string };
  /** Where tables stay; they go with the run by default. */
  readonly data?: string;
  readonly tell: Tell;
}

/** Queues, tables and buckets that run here. */
export interface Engines {
  /** What the SDK finds of them in a process. */
  readonly environment: { readonly [name: string]: string };
  /** By the name of their resource in the assembly. */
  readonly queues: ReadonlyMap<string, LocalQueue>;
  /** A key that opens every route, where the stage asks for keys. */
  readonly key?: string;
}

export const ENGINE_TYPES: readonly string[] = [QUEUE_TYPE, ...TABLE_TYPES, BUCKET_TYPE];

const STOP_WITHIN_MS = 5_000;

/** Starts what stands for queues, tables and buckets, and makes those that the run uses, with the queues of their dead letters. */
export async function startEngines(used: readonly StageResource[], sources: EngineSources): Promise<Engines> {
  const { model, run, values, region, base, data, tell } = sources;
  const wanted = used.filter(({ type }) => ENGINE_TYPES.includes(type));
  const queues = new Map<string, LocalQueue>();
  if (wanted.length === 0) return { environment: {}, queues };
  const settings: AwsSettings = { region, tables: data };
  const { port, tablesPort } = await run.startServer(
    {
      name: 'aws',
      command: [process.execPath, entryPoint('local-aws.js')],
      cwd: '/',
      environment: { ...base },
      input: JSON.stringify(settings),
    },
    STOP_WITHIN_MS,
  );
  const queueEmulator = { url: `http://127.0.0.1:${port}`, region };
  const tableEmulator = { url: `http://127.0.0.1:${tablesPort}`, region };

  const queue = async (resource: StageResource): Promise<LocalQueue> => {
    const there = queues.get(keyOf(resource.reference));
    if (there) return there;
    const deadLetters = deadLettersOf(resource, model);
    const made = await createQueue(resource, deadLetters && (await queue(deadLetters)), queueEmulator, values);
    queues.set(keyOf(resource.reference), made);
    model.standFor(resource);
    tell({ event: 'runs', name: 'queue', what: `${resource.id}, in memory, ${made.url}` });
    return made;
  };
  let key: string | undefined;
  for (const resource of wanted) {
    if (resource.type === QUEUE_TYPE) await queue(resource);
    else if (resource.type === BUCKET_TYPE) {
      const name = await createBucket(resource, queueEmulator, values);
      tell({ event: 'runs', name: 'bucket', what: `${name}, in memory, ${queueEmulator.url}` });
    } else {
      const { name, what } = await createTable(resource, tableEmulator, values);
      if (isKeyTable(resource.template)) key = await seedKey(tableEmulator, name);
      tell({ event: 'runs', name: 'table', what: `${what}, ${data === undefined ? 'in memory' : `in ${data}`}, ${tableEmulator.url}` });
    }
    model.standFor(resource);
  }
  if (queues.size > 0) tell({ event: 'note', note: 'queues are not fair here: a message group of a standard queue changes nothing' });
  const environment = {
    AWS_ENDPOINT_URL_SQS: queueEmulator.url,
    AWS_ENDPOINT_URL_S3: queueEmulator.url,
    AWS_ENDPOINT_URL_DYNAMODB: tableEmulator.url,
  };
  return { environment, queues, key };
}
