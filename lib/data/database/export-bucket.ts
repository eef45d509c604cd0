import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ContentBucket, type ContentBucketProps } from '../storage/content-bucket';

/** Where the exports of a day begin. */
const PREFIX = 'exports/';

const KEEP = Duration.days(30);

/**
 * A bucket whose exports go after 30 days. What a second run of one day overwrites is of no use.
 * @internal
 */
export function createExportBucket(scope: Construct, id: string, props: Omit<ContentBucketProps, 'keepOldVersions'>): ContentBucket {
  const made = new ContentBucket(scope, id, { ...props, keepOldVersions: Duration.days(1) });
  made.bucket.addLifecycleRule({ prefix: PREFIX, expiration: KEEP });
  return made;
}
