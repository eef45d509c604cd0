import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ExportSink } from 'plinth-runtime/vector-export';

/** One day of exports in a bucket. A part has some megabytes, so that each is one request, whole or not at all. */
export class S3ExportSink implements ExportSink {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  async has(name: string): Promise<boolean> {
    try {
      await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: this.keyOf(name) }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  async put(name: string, body: Buffer): Promise<void> {
    const type = name.endsWith('.json') ? 'application/json' : 'application/gzip';
    await this.client.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: this.keyOf(name), Body: body, ContentLength: body.length, ContentType: type }),
    );
  }

  private keyOf(name: string): string {
    return `${this.prefix}/${name}`;
  }
}
