import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { Database, databaseConfig } from 'plinth-runtime/database';
import { S3ExportSink } from './export-sink-s3';
import { runExport } from './run';

const bucket = process.env.EXPORT_BUCKET;
if (!bucket) throw new Error('EXPORT_BUCKET must be the name of a bucket, got nothing');
const config = databaseConfig(process.env);
const client = new S3Client({});

/** Called once a day. What it throws is made again by Lambda twice, and counted. */
export async function handler(_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  await runExport({
    // A connection of its own each time: a day later the one before is long closed.
    database: Database.open(config),
    sinkOf: (date) => new S3ExportSink(client, bucket!, `exports/${date}`),
    now: () => new Date(),
    remainingMs: () => context.getRemainingTimeInMillis(),
    log: (line) => console.info(line),
  });
}
