import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, NestedStack, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { readAssembly } from '../../lib/assembly';

const read = (app: App) => readAssembly(app.synth().directory);
const stackWithBucket = (scope: Stage, id: string) => new Bucket(new Stack(scope, id), 'Bucket').stack;

test('takes nested assemblies for stages', () => {
  const app = new App();
  for (const id of ['beta', 'gamma']) stackWithBucket(new Stage(app, id), 'Stack');

  expect(read(app).map(({ name }) => name)).toEqual(['beta', 'gamma']);
});

test('names a stage by the tag of its resources', () => {
  const app = new App();
  const stage = new Stage(app, 'eu');
  stackWithBucket(stage, 'Stack');
  Tags.of(stage).add('environment', 'production');

  expect(read(app)).toMatchObject([{ name: 'production', environment: 'production' }]);
});

test('keeps two stages of one environment apart', () => {
  const app = new App();
  for (const id of ['us', 'eu']) Tags.of(stackWithBucket(new Stage(app, id), 'Stack')).add('environment', 'production');

  expect(read(app)).toMatchObject([
    { name: 'production', environment: 'production' },
    { name: 'eu', environment: 'production' },
  ]);
});

test('takes a flat assembly for one stage', () => {
  const app = new App();
  for (const id of ['One', 'Two']) stackWithBucket(app, id);

  expect(read(app)).toMatchObject([{ name: 'app', stacks: [{ id: 'One' }, { id: 'Two' }] }]);
});

test('groups the stacks of a flat assembly by their tags', () => {
  const app = new App();
  for (const id of ['dev', 'production']) Tags.of(stackWithBucket(app, id)).add('environment', id);

  expect(read(app).map(({ name }) => name)).toEqual(['dev', 'production']);
});

test('knows where a stack goes', () => {
  const app = new App();
  new Stack(app, 'Stack', { env: { account: '111111111111', region: 'eu-west-1' }, stackName: 'shop' });

  expect(read(app)[0].stacks).toMatchObject([{ stackName: 'shop', account: '111111111111', region: 'eu-west-1' }]);
});

test('does not know where a stack for anywhere goes', () => {
  const app = new App();
  new Stack(app, 'Stack');

  expect(read(app)[0].stacks).toMatchObject([{ account: undefined, region: undefined }]);
});

test('reads nested stacks', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  new Bucket(new NestedStack(stack, 'Inner'), 'Bucket');

  expect(read(app)[0].stacks).toMatchObject([{ id: 'Stack' }, { id: expect.stringMatching(/^Stack\/Inner/), parent: { stack: 'Stack' } }]);
});

test('reads nested stacks by the metadata of their asset', () => {
  const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
  new Bucket(new NestedStack(new Stack(app, 'Stack'), 'Inner'), 'Bucket');

  expect(read(app)[0].stacks).toHaveLength(2);
});

test('refuses a directory without a manifest', () => {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-assembly-'));

  expect(() => readAssembly(directory)).toThrow(
    `${directory}: the assembly must hold a manifest.json, found none; run \`cdk synth\` and name its output directory`,
  );
});

test('refuses a manifest that is not JSON', () => {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-assembly-'));
  const file = join(directory, 'manifest.json');
  writeFileSync(file, 'version: 1');

  expect(() => readAssembly(directory)).toThrow(`${file}: the file must be JSON, found something else; synthesize the app again`);
});
