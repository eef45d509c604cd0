import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PlatformStage } from 'plinth';
import { contextualApp } from '../../../examples/contextual-platform/app';
import { DOCUMENT_KIND } from '../../../examples/contextual-platform/service/document-jobs';
import { context } from '../../support/stages';

const stages = { ...(context['plinth:stages'] as { dev: object }) };
const app = contextualApp(new App({ context: { ...context, 'plinth:stages': { dev: stages.dev } } }));
const stage = app.node.findChild('dev') as PlatformStage;
const templates = stage.node.children.filter((child): child is Stack => Stack.isStack(child)).map((stack) => Template.fromStack(stack));
const resources = templates.flatMap((template) =>
  Object.values(template.toJSON().Resources as { [id: string]: { Type: string; Metadata?: object; Properties: object } }),
);

const ofType = (type: string) => resources.filter(({ Type }) => Type === type);

test('runs the service of this example, with its migrations', () => {
  expect(ofType('AWS::ECS::TaskDefinition').map(({ Metadata }) => Metadata)).toContainEqual(
    expect.objectContaining({
      'plinth:local': expect.objectContaining({ cwd: 'dist/examples/contextual-platform', command: ['node', 'server.js'] }),
    }),
  );
  expect(ofType('Custom::DatabaseBootstrap')).toEqual([
    expect.objectContaining({
      Properties: expect.objectContaining({
        Migrations: [expect.objectContaining({ version: '0001', name: 'documents', kind: 'expand' })],
      }),
    }),
  ]);
});

const gatewaySettings = ofType('AWS::ECS::TaskDefinition')
  .flatMap(({ Properties }) => JSON.stringify(Properties))
  .join('\n');

test('the gateway and the firewall take the largest call', () => {
  expect(gatewaySettings).toMatch(/\/v1\/collections\/\*[^}]*maxBodyBytes[^}]*1048576/);
  // The firewall compares digits: the route must stand there with a rule of its own.
  expect(JSON.stringify(ofType('AWS::WAFv2::WebACL'))).toContain('/v1/collections/');
});

test('the gateway asks for a key before all but the document', () => {
  expect(gatewaySettings).toMatch(/publicPaths[^\]]*\/api\/openapi\.json/);
});

test('CTX-4.1 the app is told where jobs are kept and announced, and the worker where they are done', () => {
  const [{ Properties: task }] = ofType('AWS::ECS::TaskDefinition');
  const { ContainerDefinitions } = task as { ContainerDefinitions: { Name: string; Environment: { Name: string }[] }[] };
  const told = ContainerDefinitions.find(({ Name }) => Name === 'app')?.Environment.map(({ Name }) => Name);
  const functions = JSON.stringify(ofType('AWS::Lambda::Function'));

  expect(told).toEqual(expect.arrayContaining(['JOB_TABLE', 'JOB_QUEUE_URL']));
  expect(functions).toMatch(new RegExp(`${DOCUMENT_KIND.name}.*/internal/jobs/documents`));
});
