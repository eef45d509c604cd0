import { every, onlyIfGiven, some, whenever } from '../conformance/assertions';
import { atMost, equals, given, oneOf, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { places, referredBy, resources, where } from '../conformance/selectors';
import { loadBalancers } from '../conformance/topology';

const associations = where(resources('AWS::WAFv2::WebACLAssociation'), 'ResourceArn', refersTo('a load balancer', loadBalancers));
const webAcls = referredBy(associations, 'WebACLArn');
const rules = places(webAcls, 'Rules[*]');

const LIMIT = 'Statement.RateBasedStatement.Limit';
const EXEMPT = 'Statement.RateBasedStatement.ScopeDownStatement';
const EXEMPT_HEADERS = `${EXEMPT}.NotStatement.Statement.OrStatement.Statements[*].SizeConstraintStatement.FieldToMatch.SingleHeader.Name`;
const MANAGED = 'Statement.ManagedRuleGroupStatement.Name';

const rateRules = where(rules, LIMIT, atMost(100));
const managedRules = where(rules, MANAGED, given);
const managed = (name: string) => some('a managed rule', managedRules, MANAGED, equals(name));
const guarded = every('a load balancer with a firewall', associations, 'WebACLArn', refersTo('a firewall', webAcls));

/**
 * What the demands ask of the firewall.
 * @internal
 */
export const firewallRequirements: readonly Requirement[] = [
  requirement(
    'REC-8.6',
    loadBalancers,
    guarded,
    some('a rule that limits the rate of an address', rateRules, LIMIT, equals(100)),
    every('a rule that limits the rate of an address', rateRules, 'Statement.RateBasedStatement.EvaluationWindowSec', equals(60)),
    every(
      'a rule that limits the rate of an address',
      rateRules,
      'Statement.RateBasedStatement.AggregateKeyType',
      oneOf('IP', 'FORWARDED_IP'),
    ),
    every('a rule that limits the rate of an address', rateRules, 'Action.Block', given),
    // A signature of the platform's own worker is made with a key as well.
    whenever(
      (view) => places(rateRules, EXEMPT)(view).length > 0,
      every('a rate rule that exempts requests', rateRules, EXEMPT_HEADERS, oneOf('x-api-key', 'authorization', 'x-job-signature')),
    ),
  ),
  requirement(
    'REC-8.7',
    loadBalancers,
    guarded,
    managed('AWSManagedRulesCommonRuleSet'),
    managed('AWSManagedRulesKnownBadInputsRuleSet'),
    managed('AWSManagedRulesAmazonIpReputationList'),
    every('a managed rule', managedRules, 'OverrideAction.None', given),
    onlyIfGiven('a list of addresses', rules, 'Statement.IPSetReferenceStatement.Arn', refersTo('a list', resources('AWS::WAFv2::IPSet'))),
  ),
];
