import { type AssemblyStage, type CloudFormationTemplate, readAssembly, tagOf } from '../../lib/assembly';
import { platformAssembly } from '../support/stages';
import { findingOf, stageOf } from './support';

const production = readAssembly(platformAssembly()).find(({ name }) => name === 'production')!;
const TAGS = { environment: 'production', service: 'api', project: 'shop', team: 'platform' };

const tags = (values: { readonly [key: string]: string }) => Object.entries(values).map(([Key, Value]) => ({ Key, Value }));

/** A service, and a bucket beside it. */
function serviceAnd(bucket: { readonly [name: string]: unknown }): AssemblyStage {
  const service = { LoadBalancers: [{ TargetGroupArn: 'arn' }], Tags: tags(TAGS) };
  const template: CloudFormationTemplate = {
    Resources: {
      Service: { Type: 'AWS::ECS::Service', Properties: service },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: bucket },
    },
  };
  return stageOf({ template });
}

test('REC-11.4 is met where everything carries the four tags', () => {
  expect(findingOf('REC-11.4', serviceAnd({ Tags: tags(TAGS) })).status).toBe('met');
});

test.each(Object.keys(TAGS))('REC-11.4 is unmet by a bucket without the tag %s', (missing) => {
  const rest = Object.fromEntries(Object.entries(TAGS).filter(([key]) => key !== missing));

  const { status, reason } = findingOf('REC-11.4', serviceAnd({ Tags: tags(rest) }));

  expect(status).toBe('unmet');
  expect(reason).toContain('a resource: Tags must carry environment, service, project, team, got [');
});

test('REC-11.4 is unmet by a bucket without tags', () => {
  expect(findingOf('REC-11.4', serviceAnd({}))).toMatchObject({
    status: 'unmet',
    reason: 'a resource: Tags must carry environment, service, project, team, got nothing',
    evidence: [{ logicalId: 'Bucket', path: 'Properties.Tags' }],
  });
});

test('REC-11.4 does not apply to a bucket of its own', () => {
  expect(findingOf('REC-11.4', stageOf({ template: { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } } })).status).toBe(
    'not-applicable',
  );
});

test('REC-11.4 would miss the tags of everything in production that has any', () => {
  const tagged = production.stacks.flatMap(({ id, template }) =>
    Object.entries(template.Resources ?? {})
      .filter(([, { Properties }]) => tagOf(Properties?.Tags, 'project') !== undefined)
      .map(([logicalId]) => `${id}/${logicalId}`),
  );

  const shown = findingOf('REC-11.4', production).evidence.map(({ stack, logicalId }) => `${stack}/${logicalId}`);

  expect(tagged.filter((resource) => !shown.includes(resource))).toEqual([]);
});
