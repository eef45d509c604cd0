import { billOf, costOf, gapsOf, resource } from './builder';

const managed = (Name: string, VendorName = 'AWS') => ({ Name, Statement: { ManagedRuleGroupStatement: { Name, VendorName } } });
const acl = (...Rules: readonly object[]) => resource('AWS::WAFv2::WebACL', { Rules });

test('prices a firewall, each of its rules and the requests that it sees', () => {
  const rules = [{ Name: 'flood' }, managed('AWSManagedRulesCommonRuleSet')];

  expect(billOf('Acl', { Acl: acl(...rules) }, { requestsPerDay: 120_000 })).toEqual([
    '1 ACL x 5 = 5',
    '2 rules x 1 = 2',
    '3.65 million requests x 0.6 = 2.19',
  ]);
});

test.each([
  ['AWSManagedRulesBotControlRuleSet', managed('AWSManagedRulesBotControlRuleSet')],
  ['Bought', managed('Bought', 'Someone')],
])('says that the rule group %s is paid besides', (name, rule) => {
  expect(gapsOf({ Acl: acl(rule) })).toEqual([`the price of the managed rule group ${name} is not in the table`]);
});

test('prices the rules of a group', () => {
  expect(billOf('Group', { Group: resource('AWS::WAFv2::RuleGroup', { Rules: [{}, {}, {}] }) })).toEqual(['3 rules x 1 = 3']);
});

test('prices a key and its requests', () => {
  expect(billOf('Key', { Key: resource('AWS::KMS::Key') }, { keyRequests: 500_000 })).toEqual([
    '1 key x 1 = 1',
    '0.5 million requests x 3 = 1.5',
  ]);
});

test('prices a secret in every region that it is in', () => {
  const secret = resource('AWS::SecretsManager::Secret', { ReplicaRegions: [{ Region: 'eu-west-1' }] });

  expect(billOf('Secret', { Secret: secret }, { secretRequests: 100_000 })).toEqual([
    '2 secrets x 0.4 = 0.8',
    '0.1 million requests x 5 = 0.5',
  ]);
});

test('prices an advanced parameter and no standard one', () => {
  const { lines } = costOf({ Standard: resource('AWS::SSM::Parameter'), Advanced: resource('AWS::SSM::Parameter', { Tier: 'Advanced' }) });

  expect(lines.map(({ resource: of, usd }) => [of, usd])).toEqual([['production-Stack/Advanced', 0.05]]);
});

test('prices no trail of management events', () => {
  const trail = resource('AWS::CloudTrail::Trail', { EventSelectors: [{ IncludeManagementEvents: true }] });

  expect(costOf({ Trail: trail }).lines).toEqual([]);
});

test.each([
  ['classic', { EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object' }] }] }],
  ['advanced', { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] }],
])('prices the data events of %s selectors', (_, selectors) => {
  expect(billOf('Trail', { Trail: resource('AWS::CloudTrail::Trail', selectors) }, { trailMillionDataEvents: 3 })).toEqual([
    '3 million data events x 1 = 3',
  ]);
});

test('says that insights of a trail have no price', () => {
  expect(gapsOf({ Trail: resource('AWS::CloudTrail::Trail', { InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }] }) })).toEqual([
    'the price of CloudTrail Insights is not in the table',
  ]);
});
