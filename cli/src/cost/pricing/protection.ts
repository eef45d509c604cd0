import { charges, type Charge, counted, type Gap } from '../charge';
import { PRICES } from '../prices';
import type { Pricer } from '../pricer';
import { millionRequests } from '../usage';
import { at, listIn, objectsIn, textIn } from '../values';

const firewallCharge = charges('WAF', 'firewall');

/** Managed groups that are paid by the ACL and the request, over the rule's own dollar. */
const EXTRA_GROUPS = [
  'AWSManagedRulesBotControlRuleSet',
  'AWSManagedRulesATPRuleSet',
  'AWSManagedRulesACFPRuleSet',
  'AWSManagedRulesAntiDDoSRuleSet',
];

/** Each rule counts one, a managed group as well. */
export const webAcl: Pricer = ({ properties }, { usage }) => {
  const rules = objectsIn(properties.Rules);
  return [
    firewallCharge(PRICES.firewall, [1, 'ACL']),
    ...(rules.length > 0 ? [firewallCharge(PRICES.firewallRule, counted(rules.length, 'rule'))] : []),
    firewallCharge(PRICES.firewallRequests, [millionRequests(usage), 'million requests']),
    ...rules.flatMap(({ Statement }): Gap[] => {
      const vendor = at(Statement, 'ManagedRuleGroupStatement', 'VendorName');
      const name = textIn(at(Statement, 'ManagedRuleGroupStatement', 'Name'), '');
      const extra = EXTRA_GROUPS.includes(name) || (vendor !== undefined && vendor !== 'AWS');
      return extra ? [{ reason: `the price of the managed rule group ${name} is not in the table` }] : [];
    }),
  ];
};

export const ruleGroup: Pricer = ({ properties }) => {
  const rules = objectsIn(properties.Rules).length;
  return rules === 0 ? [] : [firewallCharge(PRICES.firewallRule, counted(rules, 'rule'))];
};

const keyCharge = charges('KMS', 'keys and secrets');

/** In its first year: each of the first two yearly rotations adds a dollar a month. */
export const key: Pricer = (_, { usage }) => [
  keyCharge(PRICES.key, [1, 'key']),
  keyCharge(PRICES.keyRequests, [usage.keyRequests / 1e6, 'million requests']),
];

const secretCharge = charges('Secrets Manager', 'keys and secrets');

export const secret: Pricer = ({ properties }, { usage }) => {
  const copies = 1 + objectsIn(properties.ReplicaRegions).length;
  return [
    secretCharge(PRICES.secret, counted(copies, 'secret')),
    secretCharge(PRICES.secretRequests, [usage.secretRequests / 1e6, 'million requests']),
  ];
};

export const parameter: Pricer = ({ properties }): Charge[] =>
  properties.Tier === 'Advanced' ? [charges('Systems Manager', 'keys and secrets')(PRICES.parameterAdvanced, [1, 'parameter'])] : [];

const trailCharge = charges('CloudTrail', 'logs and metrics');

/** The first trail of an account records management events for nothing; data events are paid. */
export const trail: Pricer = ({ properties }, { usage }): (Charge | Gap)[] => {
  const classic = objectsIn(properties.EventSelectors).some(({ DataResources }) => objectsIn(DataResources).length > 0);
  const advanced = objectsIn(properties.AdvancedEventSelectors).some(({ FieldSelectors }) =>
    objectsIn(FieldSelectors).some(({ Field, Equals }) => Field === 'eventCategory' && listIn(Equals).includes('Data')),
  );
  return [
    ...(classic || advanced ? [trailCharge(PRICES.trailDataEvents, [usage.trailMillionDataEvents, 'million data events'])] : []),
    ...(objectsIn(properties.InsightSelectors).length > 0 ? [{ reason: 'the price of CloudTrail Insights is not in the table' }] : []),
  ];
};
