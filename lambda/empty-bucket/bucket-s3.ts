import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Container, DISPOSABLE } from '../shared/emptying';

/** A version of an object, what a deletion left in its place, or an upload that was begun. */
export type Content =
  | { readonly kind: 'version'; readonly key: string; readonly id: string }
  | { readonly kind: 'upload'; readonly key: string; readonly id: string };

/**
 * A bucket with all its versions. A page is always the first one, as what was on it is gone afterwards: a run that ended in the middle
 * is carried on by the next.
 */
export class S3Bucket implements Container<Content> {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly name: string,
  ) {}

  async isDisposable(): Promise<boolean> {
    try {
      const { TagSet = [] } = await this.client.send(new GetBucketTaggingCommand({ Bucket: this.name }));
      return TagSet.some(({ Key, Value }) => Key === DISPOSABLE && Value === 'true');
    } catch (error) {
      if (isNamed(error, 'NoSuchTagSet', 'NoSuchBucket')) return false;
      throw error;
    }
  }

  async content(): Promise<readonly Content[]> {
    const versions = await this.client.send(new ListObjectVersionsCommand({ Bucket: this.name }));
    const found = [...(versions.Versions ?? []), ...(versions.DeleteMarkers ?? [])].map(({ Key = '', VersionId = 'null' }): Content => ({
      kind: 'version',
      key: Key,
      id: VersionId,
    }));
    if (found.length > 0) return found;
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return Uploads.map(({ Key = '', UploadId = '' }) => ({ kind: 'upload', key: Key, id: UploadId }));
  }

  async remove(content: readonly Content[]): Promise<number> {
    const versions = content.filter(({ kind }) => kind === 'version');
    if (versions.length > 0) await this.deleteVersions(versions);
    for (const { kind, key, id } of content) if (kind === 'upload') await this.abort(key, id);
    return content.length;
  }

  /** A page of versions holds 1,000 at most, as many as one call takes. */
  private async deleteVersions(versions: readonly Content[]): Promise<void> {
    const { Errors = [] } = await this.client.send(
      new DeleteObjectsCommand({
        Bucket: this.name,
        Delete: { Quiet: true, Objects: versions.map(({ key, id }) => ({ Key: key, VersionId: id })) },
      }),
    );
    const [first] = Errors;
    if (first) throw new Error(`${this.name}: ${Errors.length} versions cannot be deleted, the first with ${first.Code}: ${first.Key}`);
  }

  private async abort(key: string, id: string): Promise<void> {
    try {
      await this.client.send(new AbortMultipartUploadCommand({ Bucket: this.name, Key: key, UploadId: id }));
    } catch (error) {
      if (!isNamed(error, 'NoSuchUpload')) throw error;
    }
  }
}

function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
