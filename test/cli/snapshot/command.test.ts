import { SnapshotFault } from '../../../cli/src/snapshot/take';
import { assembly, database, FakeCloud, plinth } from './builder';

const NAME = 'production-20260304t050607z-before-v2';
const asked = ['--stage', 'production', '--reason', 'before v2'];
const one = assembly({ Database: database });

test('REC-2.14 takes a snapshot of the database of a stage in one command', async () => {
  const cloud = new FakeCloud();

  const { code, regions } = await plinth(one, cloud, asked);

  expect(code).toBe(0);
  expect(regions).toEqual(['eu-west-1']);
  expect(cloud.asked).toEqual([
    'caller',
    'physicalId production-Data/Database',
    'instance production-db-1a2b',
    `create production-db-1a2b as ${NAME}`,
    `state ${NAME}`,
  ]);
});

test('tags it with the reason, the stage and who took it', async () => {
  const cloud = new FakeCloud();

  await plinth(one, cloud, asked);

  expect(cloud.tags).toEqual([{ reason: 'before v2', stage: 'production', 'taken-by': 'arn:aws:iam::333333333333:user/anna' }]);
});

test('waits until it can be restored, and tells how far it is once a change', async () => {
  const states = [0, 0, 40].map((percent) => ({ status: 'creating', percent }));
  const { code, out } = await plinth(one, new FakeCloud({ states: [...states, { status: 'available', percent: 100 }] }), asked);

  expect(code).toBe(0);
  expect(out.slice(0, 4)).toEqual([
    `${NAME}: begun, of production-db-1a2b`,
    `${NAME}: creating, 0 %`,
    `${NAME}: creating, 40 %`,
    `${NAME}: available`,
  ]);
});

test('prints the command that restores it beside the database', async () => {
  const { out } = await plinth(one, new FakeCloud(), asked);

  expect(out.at(-1)).toBe(
    `  aws rds restore-db-instance-from-db-snapshot --region eu-west-1 --db-snapshot-identifier ${NAME} ` +
      '--db-instance-identifier restored-production-db-1a2b --db-instance-class db.t4g.xlarge --db-subnet-group-name subnets ' +
      '--vpc-security-group-ids sg-1 sg-2 --db-parameter-group-name parameters --multi-az ' +
      '--no-publicly-accessible --enable-iam-database-authentication --copy-tags-to-snapshot --deletion-protection',
  );
});

test('does not wait when it is told so', async () => {
  const cloud = new FakeCloud();

  const { code, out } = await plinth(one, cloud, [...asked, '--no-wait']);

  expect(code).toBe(0);
  expect(cloud.asked.at(-1)).toBe(`create production-db-1a2b as ${NAME}`);
  expect(out).toContain(`${NAME}: creating`);
});

test('prints JSON alone', async () => {
  const { out } = await plinth(one, new FakeCloud(), [...asked, '--json']);

  expect(JSON.parse(out.join('\n'))).toMatchObject({
    snapshot: NAME,
    status: 'available',
    instance: 'production-db-1a2b',
    region: 'eu-west-1',
    reason: 'before v2',
    restore: expect.stringContaining(NAME),
  });
});

test('makes nothing with the credentials of another account', async () => {
  const cloud = new FakeCloud({ caller: { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/anna' } });

  const { code, err } = await plinth(one, cloud, asked);

  expect(code).toBe(2);
  expect(err).toEqual([
    'plinth snapshot: the credentials must be of account 333333333333, where production runs, got 111111111111 ' +
      '(arn:aws:iam::111111111111:user/anna); set AWS_PROFILE, or assume a role of that account',
  ]);
  expect(cloud.asked).toEqual(['caller']);
});

test('fails when the snapshot does', async () => {
  const { code, out } = await plinth(one, new FakeCloud({ states: [{ status: 'failed', percent: 3 }] }), asked);

  expect(code).toBe(1);
  expect(out.at(-1)).toBe(`plinth snapshot: ${NAME}: the snapshot must become available, got failed; delete it and try again`);
});

test('gives up after two hours', async () => {
  const { code, out } = await plinth(one, new FakeCloud({ states: [{ status: 'creating', percent: 1 }] }), asked);

  expect(code).toBe(1);
  expect(out.at(-1)).toContain('must be available within 120 minutes, got none; it goes on without this command');
});

test('passes on what the account refused, as JSON if asked', async () => {
  const fault = { at: 'create', error: new SnapshotFault('rds:CreateDBSnapshot of x must be answered, got AccessDenied: no') } as const;

  const { code, out } = await plinth(one, new FakeCloud({ fault }), [...asked, '--json']);

  expect(code).toBe(1);
  expect(JSON.parse(out.join('\n'))).toEqual({ error: 'rds:CreateDBSnapshot of x must be answered, got AccessDenied: no' });
});

const replica = { ...database, Properties: { SourceDBInstanceIdentifier: 'source' } };
const member = { ...database, Properties: { DBClusterIdentifier: 'cluster' } };

test('leaves replicas and members of clusters out', async () => {
  const cloud = new FakeCloud();

  await plinth(assembly({ Replica: replica, Database: database, Member: member }), cloud, asked);

  expect(cloud.asked).toContain('physicalId production-Data/Database');
});

test('takes the database that is named, where there are two', async () => {
  const cloud = new FakeCloud();

  await plinth(assembly({ One: database, Two: database }), cloud, [...asked, '--database', 'Two']);

  expect(cloud.asked).toContain('physicalId production-Data/Two');
});

test('asks the region of the environment where the assembly has none', async () => {
  const anywhere = assembly({ Database: database }, 'aws://unknown-account/unknown-region');

  expect((await plinth(anywhere, new FakeCloud(), asked, { AWS_REGION: 'us-west-2' })).regions).toEqual(['us-west-2']);
  expect((await plinth(anywhere, new FakeCloud(), asked)).err).toEqual([
    'plinth snapshot: AWS_REGION must be set, as production is not synthesized for a region, got nothing',
  ]);
});

test.each([
  [one, ['--stage', 'production'], 'plinth snapshot: --reason must be given, got nothing'],
  [one, ['--stage', 'production', '--reason', '  '], 'plinth snapshot: --reason must be 1 to 200 characters, got 0'],
  [one, ['--stage', 'production', '--reason', 'x'.repeat(201)], 'plinth snapshot: --reason must be 1 to 200 characters, got 201'],
  [one, ['--reason', 'x'], 'plinth snapshot: --stage must be given, got nothing'],
  [one, ['--stage', 'prod', '--reason', 'x'], 'plinth snapshot: --stage must be one of the assembly (production), got prod'],
  [
    assembly({ Key: { Type: 'AWS::KMS::Key' } }),
    asked,
    'plinth snapshot: production must have a database, found no AWS::RDS::DBInstance in it',
  ],
  [
    assembly({ One: database, Two: database }),
    asked,
    'plinth snapshot: --database must be one of One, Two, got nothing, and production has 2',
  ],
  [one, [...asked, '--database', 'Other'], 'plinth snapshot: --database must be one of Database, got Other'],
  [
    one,
    [...asked, '--assembly', 'elsewhere'],
    'plinth: ASSEMBLY must be a directory that `cdk synth` wrote, got elsewhere; it is not there',
  ],
])('refuses what it was not meant for: %#', async (directory, tokens, message) => {
  const cloud = new FakeCloud();

  expect(await plinth(directory, cloud, tokens)).toMatchObject({ code: 2, err: [message] });
  expect(cloud.asked).toEqual([]);
});
