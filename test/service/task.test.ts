import { Duration, Size } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Ingress, Route, ServiceImage, TaskSize } from 'plinth';
import { parseConfig } from '../../gateway/config';
import { apiService, apiTemplate } from '../support/service';

interface Container {
  readonly Name: string;
  readonly Environment: { readonly Name: string; readonly Value: string }[];
  readonly [property: string]: unknown;
}

function containers(template: Template): { [name: string]: Container } {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries((task.Properties.ContainerDefinitions as Container[]).map((container) => [container.Name, container]));
}

/** The roles whose policies allow an action, by logical id. */
function rolesThatMay(template: Template, action: string): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
  return policies
    .filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(({ Action }: { Action: string | string[] }) => [Action].flat().includes(action)),
    )
    .flatMap(({ Properties }) => Properties.Roles.map(({ Ref }: { Ref: string }) => Ref));
}

const template = apiTemplate();

test('REC-1.1 runs on Fargate, on ARM', () => {
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    RequiresCompatibilities: ['FARGATE'],
    RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
  });
});

test('REC-1.3 takes an image from a registry', () => {
  expect(containers(template).app).toMatchObject({ Image: 'registry.example.com/api:1' });
});

test('REC-1.3 takes an image from ECR, which only the execution role may pull', () => {
  const { stack } = apiService({
    image: ServiceImage.fromEcrRepository(ecr.Repository.fromRepositoryName(new Stack(), 'Repository', 'team/api'), '1.4.2'),
  });

  const fromEcr = Template.fromStack(stack);

  expect(JSON.stringify(containers(fromEcr).app.Image)).toContain('/team/api:1.4.2');
  expect(rolesThatMay(fromEcr, 'ecr:BatchGetImage')).toEqual([expect.stringContaining('ExecutionRole')]);
});

test('REC-1.3 builds an image from a folder, and says how to run it without one', () => {
  const folder = apiTemplate({
    image: ServiceImage.fromFolder('dist/examples/recommendation-api', { command: ['node', 'server.js'] }),
  });

  folder.hasResource('AWS::ECS::TaskDefinition', {
    Metadata: { 'plinth:local': { command: ['node', 'server.js'], cwd: 'dist/examples/recommendation-api', port: 8080, paths: [] } },
  });
});

test('refuses a folder without a Dockerfile', () => {
  expect(() => ServiceImage.fromFolder('lib')).toThrow(
    'ServiceImage: directory must hold a Dockerfile, got lib; add one or name another folder',
  );
});

test.each([80, 0, 65536, 8080.5])('refuses port %s', (port) => {
  expect(() => ServiceImage.fromRegistry('x', { port })).toThrow(
    `ServiceImage: port must be a whole number from 1024 to 65535, got ${port}; let the app listen on a high port`,
  );
});

test('REC-1.4 asks the gateway whether the task lives, every 10 seconds', () => {
  expect(containers(template).gateway).toMatchObject({
    HealthCheck: { Command: ['CMD', 'node', '/gateway/gateway.js', 'probe'], Interval: 10 },
  });
});

test.each([
  [1024, 2],
  [1024, 3],
  [1024, 4],
  [2048, 4],
])('REC-1.7 takes %i CPU units with %i GiB', (cpu, gibibytes) => {
  apiTemplate({ capacity: { size: TaskSize.of(cpu, Size.gibibytes(gibibytes)) } }).hasResourceProperties('AWS::ECS::TaskDefinition', {
    Cpu: String(cpu),
    Memory: String(gibibytes * 1024),
  });
});

test.each([
  [512, 2],
  [1024, 1],
  [1024, 8],
  [2048, 2],
  [4096, 8],
])('REC-1.7 refuses %i CPU units with %i GiB', (cpu, gibibytes) => {
  expect(() => TaskSize.of(cpu, Size.gibibytes(gibibytes))).toThrow(
    'TaskSize: cpu and memory must be 1024 units with 2048, 3072 or 4096 MiB, or 2048 units with 4096 MiB, ' +
      `got ${cpu} units with ${gibibytes * 1024} MiB; choose one of these or opt out with TaskSize.custom()`,
  );
});

test('REC-1.7 takes any other size by explicit choice', () => {
  const size = TaskSize.custom(512, Size.gibibytes(1));

  apiTemplate({ capacity: { size } }).hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '512', Memory: '1024' });
});

test.each(['app', 'gateway'])('the %s container has a read-only root, no root user, no capabilities and an init', (name) => {
  expect(containers(template)[name]).toMatchObject({
    ReadonlyRootFilesystem: true,
    User: '1000:1000',
    LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } },
  });
});

test('writable paths are in memory, /tmp by default', () => {
  expect(containers(template).app).toMatchObject({
    LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', Size: 64, MountOptions: ['rw', 'nosuid', 'nodev'] }] },
  });
});

test('writable paths are the ones asked for', () => {
  const { app } = containers(apiTemplate({ container: { writablePaths: ['/var/cache/app', '/tmp'] } }));

  expect(app).toMatchObject({ LinuxParameters: { Tmpfs: [{ ContainerPath: '/var/cache/app' }, { ContainerPath: '/tmp' }] } });
});

test.each([
  [{ writablePaths: ['tmp'] }, 'container.writablePaths must be absolute paths other than /, got tmp; name the folder the app writes'],
  [{ user: 'root' }, 'container.user must be a user other than root, got root; run the process as an unprivileged user'],
  [{ user: '0:0' }, 'container.user must be a user other than root, got 0:0; run the process as an unprivileged user'],
  [{ livePath: 'live' }, 'container.livePath must be a path that begins with /, got live; begin it with /'],
  [{ testPaths: ['health'] }, 'container.testPaths must be paths that begin with /, got ["health"]; name at least one'],
  [{ testPaths: [] }, 'container.testPaths must be paths that begin with /, got []; name at least one'],
  [
    { startupTime: Duration.seconds(301) },
    'container.startupTime must be whole seconds from 1 to 300, got 301 seconds; let the app start faster, or prepare in the image',
  ],
  [{ readyPath: 'ready' }, 'container.readyPath must be a path that begins with /, got ready; begin it with /'],
])('refuses the container options %#', (container, message) => {
  expect(() => apiService({ container })).toThrow(`Api/Api: ${message}`);
});

test("refuses the gateway's port for the app", () => {
  expect(() => apiService({ image: ServiceImage.fromRegistry('x', { port: 8443 }) })).toThrow(
    "Api/Api: image port must be free in the task, got 8443, which is the gateway's; let the app listen on another port",
  );
});

test('injects secrets, which the execution role may read', () => {
  const secret = secretsmanager.Secret.fromSecretCompleteArn(
    new Stack(),
    'Key',
    'arn:aws:secretsmanager:eu-west-1:111111111111:secret:key-a1b2c3',
  );

  const withSecret = apiTemplate({ container: { secrets: { API_KEY: ecs.Secret.fromSecretsManager(secret) } } });
  const { app } = containers(withSecret);

  expect(app).toMatchObject({ Secrets: [{ Name: 'API_KEY' }] });
  expect(rolesThatMay(withSecret, 'secretsmanager:GetSecretValue')).toEqual([expect.stringContaining('ExecutionRole')]);
});

test('the shell is closed', () => {
  template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: false });
});

test('a shell on request has the writable root it needs', () => {
  const open = apiTemplate({ container: { enableExecuteCommand: true } });

  open.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
  expect(containers(open).app).toMatchObject({ ReadonlyRootFilesystem: false });
});

test('REC-4.8 tells the gateway 30 seconds for API calls and 120 for long polling, in words it understands', () => {
  const ingress = Ingress.gateway({
    routes: [Route.longPolling('/api/chat/*'), Route.upload('/api/files/*', { maxBody: Size.mebibytes(128) })],
  });
  const { gateway } = containers(apiTemplate({ ingress }));

  const configuration = parseConfig(gateway.Environment.find(({ Name }) => Name === 'PLINTH_GATEWAY')!.Value);

  expect(configuration.routes).toEqual([
    { path: '/api/chat/*', class: 'long-polling', deadlineMs: 120_000, maxBodyBytes: 65_536 },
    { path: '/api/files/*', class: 'upload', deadlineMs: 30_000, maxBodyBytes: 134_217_728 },
    { path: '/*', class: 'api', deadlineMs: 30_000, maxBodyBytes: 65_536 },
  ]);
});

test('the gateway keeps idle connections longer than the load balancer does', () => {
  const { gateway } = containers(apiTemplate({ ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*')] }) }));

  const configuration = parseConfig(gateway.Environment.find(({ Name }) => Name === 'PLINTH_GATEWAY')!.Value);

  expect(configuration.keepAliveMs).toBe(125_000);
});

test('the gateway takes 256 CPU units and 512 MiB, starts after the app and stops before it', () => {
  expect(containers(template).gateway).toMatchObject({ Cpu: 256, Memory: 512, DependsOn: [{ ContainerName: 'app', Condition: 'START' }] });
});

test('without a gateway the app is the only container and takes the traffic itself', () => {
  const direct = apiTemplate({ ingress: Ingress.direct() });

  expect(Object.keys(containers(direct))).toEqual(['app']);
  direct.hasResourceProperties('AWS::ECS::Service', { LoadBalancers: [Match.objectLike({ ContainerName: 'app', ContainerPort: 8080 })] });
});

test('application, access and error logs are three groups, encrypted and kept 30 days', () => {
  const { app, gateway } = containers(template);
  const group = (container: Container) =>
    (container.LogConfiguration as { Options: { 'awslogs-group': unknown } }).Options['awslogs-group'];

  expect(group(app)).not.toEqual(group(gateway));
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30, KmsKeyId: Match.anyValue() });
});

test('no log line makes a request wait', () => {
  for (const container of Object.values(containers(template)))
    expect(container.LogConfiguration).toMatchObject({ Options: { mode: 'non-blocking' } });
});

test('error lines of the app and of the gateway are copied to the error log', () => {
  template.resourceCountIs('AWS::Logs::SubscriptionFilter', 2);
  template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { FilterPattern: '?"ERROR" ?"FATAL" ?"Exception" ?"Traceback"' });
  template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { FilterPattern: '{ $.level = "ERROR" }' });
});

test('lets tasks protect themselves from scale-in on request, within their own cluster', () => {
  const { stack, api } = apiService();

  api.grantTaskProtection();

  const granted = Template.fromStack(stack);
  const [cluster] = Object.keys(granted.findResources('AWS::ECS::Cluster'));
  expect(rolesThatMay(granted, 'ecs:UpdateTaskProtection')).toEqual([expect.stringContaining('TaskRole')]);
  granted.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
          Resource: '*',
          Condition: { ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': [cluster, 'Arn'] } } },
        },
      ],
    },
  });
});

test('an app may take its time to start', () => {
  const slow = apiTemplate({ container: { startupTime: Duration.seconds(240) } });

  slow.hasResourceProperties('AWS::ECS::Service', { HealthCheckGracePeriodSeconds: 240 });
  expect(containers(slow).gateway).toMatchObject({ HealthCheck: { StartPeriod: 240 } });
});

test('REC-1.4 runs the command of an app without a gateway', () => {
  const direct = apiTemplate({ ingress: Ingress.direct(), container: { healthCheckCommand: ['CMD', 'node', 'health.js'] } });

  expect(containers(direct).app).toMatchObject({ HealthCheck: { Command: ['CMD', 'node', 'health.js'] } });
});

test('REC-7.6 the app and the gateway are told the same level of log', () => {
  const { app, gateway } = containers(apiTemplate({ container: { environment: { LOG_LEVEL: 'DEBUG' } } }));

  expect([app, gateway].map(({ Environment }) => Environment.find(({ Name }) => Name === 'LOG_LEVEL')?.Value)).toEqual(['DEBUG', 'DEBUG']);
  expect(containers(template).gateway.Environment.map(({ Name }) => Name)).toEqual(['PLINTH_GATEWAY']);
});
