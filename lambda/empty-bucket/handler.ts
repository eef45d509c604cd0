import { S3Client } from '@aws-sdk/client-s3';
import { emptyingHandler } from '../shared/emptying-handler';
import { S3Bucket } from './bucket-s3';

/** What a log delivery may still have on its way when its permission is gone. */
const PAUSE_MS = 10_000;

const client = new S3Client({});

export const handler = emptyingHandler('BucketName', PAUSE_MS, (name) => new S3Bucket(client, name));
