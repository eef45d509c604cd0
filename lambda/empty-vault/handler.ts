import { emptyingHandler } from '../shared/emptying-handler';
import { BackupApi } from './backup-api';
import { BackupVault } from './vault-backup';

/** Recovery points take a minute or so to go. */
const PAUSE_MS = 15_000;

const api = BackupApi.fromEnvironment(process.env);

export const handler = emptyingHandler('BackupVaultArn', PAUSE_MS, (arn) => new BackupVault(api, arn));
