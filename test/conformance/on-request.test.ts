import { StageSizing } from 'plinth';
import { tableOf } from '../../cli/src/conformance/table';
import { production } from './production';
import { domain, findingOf, platform } from './support';

const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000';
const asked = platform({
  stage: 'production',
  domain,
  sizing: StageSizing.production({ readReplicas: 1 }),
  backupCopies: {
    replication: { region: 'eu-west-1', encryptionKeyArn },
    vaultArn: 'arn:aws:backup:eu-west-1:111111111111:backup-vault:copies',
  },
});

const REPLICA = 'no read replica was asked for: judged is what one needs, backups and a password of our own';

test.each([
  ['REC-2.7', REPLICA],
  ['CTX-9.2', REPLICA],
  ['REC-2.15', 'no replication of backups was asked for: judged is what it needs, backups and a key of our own'],
  ['REC-9.1', 'no copy in another region was asked for: judged are the backups of this one'],
  [
    'REC-9.4',
    'no replica of another region stands in this stage, as one is a stack of that region: judged is what it needs here, ' +
      'backups, a password and a key of our own',
  ],
])('%s says what it judges on a stage that did not ask', (demand, reason) => {
  expect(findingOf(demand, production)).toMatchObject({ status: 'met', reason });
});

test.each(['REC-2.7', 'CTX-9.2', 'REC-2.15', 'REC-9.1'])('%s of a stage that asked is met without such a word', (demand) => {
  const { status, reason } = findingOf(demand, asked);

  expect([status, reason]).toEqual(['met', undefined]);
});

test('the table tells it once for all stages', () => {
  const finding = { status: 'met', evidence: [], reason: 'nothing was asked for' };
  const lines = tableOf([
    {
      id: 'REC-2.7',
      ask: 'Replicas',
      kind: 'template',
      status: 'met',
      tests: [],
      files: [],
      stages: { staging: finding, production: finding },
    },
  ]);

  expect(lines.filter((line) => line.includes('asked for'))).toEqual(['REC-2.7 met: nothing was asked for']);
});
