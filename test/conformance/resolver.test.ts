import { type CloudFormationTemplate, Joined, Reference, referencesIn, Resolver, shown, Unresolved } from '../../lib/assembly';
import { stageOf } from './support';

const bucket = { Bucket: { Type: 'AWS::S3::Bucket' } };

/** Resolves a value in the first of these stacks. */
function resolve(
  value: unknown,
  first: CloudFormationTemplate = {},
  others: { readonly [id: string]: CloudFormationTemplate } = {},
): unknown {
  return new Resolver(stageOf({ first, ...others }).stacks).resolve('first', value);
}

test.each<[string, unknown, unknown]>([
  ['a literal', 'text', 'text'],
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['the partition of the region', { Ref: 'AWS::Partition' }, 'aws'],
  ['a join of literals', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-111111111111'],
  ['an element of a split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
  ['a substitution', { 'Fn::Sub': ['${AWS::Region}/${name}', { name: 'n' }] }, 'us-east-1/n'],
  ['a literal dollar', { 'Fn::Sub': '${!kept}' }, '${kept}'],
  ['a parameter with a default', { Ref: 'Size' }, 3],
  ['an entry of a mapping', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'tasks'] }, 7],
  ['what a true condition chooses', { 'Fn::If': ['Yes', 'one', 'other'] }, 'one'],
  ['what a false condition chooses', { 'Fn::If': ['No', 'one', 'other'] }, 'other'],
  ['no value', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['a resource', { Ref: 'Bucket' }, new Reference('first', 'Bucket', 'Ref')],
  ['an attribute', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, new Reference('first', 'Bucket', 'Arn')],
  ['an attribute in a text', { 'Fn::GetAtt': 'Bucket.Arn' }, new Reference('first', 'Bucket', 'Arn')],
  ['a text around a reference', { 'Fn::Sub': '${Bucket.Arn}/*' }, new Joined([new Reference('first', 'Bucket', 'Arn'), '/*'])],
])('resolves %s', (_, value, expected) => {
  const template: CloudFormationTemplate = {
    Resources: bucket,
    Parameters: { Size: { Type: 'Number', Default: 3 } },
    Mappings: { Sizes: { 'us-east-1': { tasks: 7 } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
      No: { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'Yes' }] }] },
    },
  };

  expect(resolve(value, template)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['an unknown function', { 'Fn::Transform': { Name: 'Include' } }],
  ['a parameter without a default', { Ref: 'Key' }],
  ['a parameter of the parameter store', { Ref: 'Image' }],
  ['an export that no stack has', { 'Fn::ImportValue': 'elsewhere' }],
  ['an output of no stack', { 'Fn::GetStackOutput': { StackName: 'elsewhere', OutputName: 'Arn' } }],
  ['a condition that only CloudFormation knows', { 'Fn::If': ['Unknown', 1, 2] }],
  ['a part of an attribute', { 'Fn::Select': [0, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Bucket', 'Arn'] }] }] }],
  ['a malformed function', { 'Fn::GetAtt': { a: 1 } }],
])('leaves %s unresolved', (_, value) => {
  const template: CloudFormationTemplate = {
    Resources: bucket,
    Parameters: { Key: { Type: 'String' }, Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' } },
    Conditions: { Unknown: { 'Fn::Equals': [{ Ref: 'Key' }, 'x'] } },
  };

  expect(resolve(value, template)).toBeInstanceOf(Unresolved);
});

test('keeps the references of what it cannot resolve', () => {
  const part = { 'Fn::Select': [0, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['Bucket', 'Arn'] }] }] };

  expect(referencesIn(resolve(part, { Resources: bucket }))).toEqual([new Reference('first', 'Bucket', 'Arn')]);
});

test('follows an import to the resource in the other stack', () => {
  const other = {
    Resources: bucket,
    Outputs: { Out: { Value: { 'Fn::GetAtt': ['Bucket', 'Arn'] }, Export: { Name: { 'Fn::Sub': 'b-${AWS::Region}' } } } },
  };

  expect(resolve({ 'Fn::ImportValue': 'b-us-east-1' }, {}, { other })).toEqual(new Reference('other', 'Bucket', 'Arn'));
});

test('follows the output of a stack to its resource', () => {
  const other = { Resources: bucket, Outputs: { Out: { Value: { Ref: 'Bucket' } } } };
  const value = { 'Fn::GetStackOutput': { StackName: 'other', Region: 'us-east-1', OutputName: 'Out' } };

  expect(resolve(value, {}, { other })).toEqual(new Reference('other', 'Bucket', 'Ref'));
});

test('follows an output through a third stack', () => {
  const second = { Outputs: { Out: { Value: { 'Fn::GetStackOutput': { StackName: 'third', OutputName: 'Out' } } } } };
  const third = { Resources: bucket, Outputs: { Out: { Value: { Ref: 'Bucket' } } } };

  expect(resolve({ 'Fn::GetStackOutput': { StackName: 'second', OutputName: 'Out' } }, {}, { second, third })).toEqual(
    new Reference('third', 'Bucket', 'Ref'),
  );
});

test('leaves outputs that lead to each other unresolved', () => {
  const loop = (to: string) => ({ Outputs: { Out: { Value: { 'Fn::GetStackOutput': { StackName: to, OutputName: 'Out' } } } } });

  expect(resolve({ 'Fn::GetStackOutput': { StackName: 'a', OutputName: 'Out' } }, {}, { a: loop('b'), b: loop('a') })).toEqual(
    new Unresolved('cycle at a!Out'),
  );
});

test('leaves conditions that lead to each other unresolved', () => {
  const Conditions = { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } };

  expect(resolve({ 'Fn::If': ['A', 1, 2] }, { Conditions })).toBeInstanceOf(Unresolved);
});

test('gives a nested stack what its parent passes, and the parent what it puts out', () => {
  const parent = {
    Resources: { ...bucket, Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters: { Name: { Ref: 'Bucket' } } } } },
  };
  const [outer] = stageOf({ parent }).stacks;
  const inner = {
    ...outer,
    id: 'parent/Inner',
    parent: { stack: 'parent', logicalId: 'Inner' },
    template: { Parameters: { Name: { Type: 'String' } }, Outputs: { Out: { Value: { 'Fn::Sub': 'to ${Name}' } } } },
  };

  const value = new Resolver([outer, inner]).resolve('parent', { 'Fn::GetAtt': ['Inner', 'Outputs.Out'] });

  expect(shown(value)).toBe('to ${parent/Bucket}');
});

describe('with what is known of a deployment', () => {
  const known: { readonly [name: string]: string } = {
    'first/Bucket.Ref': 'a-bucket',
    'first/AWS::StackId.Ref': 'arn:stack',
    'second/Database.Endpoint.Port': '5432',
  };
  const second = {
    Resources: { Database: { Type: 'AWS::RDS::DBInstance' } },
    Outputs: {
      Port: { Value: { 'Fn::GetAtt': ['Database', 'Endpoint.Port'] } },
      Host: { Value: { 'Fn::GetAtt': ['Database', 'Endpoint.Address'] } },
    },
  };
  const { stacks } = stageOf({ first: { Resources: bucket }, second });
  const resolver = new Resolver(stacks, ({ stack, logicalId, attribute }) => known[`${stack}/${logicalId}.${attribute}`]);

  test.each<[string, unknown, unknown]>([
    ['a resource', { Ref: 'Bucket' }, 'a-bucket'],
    ['a text around one', { 'Fn::Sub': 's3://${Bucket}/x' }, 's3://a-bucket/x'],
    ['an attribute of another stack', { 'Fn::GetStackOutput': { StackName: 'second', OutputName: 'Port' } }, '5432'],
    ['a pseudo parameter that no template tells', { Ref: 'AWS::StackId' }, 'arn:stack'],
    [
      'what is not known',
      { 'Fn::GetStackOutput': { StackName: 'second', OutputName: 'Host' } },
      new Reference('second', 'Database', 'Endpoint.Address'),
    ],
  ])('resolves %s', (_name, value, expected) => {
    expect(resolver.resolve('first', value)).toEqual(expected);
  });
});
