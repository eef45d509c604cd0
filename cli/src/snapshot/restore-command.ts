import type { Taken } from './take';

/** What brings the snapshot back, as an instance beside the one it was taken of. */
export function restoreCommand({ snapshot, instance }: Taken, region: string): string {
  return [
    'aws rds restore-db-instance-from-db-snapshot',
    `--region ${region}`,
    `--db-snapshot-identifier ${snapshot}`,
    `--db-instance-identifier ${`restored-${instance.identifier}`.slice(0, 63).replace(/-$/, '')}`,
    `--db-instance-class ${instance.instanceClass}`,
    `--db-subnet-group-name ${instance.subnetGroup}`,
    `--vpc-security-group-ids ${instance.securityGroups.join(' ')}`,
    `--db-parameter-group-name ${instance.parameterGroup}`,
    instance.multiAz ? '--multi-az' : '--no-multi-az',
    '--no-publicly-accessible --enable-iam-database-authentication --copy-tags-to-snapshot --deletion-protection',
  ].join(' ');
}
