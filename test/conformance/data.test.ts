import { readAssembly, type AssemblyStage, type CloudFormationTemplate } from '../../lib/assembly';
import { StageSizing } from 'plinth';
import { platformApp } from '../support/stages';
import { demandsThatAre, domain, findingOf, platform, stageOf } from './support';

const production = readAssembly(platformApp().synth().directory).find(({ name }) => name === 'production')!;

/** Production with further resources in its service stack. */
function withResources(resources: NonNullable<CloudFormationTemplate['Resources']>): AssemblyStage {
  const stacks = production.stacks.map((stack) =>
    /Service/.test(stack.id)
      ? { ...stack, template: { ...stack.template, Resources: { ...stack.template.Resources, ...resources } } }
      : stack,
  );
  return { ...production, stacks };
}

/** What production's service wears. */
const groups = production.stacks
  .flatMap(({ template }) => Object.values(template.Resources ?? {}))
  .find(({ Type }) => Type === 'AWS::ECS::Service')!.Properties!.NetworkConfiguration as {
  readonly AwsvpcConfiguration: { readonly SecurityGroups: readonly unknown[] };
};

const database = (parameters: { readonly [name: string]: string }): AssemblyStage =>
  stageOf({
    data: {
      Resources: {
        Database: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres', DBParameterGroupName: { Ref: 'Parameters' } } },
        Parameters: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Family: 'postgres17', Parameters: parameters } },
      },
    },
  });

test('a function of the caller that wears the group of clients is no exception', () => {
  const stranger = {
    Type: 'AWS::Lambda::Function',
    Properties: { VpcConfig: { SecurityGroupIds: groups.AwsvpcConfiguration.SecurityGroups } },
  };

  expect(findingOf('REC-6.5', withResources({ Stranger: stranger }))).toMatchObject({
    status: 'unmet',
    reason: 'there must be no other wearer of the group of clients, found 1',
  });
});

test.each(['fsync', 'full_page_writes', 'synchronous_commit'])('a database with %s off does not commit safely', (name) => {
  expect(findingOf('REC-2.4', database({ [name]: 'off' }))).toMatchObject({
    status: 'unmet',
    evidence: [{ logicalId: 'Parameters', path: `Properties.Parameters.${name}`, value: 'off' }],
  });
});

test('a database without such parameters commits safely', () => {
  expect(findingOf('REC-2.4', database({})).status).toBe('met');
});

test('an Aurora cluster is not judged', () => {
  const member = { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'aurora-postgresql', DBClusterIdentifier: 'cluster' } };

  expect(findingOf('REC-2.5', stageOf({ data: { Resources: { Member: member } } })).status).toBe('not-applicable');
});

test('production at the sizes of staging is too small', () => {
  const small = platform({ stage: 'production', domain, sizing: StageSizing.staging() });

  expect(demandsThatAre('unmet', small).toSorted()).toEqual(['REC-2.8', 'REC-3.5', 'REC-9.1']);
});

test('caches of an unknown node type have an unknown size', () => {
  const cache = { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: { CacheNodeType: 'cache.q1.vast' } };

  expect(findingOf('REC-3.5', stageOf({ data: { Resources: { Cache: cache } } })).reason).toBe(
    'there must be 1 to 8 GiB of memory in the caches, found an unknown size',
  );
});
