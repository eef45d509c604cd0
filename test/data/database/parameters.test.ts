import { databaseTemplate, theResource } from './builder';

const parametersOf = (template = databaseTemplate()) =>
  theResource(template, 'AWS::RDS::DBParameterGroup').Properties.Parameters as { readonly [name: string]: string };
const parameters = parametersOf();

test('belongs to PostgreSQL 17', () => {
  expect(theResource(databaseTemplate(), 'AWS::RDS::DBParameterGroup').Properties.Family).toBe('postgres17');
});

test.each(['fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method', 'zero_damaged_pages', 'data_sync_retry'])(
  'leaves %s as it is, so that what was committed stays',
  (name) => {
    expect(parameters).not.toHaveProperty(name);
  },
);

test.each([
  ['rds.force_ssl', '1', 'takes no connection without TLS'],
  ['ssl_min_protocol_version', 'TLSv1.2', 'takes TLS 1.2 or later'],
  ['password_encryption', 'scram-sha-256', 'stores passwords as verifiers'],
  ['shared_preload_libraries', 'pg_stat_statements,pgaudit', 'counts statements and audits'],
  ['pgaudit.log', 'ddl,role', 'audits what there is and who may do what'],
  ['pgaudit.role', 'rds_pgaudit', 'audits the tables that are granted to the audit role'],
  ['log_connections', '1', 'logs who connects'],
  ['log_min_duration_statement', '500', 'logs queries over 500 ms'],
  ['pgaudit.log_parameter', '0', 'audits no vector'],
  ['log_parameter_max_length', '0', 'logs no vector of a slow query'],
  ['log_parameter_max_length_on_error', '0', 'logs no vector of a failed query'],
])('%s is %s: %s', (name, value) => {
  expect(parameters[name]).toBe(value);
});

test('takes 250 connections when nothing is asked', () => {
  expect(parameters.max_connections).toBe('250');
});

test('takes the connections that were asked for, as a number', () => {
  expect(parametersOf(databaseTemplate({ size: { maxConnections: 500 } })).max_connections).toBe('500');
});
