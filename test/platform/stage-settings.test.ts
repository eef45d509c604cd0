import { App } from 'aws-cdk-lib';
import { Route, StageSettings } from 'plinth';
import { Duration, Size } from 'aws-cdk-lib';

const account = '111111111111';
const region = 'eu-west-1';
const settings = (stages: unknown) => StageSettings.fromContext(new App({ context: { 'plinth:stages': stages } }));
const arn = 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-1111-2222-333344445555';

test('reads stages in their order, with account, region and domain', () => {
  const read = settings({
    dev: { account, region },
    production: { account, region, domain: { hostedZoneId: 'Z1', name: 'api.example.com' } },
  });

  expect(read.map(({ stage, env, domain }) => [stage, env, domain?.name])).toEqual([
    ['dev', { account, region }, undefined],
    ['production', { account, region }, 'api.example.com'],
  ]);
});

test.each([
  [undefined, 'plinth:stages must be an object of stages, got undefined; add one to the context in cdk.json'],
  [{}, 'plinth:stages must be an object of stages, got {}; add one to the context in cdk.json'],
  [{ prod: { account, region } }, 'plinth:stages: stage must be dev, staging or production, got prod; rename it in cdk.json'],
  [{ dev: 'here' }, 'plinth:stages.dev: settings must be an object, got "here"; give account, region and domain in cdk.json'],
  [
    { dev: { account, region, vpc: 1 } },
    'plinth:stages.dev: settings must be account, region and domain, got ["vpc"]; remove the rest in cdk.json',
  ],
  [{ dev: { account: 1, region } }, 'plinth:stages.dev: account must be 12 digits as a string, got 1; correct it in cdk.json'],
  [
    { dev: { account, region: 'Ireland' } },
    'plinth:stages.dev: region must be a region such as eu-west-1, got "Ireland"; correct it in cdk.json',
  ],
  [
    { dev: { account, region, domain: { hostedZoneId: 'Z1', name: 'a.example.com', certificateArn: arn } } },
    'plinth:stages.dev: domain must be hostedZoneId with name, or certificateArn, got ["hostedZoneId","name","certificateArn"]; keep one of the two forms in cdk.json',
  ],
  [
    { dev: { account, region, domain: { hostedZoneId: 'Z1' } } },
    'plinth:stages.dev: domain must be hostedZoneId with name, or certificateArn, got {"hostedZoneId":"Z1"}; complete one of the two forms in cdk.json',
  ],
  [
    { dev: { account, region, domain: { zone: 'Z1' } } },
    'plinth:stages.dev: domain must be hostedZoneId with name, or certificateArn, got ["zone"]; remove what it does not take in cdk.json',
  ],
])('refuses the stages %j', (stages, message) => {
  expect(() => settings(stages)).toThrow(message);
});

test.each([
  [() => Route.api('chat'), 'Route chat: path must be an absolute path or a prefix that ends in /*, got chat; write it as /api/files/*'],
  [
    () => Route.api('/chat*'),
    'Route /chat*: path must be an absolute path or a prefix that ends in /*, got /chat*; write it as /api/files/*',
  ],
  [
    () => Route.api('/a', { routeClass: 'My Class' }),
    'Route /a: routeClass must be lower-case words with hyphens, got My Class; rename the class',
  ],
  [
    () => Route.api('/a', { deadline: Duration.minutes(6) }),
    'Route /a: deadline must be between 1 and 300 seconds, got 360 seconds; move longer work to a job',
  ],
  [
    () => Route.upload('/a', { maxBody: Size.gibibytes(2) }),
    'Route /a: maxBody must be between 1 byte and 1 GiB, got 2147483648 bytes; send larger content to a bucket',
  ],
])('refuses a route without sense %#', (make, message) => {
  expect(make).toThrow(message);
});
