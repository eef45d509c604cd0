import { vectorsCommand } from './command';

/** The command, with buckets of AWS. */
export const vectors = vectorsCommand({
  bucket: async (name, prefix) => {
    const { s3Source } = await import('./export-source-s3.js');
    return s3Source(name, prefix);
  },
});
