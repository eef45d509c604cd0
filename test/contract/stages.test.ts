import { createHash } from 'node:crypto';
import { Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { type ApiServiceProps, Deployment, Ingress, Route, ServiceImage } from 'plinth';
import { apiService } from '../support/service';
import { masked, noFlags, platformApp, platformAssembly, stageTemplates } from '../support/stages';
import pinned from './logical-ids.json';

const templates = stageTemplates();
const bare = stageTemplates(platformApp(noFlags).synth().directory);

/** What holds state, or what others know by name: a new logical id replaces it. */
const PINNED = [
  /^AWS::(KMS::Key|S3::Bucket|Logs::LogGroup|WAFv2::WebACL|CertificateManager::Certificate|Route53::RecordSet)$/,
  /^AWS::EC2::(VPC|Subnet|EIP|NatGateway|InternetGateway|SecurityGroup)$/,
  /^AWS::ElasticLoadBalancingV2::(LoadBalancer|TargetGroup|Listener|ListenerRule)$/,
  /^AWS::ECS::(Cluster|Service|TaskDefinition)$/,
  /^AWS::IAM::Role$/,
  /^AWS::(DynamoDB::(Global)?Table|SQS::Queue)$/,
  /^AWS::(RDS::DB\w+|ElastiCache::\w+|SecretsManager::Secret|Backup::BackupVault|Backup::BackupPlan)$/,
];

const idsOf = (template: Template) =>
  Object.fromEntries(
    Object.entries(masked(template).Resources)
      .filter(([, { Type }]) => PINNED.some((type) => type.test(Type)))
      .map(([id, { Type }]) => [id, Type]),
  );

/** One line a resource: its id, its type, its plain properties, and a digest of all of them, so that any change shows. */
function outline(template: Template): string {
  return Object.entries(masked(template).Resources)
    .map(([id, { Type, Properties = {}, ...rest }]) => {
      const plain = Object.entries(Properties).filter(([, value]) => typeof value !== 'object');
      const digest = createHash('sha256')
        .update(JSON.stringify({ Properties, ...rest }))
        .digest('hex')
        .slice(0, 8);
      return [id, Type, ...plain.map(([name, value]) => `${name}=${String(value).slice(0, 60)}`), digest].join(' ');
    })
    .join('\n');
}

test.each(Object.keys(templates))('%s keeps the logical ids of stateful and identity resources', (stack) => {
  expect(idsOf(templates[stack])).toEqual((pinned as { [stack: string]: unknown })[stack]);
});

test.each(Object.keys(templates))('%s has the same ids with no feature flag', (stack) => {
  expect(idsOf(bare[stack])).toEqual((pinned as { [stack: string]: unknown })[stack]);
});

test.each(Object.keys(templates))('%s stays under 400 resources', (stack) => {
  expect(Object.keys(templates[stack].toJSON().Resources).length).toBeLessThan(400);
});

test.each(['dev', 'staging', 'production'])('%s is as it was', (stage) => {
  const stacks = Object.keys(templates).filter((name) => name.startsWith(`${stage}/`));

  expect(stacks.map((name) => `# ${name}\n${outline(templates[name])}`).join('\n\n')).toMatchSnapshot();
});

test.each(Object.keys(templates).filter((name) => name.endsWith('/Service')))('the catch-all rules of %s never change', (stack) => {
  const rules = templates[stack].findResources('AWS::ElasticLoadBalancingV2::ListenerRule', { Properties: { Priority: 50_000 } });
  const group = (color: string) => ({ Ref: expect.stringMatching(`^TierApiTraffic${color}`) });

  expect(Object.keys(rules)).toHaveLength(2);
  for (const { Properties } of Object.values(rules)) {
    expect(Properties).toEqual({
      ListenerArn: { Ref: expect.stringMatching(/^TierApiLoadBalancer(Test)?Listener/) },
      Priority: 50_000,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: group('Blue'), Weight: 100 },
              { TargetGroupArn: group('Green'), Weight: 0 },
            ],
          },
        },
      ],
    });
  }
});

const catchAll = (props: Partial<ApiServiceProps>, tag = 'a') => {
  const { stack } = apiService(props);
  Tags.of(stack).add('team', tag);
  const rules = Template.fromStack(stack).findResources('AWS::ElasticLoadBalancingV2::ListenerRule');
  return Object.fromEntries(Object.entries(rules).map(([id, { Properties }]) => [id, Properties]));
};

test.each<[string, Partial<ApiServiceProps>]>([
  ['a rolling deployment', { deployment: Deployment.rolling() }],
  ['a linear deployment', { deployment: Deployment.linear() }],
  ['no gateway', { ingress: Ingress.direct() }],
  ['another port', { image: ServiceImage.fromRegistry('x', { port: 3000 }) }],
  ['another port and no gateway', { image: ServiceImage.fromRegistry('x', { port: 3000 }), ingress: Ingress.direct() }],
  ['other routes', { ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*')] }) }],
])('the catch-all rules stay the same with %s', (_change, props) => {
  expect(catchAll(props)).toEqual(catchAll({}));
});

test('the catch-all rules stay the same with other tags', () => {
  expect(catchAll({}, 'b')).toEqual(catchAll({}));
});

test('another port of the app leaves the target groups as they are', () => {
  const groups = (port: number) =>
    Template.fromStack(apiService({ image: ServiceImage.fromRegistry('x', { port }), ingress: Ingress.direct() }).stack).findResources(
      'AWS::ElasticLoadBalancingV2::TargetGroup',
    );

  expect(groups(3000)).toEqual(groups(8080));
});

test.each([
  ['every flag on', templates],
  ['no flag', bare],
])('only data is referred to strongly with %s: what holds none lets later tiers go first', (_flags, stacks) => {
  const exported = Object.entries(stacks).filter(([, template]) => Object.values(template.findOutputs('*')).some(({ Export }) => Export));
  const imported = Object.values(stacks).flatMap((template) => [
    ...JSON.stringify(template.toJSON()).matchAll(/"Fn::ImportValue":"(\w+)-(\w+):/g),
  ]);

  expect(exported.map(([name]) => name)).toEqual(['dev/Data', 'production/Data', 'staging/Data']);
  expect(new Set(imported.map(([, , tier]) => tier))).toEqual(new Set(['Data']));
});

test('a stage looks nothing up', () => {
  const assembly = new CloudAssembly(platformAssembly());
  const stages = ['dev', 'staging', 'production'].map((stage) => assembly.getNestedAssembly(`assembly-${stage}`));

  expect([assembly, ...stages].flatMap(({ manifest }) => manifest.missing ?? [])).toEqual([]);
});
