import type { RemovalPolicy } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { ENGINE } from './database-engine';

/**
 * What the server is told. Nothing here touches fsync, full_page_writes or synchronous_commit: a committed row is on two disks.
 *
 * Logs never hold a statement's parameters: a vector of 1,536 numbers in every line would cost more than the database.
 */
const PARAMETERS = {
  'rds.force_ssl': '1',
  ssl_min_protocol_version: 'TLSv1.2',
  password_encryption: 'scram-sha-256',
  shared_preload_libraries: 'pg_stat_statements,pgaudit',
  // Who may do what, and what there is; reads and writes of a table are audited by granting them to the role below.
  'pgaudit.log': 'ddl,role',
  'pgaudit.log_parameter': '0',
  'pgaudit.role': 'rds_pgaudit',
  log_connections: '1',
  log_min_duration_statement: '500',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

/** @internal */
export function createParameterGroup(
  scope: Construct,
  id: string,
  maxConnections: number,
  removalPolicy: RemovalPolicy,
): rds.ParameterGroup {
  return new rds.ParameterGroup(scope, id, {
    engine: ENGINE,
    description: `Parameters of ${scope.node.path}`,
    parameters: { ...PARAMETERS, max_connections: String(maxConnections) },
    removalPolicy,
  });
}
