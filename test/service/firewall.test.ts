import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Route } from '../../lib/gateway/route';
import { Firewall, type FirewallProps } from '../../lib/service/firewall';
import { type Rule, type Statement, webAclOf } from './firewall-evaluator';

function synthesize(props?: FirewallProps): Template {
  const stack = new Stack(new App(), 'Service');
  new Firewall(stack, 'Firewall', props);
  return Template.fromStack(stack);
}

const everything: FirewallProps = {
  routes: Array.from({ length: 20 }, (_, at) => Route.upload(`/api/upload-${at}/*`)),
  allowList: ['203.0.113.0/24', '2001:db8:1::/48'],
  denyList: ['198.51.100.0/24', '2001:db8:2::/48'],
  countries: ['DE'],
  exceptions: [{ rule: 'SQLi_BODY', paths: ['/api/queries/*'] }],
};

const plain = synthesize();
const placesOf = (template: Template) => Object.fromEntries(webAclOf(template).Rules.map((rule) => [rule.Name, rule.Priority]));

describe('the web ACL', () => {
  test('REC-8.7 allows what no rule refuses', () => {
    expect(webAclOf(plain).DefaultAction).toEqual({ Allow: {} });
  });

  test('REC-8.7 runs the four managed groups and neither bot control nor the list of hosting providers', () => {
    const groups = webAclOf(plain).Rules.flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement?.Name ?? []);
    expect(groups).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesSQLiRuleSet',
    ]);
  });

  test('REC-8.7 runs lists, countries, rates and sizes before the managed rules', () => {
    expect(webAclOf(synthesize(everything)).Rules.map((rule) => rule.Name)).toEqual([
      'allow-list',
      'deny-list',
      'countries',
      'flood',
      'rate-without-key',
      'body-size',
      'ip-reputation',
      'core-rule-set',
      'known-bad-inputs',
      'sql-injection',
      'except-SQLi_BODY',
    ]);
  });

  test('REC-8.7 keeps every rule in its place when others come', () => {
    expect(placesOf(synthesize(everything))).toMatchObject(placesOf(plain));
  });

  test('REC-8.7 places an exception by its rule, not by the order of the list', () => {
    const one = { rule: 'SQLi_BODY', paths: ['/a'] };
    const other = { rule: 'Log4JRCE_BODY', paths: ['/b'] };
    expect(placesOf(synthesize({ exceptions: [one, other] }))).toEqual(placesOf(synthesize({ exceptions: [other, one] })));
  });

  test('REC-8.6 counts an address over sixty seconds', () => {
    const windows = webAclOf(plain).Rules.flatMap(({ Statement }) => Statement.RateBasedStatement ?? []);
    expect(windows).toMatchObject([
      { AggregateKeyType: 'IP', EvaluationWindowSec: 60 },
      { AggregateKeyType: 'IP', EvaluationWindowSec: 60 },
    ]);
  });

  test('REC-8.7 publishes metrics and samples of every rule under its name', () => {
    for (const rule of webAclOf(synthesize(everything)).Rules) {
      expect(rule).toHaveProperty('VisibilityConfig', {
        CloudWatchMetricsEnabled: true,
        SampledRequestsEnabled: true,
        MetricName: rule.Name,
      });
    }
  });

  test('REC-8.7 names its metric as it names itself', () => {
    const { Name, VisibilityConfig } = webAclOf(plain);
    expect(VisibilityConfig).toEqual({ CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: Name });
  });

  test('REC-8.7 keeps two firewalls of one stack apart by name', () => {
    const stack = new Stack(new App(), 'Service');
    expect(new Firewall(stack, 'One').webAcl.name).not.toBe(new Firewall(stack, 'Two').webAcl.name);
  });
});

/** What AWS WAF charges for a statement; 1,500 are within the base price. */
function capacity(statement: Statement): number {
  const sum = (statements: Statement[]) => statements.reduce((total, one) => total + capacity(one), 0);
  if (statement.AndStatement) return sum(statement.AndStatement.Statements);
  if (statement.OrStatement) return sum(statement.OrStatement.Statements);
  if (statement.NotStatement) return capacity(statement.NotStatement.Statement);
  if (statement.RateBasedStatement) return 2 + sum([statement.RateBasedStatement.ScopeDownStatement ?? []].flat());
  if (statement.ByteMatchStatement)
    return 2 + 10 * statement.ByteMatchStatement.TextTransformations.filter(({ Type }) => Type !== 'NONE').length;
  const flat: { [kind: string]: number } = {
    IPSetReferenceStatement: 1,
    GeoMatchStatement: 1,
    LabelMatchStatement: 1,
    SizeConstraintStatement: 1,
    RegexMatchStatement: 3,
    AWSManagedRulesAmazonIpReputationList: 25,
    AWSManagedRulesCommonRuleSet: 700,
    AWSManagedRulesKnownBadInputsRuleSet: 200,
    AWSManagedRulesSQLiRuleSet: 200,
  };
  const kind = statement.ManagedRuleGroupStatement?.Name ?? Object.keys(statement)[0];
  if (flat[kind] === undefined) throw new Error(`no capacity is known for ${kind}`);
  return flat[kind];
}

const capacityOf = (template: Template) =>
  webAclOf(template).Rules.reduce((total: number, rule: Rule) => total + capacity(rule.Statement), 0);

describe('capacity', () => {
  test('REC-8.7 uses 1,134 capacity units by default', () => {
    expect(capacityOf(plain)).toBe(1_134);
  });

  test('REC-8.7 stays under 1,500 with every list, twenty upload routes and an exception', () => {
    expect(capacityOf(synthesize(everything))).toBeLessThan(1_500);
  });
});

describe('the log', () => {
  test('REC-8.7 goes to a group whose name AWS WAF accepts', () => {
    plain.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: { 'Fn::Join': ['', [Match.stringLikeRegexp('^aws-waf-logs-'), Match.anyValue()]] },
    });
  });

  test('REC-8.7 keeps its lines for 30 days under a key', () => {
    plain.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30, KmsKeyId: Match.anyValue() });
  });

  test('REC-8.7 takes the key given instead of making one', () => {
    const stack = new Stack(new App(), 'Service');
    const logKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111111111111:key/1');
    new Firewall(stack, 'Firewall', { logKey });
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('REC-8.7 names its destination without the trailing star that AWS WAF refuses', () => {
    const [{ Properties }] = Object.values(plain.findResources('AWS::WAFv2::LoggingConfiguration'));
    expect(JSON.stringify(Properties.LogDestinationConfigs)).toMatch(/:log-group:",\{"Ref":"FirewallLogs\w+"\}\]\]\}\]$/);
  });

  test('REC-8.7 keeps blocked and counted requests only', () => {
    plain.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LoggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } })),
          },
        ],
      },
    });
  });

  test('REC-8.7 redacts credentials, every key header and the query', () => {
    const redacted = ['authorization', 'x-api-key', 'cookie', 'x-partner-key'].map((Name) => ({ SingleHeader: { Name } }));
    synthesize({ keyHeaders: ['X-Partner-Key'] }).hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: [...redacted, { QueryString: {} }],
    });
  });

  test('REC-8.7 substitutes the same in samples, which redaction does not reach', () => {
    expect(webAclOf(synthesize({ keyHeaders: ['X-Partner-Key'] })).DataProtectionConfig).toEqual({
      DataProtections: [
        {
          Action: 'SUBSTITUTION',
          Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'x-api-key', 'cookie', 'x-partner-key'] },
        },
        { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
      ],
    });
  });
});

function balancer(stack: Stack): elbv2.ApplicationLoadBalancer {
  return new elbv2.ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc: new ec2.Vpc(stack, 'Vpc') });
}

describe('protect', () => {
  test('REC-8.7 associates the web ACL with the load balancer', () => {
    const stack = new Stack(new App(), 'Service');
    new Firewall(stack, 'Firewall').protect(balancer(stack));
    Template.fromStack(stack).hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: { Ref: Match.stringLikeRegexp('^LoadBalancer') },
      WebACLArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Firewall'), 'Arn'] },
    });
  });

  test('REC-8.7 protects a load balancer of another stack', () => {
    const app = new App();
    const firewall = new Firewall(new Stack(app, 'Firewalls'), 'Firewall');
    const service = new Stack(app, 'Service');
    firewall.protect(balancer(service));
    Template.fromStack(service).resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  });

  test('REC-8.7 refuses a second firewall before the same load balancer', () => {
    const stack = new Stack(new App(), 'Service');
    const loadBalancer = balancer(stack);
    new Firewall(stack, 'One').protect(loadBalancer);
    expect(() => new Firewall(stack, 'Two').protect(loadBalancer)).toThrow(
      'Service/Two: protect must be called once for a load balancer, got Service/LoadBalancer again; remove the other firewall',
    );
  });
});
