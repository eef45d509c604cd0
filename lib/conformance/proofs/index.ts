import { databaseProofs } from './database';
import { gatewayProofs } from './gateway';
import { jobsProofs } from './jobs';
import { processProofs } from './process';
import type { Proof } from './proof';
import { serviceProofs } from './service';
import { vectorsProofs } from './vectors';
import { webhooksProofs } from './webhooks';

export type { NamedTest, Proof } from './proof';

/** Every capability's list. */
export const PROOFS: readonly Proof[] = [
  ...gatewayProofs,
  ...databaseProofs,
  ...vectorsProofs,
  ...serviceProofs,
  ...jobsProofs,
  ...webhooksProofs,
  ...processProofs,
];
