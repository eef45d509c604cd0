/**
 * Where else the objects of a bucket are kept.
 *
 * @example
 * import type { ContentReplication } from 'plinth';
 *
 * const replication: ContentReplication = {
 *   bucketArn: 'arn:aws:s3:::documents-copies',
 *   encryptionKeyArn: 'arn:aws:kms:eu-west-3:111111111111:key/00000000-0000-0000-0000-000000000000',
 * };
 */
export interface ContentReplication {
  /** The ARN of the other bucket, which keeps versions and may be of another region or account. */
  readonly bucketArn: string;

  /** The ARN of the key of the copies, of the other bucket's region. */
  readonly encryptionKeyArn: string;
}
