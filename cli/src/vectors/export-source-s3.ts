import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import type { ExportSource } from 'plinth-runtime/vector-export';
import { SourceFault } from './source-fault';

/** An export in a bucket. */
export class S3ExportSource implements ExportSource {
  constructor(
    private readonly client: Pick<S3Client, 'send'>,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  async read(name: string): Promise<Buffer | undefined> {
    const Key = [this.prefix, name].filter((part) => part !== '').join('/');
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      const { name: fault, message } = error instanceof Error ? error : new Error(String(error));
      throw new SourceFault(`s3:GetObject of s3://${this.bucket}/${Key} must be answered, got ${fault}: ${message}`);
    }
  }
}

export function s3Source(bucket: string, prefix: string): ExportSource {
  return new S3ExportSource(new S3Client({}), bucket, prefix);
}
