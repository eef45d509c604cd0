import type { Template } from 'aws-cdk-lib/assertions';
import { DeletionOrder } from '../support/deletion-order';
import { stageTemplates } from '../support/stages';

const BUCKET = 'AWS::S3::Bucket';
const VAULT = 'AWS::Backup::BackupVault';
const EMPTIED: { readonly [type: string]: readonly [string, (id: string) => unknown] } = {
  [BUCKET]: ['Custom::EmptiedBucket', (id) => ({ BucketName: { Ref: id } })],
  [VAULT]: ['Custom::EmptiedBackupVault', (id) => ({ BackupVaultArn: { 'Fn::GetAtt': [id, 'BackupVaultArn'] } })],
};

const templates = stageTemplates();
const stacksOf = (stage: string) => Object.entries(templates).filter(([name]) => name.startsWith(`${stage}/`));

function idsOf(template: Template, type: string): string[] {
  return Object.keys(template.findResources(type));
}

test('dev empties each bucket and vault that goes with it', () => {
  const held = stacksOf('dev').flatMap(([, template]) =>
    Object.keys(EMPTIED).flatMap((type) => idsOf(template, type).map((id) => ({ template, type, id }))),
  );

  expect(held.map(({ type }) => type).toSorted()).toEqual([VAULT, BUCKET, BUCKET, BUCKET, BUCKET, BUCKET]);
  for (const { template, type, id } of held) {
    const [custom, properties] = EMPTIED[type];
    template.hasResource(type, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    template.hasResourceProperties(custom, properties(id));
  }
});

test.each(['staging', 'production'])('%s has nothing that empties, and nothing that says it may be emptied', (stage) => {
  for (const [, template] of stacksOf(stage)) {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/Custom::Emptied|plinth:disposable|Empties what goes/);
  }
});

test('each stack of dev empties by one function of a kind at most', () => {
  const kinds = stacksOf('dev').map(([, template]) =>
    Object.values(template.findResources('AWS::Lambda::Function'))
      .filter(({ Properties }) => Properties.Description.startsWith('Empties'))
      .map(({ Properties }) => Properties.Code.S3Key as string),
  );

  expect(kinds.flat().length).toBeGreaterThan(1);
  for (const codes of kinds) expect(codes).toEqual([...new Set(codes)]);
});

describe('the log bucket of the load balancer', () => {
  const order = new DeletionOrder(templates['dev/Service']);
  const emptied = order.idOf('Custom::EmptiedBucket');
  const bucket = order.idOf(BUCKET);

  test.each([
    ['the load balancer, which writes', 'AWS::ElasticLoadBalancingV2::LoadBalancer', /./],
    ['its permission to write, by which the last logs would still come', 'AWS::S3::BucketPolicy', /./],
  ])('is emptied after %s, is gone', (_what, type, id) => {
    expect(order.after(order.idOf(type, id))).toContain(emptied);
  });

  test('is deleted after it was emptied', () => {
    expect(order.after(emptied)).toContain(bucket);
    expect(order.after(bucket)).not.toContain(emptied);
  });

  test.each(['AWS::Lambda::Function', 'AWS::IAM::Role', 'AWS::IAM::ManagedPolicy', 'AWS::Logs::LogGroup'])(
    'is emptied while the %s of the function still stands',
    (type) => {
      const [first, ...rest] = order.idsOf(type, /Emptier/);
      for (const id of [first, ...rest]) expect(order.after(emptied)).toContain(id);
    },
  );
});

describe('the backup vault', () => {
  const order = new DeletionOrder(templates['dev/Data']);
  const emptied = order.idOf('Custom::EmptiedBackupVault');

  test.each(['AWS::Backup::BackupPlan', 'AWS::Backup::BackupSelection'])('is emptied after the %s is gone, which backs up', (type) => {
    expect(order.after(order.idOf(type))).toContain(emptied);
  });

  test('is emptied while the role still stands with which AWS Backup deletes', () => {
    for (const id of order.idsOf('AWS::IAM::ManagedPolicy', /Backups/)) expect(order.after(emptied)).toContain(id);
  });

  test('is deleted after it was emptied', () => {
    expect(order.after(emptied)).toContain(order.idOf(VAULT));
  });
});
