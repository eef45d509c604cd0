import * as rds from 'aws-cdk-lib/aws-rds';

/**
 * A minor version by name, as CloudFormation would take a bare 17 for whatever was newest when the engine's list was last read.
 * @internal
 */
export const ENGINE = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17_9 });

/** @internal */
export const PORT = 5432;

/** @internal */
export const DATABASE_NAME = 'app';

/**
 * Who owns the database; RDS reserves admin.
 * @internal
 */
export const ADMINISTRATOR = 'administrator';
