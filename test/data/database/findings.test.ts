import { App, Duration, Stack } from 'aws-cdk-lib';
import { DataProtection } from '../../../lib/data/data-protection';
import { VectorDatabase, VectorDatabaseAlarms, VectorDatabaseReplica } from '../../../lib/data/database';
import { Network } from '../../../lib/network';
import { ALL_FLAGS, NO_FLAGS } from '../../support/feature-flags';
import { findingsOf } from '../../support/findings';

const env = { account: '111111111111', region: 'eu-west-1' };
const sourceArn = 'arn:aws:rds:eu-central-1:111111111111:db:production-data-database';

const SUBJECTS: { readonly [name: string]: (app: App) => void } = {
  VectorDatabase: (app) => {
    const stack = new Stack(app, 'Stack');
    VectorDatabaseAlarms.of(new VectorDatabase(stack, 'Database', { vpc: new Network(stack, 'Network').vpc })).addAll();
  },
  'VectorDatabase with every option': (app) => {
    const stack = new Stack(app, 'Stack', { env });
    const database = new VectorDatabase(stack, 'Database', {
      vpc: new Network(stack, 'Network').vpc,
      protection: DataProtection.disposable(),
      size: { multiAz: false },
      backups: {
        retention: Duration.days(30),
        replication: { region: 'eu-central-1', encryptionKeyArn: `arn:aws:kms:eu-central-1:${env.account}:key/1` },
      },
      readReplicas: 2,
    });
    VectorDatabaseAlarms.of(database).addAll();
  },
  VectorDatabaseReplica: (app) => {
    const stack = new Stack(app, 'Stack', { env });
    new VectorDatabaseReplica(stack, 'Database', { vpc: new Network(stack, 'Network').vpc, sourceArn });
  },
};

describe.each(Object.entries(SUBJECTS))('%s', (_, make) => {
  describe.each([
    ['no feature flag', NO_FLAGS],
    ['every feature flag', ALL_FLAGS],
  ])('with %s', (_flags, context) => {
    const app = new App({ context });
    make(app);
    const { open, acknowledged } = findingsOf(app);

    test('has no finding', () => {
      expect(open).toEqual([]);
    });

    test('accepts findings by the table of families alone', () => {
      expect(acknowledged.filter(({ family }) => family === undefined)).toEqual([]);
    });
  });
});
