import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalEvent } from '../../../cli/src/local';
import { bootstrapDatabase } from '../../../cli/src/local/function/bootstrap';
import { DeployedValues } from '../../../cli/src/local/model/deployed-values';
import { StageModel } from '../../../cli/src/local/model/stage-model';
import { Run } from '../../../cli/src/local/process/run';
import { SecretStore } from '../../../cli/src/local/secrets/secret-store';
import { temporaryFolder } from './support';

const folder = temporaryFolder();
const PUT = `const answer = (event, body) => fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });`;

/** A stack with one bootstrap, whose function has this code. */
function stage(code: string, layers: readonly string[] = ['one']) {
  const asset = (name: string, file: string, content: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, file), content);
    return { 'aws:asset:path': name };
  };
  const layerResources = layers.map((name) => [
    `Layer${name}`,
    { Type: 'AWS::Lambda::LayerVersion', Metadata: asset(`layer-${name}`, `${name}.sql`, name) },
  ]);
  const template = {
    Resources: {
      ...(Object.fromEntries(layerResources) as object),
      Function: {
        Type: 'AWS::Lambda::Function',
        Metadata: asset('code', 'index.js', `${PUT}${code}`),
        Properties: {
          Handler: 'index.handler',
          Timeout: 5,
          Layers: layers.map((name) => ({ Ref: `Layer${name}` })),
          Environment: { Variables: { MIGRATIONS_DIRECTORY: '/opt/', TABLE: { Ref: 'Table' } } },
        },
      },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'things' } },
      Bootstrap: {
        Type: 'Custom::DatabaseBootstrap',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, Count: 3, Migrations: [{ version: '0001', last: true }] },
      },
    },
  };
  const model = new StageModel({
    name: 'dev',
    stacks: [
      { id: 'Service', stackName: 'dev-Service', account: '111111111111', region: 'eu-west-1', file: join(folder, 'x.json'), template },
    ],
  });
  const events: LocalEvent[] = [];
  const tell = (event: LocalEvent) => void events.push(event);
  const sources = {
    model,
    run: new Run(tell),
    values: new DeployedValues(model),
    secrets: new SecretStore(model, () => 0),
    base: { PATH: process.env.PATH ?? '' },
    operator: {},
    tell,
  };
  return { done: bootstrapDatabase(sources), events, model };
}

test('calls the function of the template with its environment, layers and the event of CloudFormation', async () => {
  const { done, events, model } = stage(`
    exports.handler = async (event, context) => {
      const { MIGRATIONS_DIRECTORY, TABLE, DATABASE_TLS } = process.env;
      const files = require('node:fs').readdirSync(MIGRATIONS_DIRECTORY);
      const { ServiceToken, ...properties } = event.ResourceProperties;
      const ok = JSON.stringify({ files, TABLE, DATABASE_TLS, type: event.RequestType, properties, left: context.getRemainingTimeInMillis() > 1000 });
      await answer(event, { Status: 'SUCCESS', Data: { Changes: ok } });
    };`);
  await done;

  const { what } = events.find((event) => event.event === 'runs')!;
  expect(JSON.parse(/once: (.*) changes/.exec(what)![1])).toEqual({
    files: ['one.sql'],
    TABLE: 'things',
    DATABASE_TLS: 'disable',
    type: 'Create',
    properties: { Count: '3', Migrations: [{ version: '0001', last: 'true' }] },
    left: true,
  });
  expect(model.absences()).toEqual([{ type: 'AWS::DynamoDB::Table', count: 1 }]);
});

test('lays several layers over each other', async () => {
  const { done, events } = stage(
    `exports.handler = async (event) =>
      answer(event, { Status: 'SUCCESS', Data: { Changes: require('node:fs').readdirSync(process.env.MIGRATIONS_DIRECTORY).join() } });`,
    ['one', 'two'],
  );
  await done;

  expect(events).toContainEqual(expect.objectContaining({ what: 'Function of the assembly, once: one.sql,two.sql changes' }));
});

test('fails with the reason of the function, and its log', async () => {
  const { done, events } = stage(
    `exports.handler = async (event) => { console.info({ at: 'work' }); await answer(event, { Status: 'FAILED', Reason: 'Error: 0001-x.sql: no' }); };`,
  );

  await expect(done).rejects.toThrow('Bootstrap must bring the database up, got Error: 0001-x.sql: no; see its log above');
  const { line } = events.find((event) => event.event === 'log')!;
  expect(JSON.parse(line)).toMatchObject({ level: 'INFO', message: { at: 'work' } });
});

test('fails when the function ends without an answer', async () => {
  const { done } = stage(`exports.handler = async () => { throw new Error('too early'); };`);

  await expect(done).rejects.toThrow('Bootstrap must bring the database up, got too early and no answer; see its log above');
});

test('fails when the assembly does not hold the function', async () => {
  const { done, model } = stage(`exports.handler = async (event) => answer(event, { Status: 'SUCCESS' });`);
  await done;
  const orphan = {
    ...model.stage.stacks[0],
    template: { Resources: { Bootstrap: { Type: 'Custom::DatabaseBootstrap', Properties: {} } } },
  };
  const lone = new StageModel({ name: 'dev', stacks: [orphan] });

  await expect(bootstrapDatabase({ model: lone } as Parameters<typeof bootstrapDatabase>[0])).rejects.toThrow(
    'Bootstrap: the function must be in the assembly, got none; synthesize the app again',
  );
});
