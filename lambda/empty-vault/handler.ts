import { BackupClient } from '@aws-sdk/client-backup';
import { emptyingHandler } from '../shared/emptying-handler';
import { BackupVault } from './vault-backup';

/** Recovery points take a minute or so to go. */
const PAUSE_MS = 15_000;

const client = new BackupClient({});

export const handler = emptyingHandler('BackupVaultArn', PAUSE_MS, (arn) => new BackupVault(client, arn));
