import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Firewall, type FirewallProps } from '../../lib/service/firewall';
import { type BlockedRequestAlarmsProps, FirewallAlarms } from '../../lib/service/firewall-alarms';
import { webAclOf } from './firewall-evaluator';

function alarms(props?: FirewallProps, alarmProps?: BlockedRequestAlarmsProps, stack = new Stack(new App(), 'Service')): Template {
  FirewallAlarms.of(new Firewall(stack, 'Firewall', props)).addBlockedRequests(alarmProps);
  return Template.fromStack(stack);
}

const everyList = { allowList: ['203.0.113.0/24'], denyList: ['198.51.100.0/24'], countries: ['DE'] };
const template = alarms({ ...everyList, exceptions: [{ rule: 'SQLi_BODY', paths: ['/api/queries/*'] }] });

test.each([
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
])('REC-8.7 has an alarm that names the rule %s and the runbook', (rule) => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: `Firewall rule ${rule} blocks requests; runbook docs/runbooks/firewall-blocks.md`,
    Dimensions: [
      { Name: 'Region', Value: { Ref: 'AWS::Region' } },
      { Name: 'Rule', Value: rule },
      { Name: 'WebACL', Value: webAclOf(template).Name },
    ],
  });
});

test('REC-8.7 has no alarm for the list that lets requests through', () => {
  template.resourceCountIs('AWS::CloudWatch::Alarm', 10);
});

test('REC-8.7 alarms on more than 100 blocked requests in five minutes', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/WAFV2',
    MetricName: 'BlockedRequests',
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 100,
    ComparisonOperator: 'GreaterThanThreshold',
  });
});

test('REC-8.7 takes a firewall that blocks nothing for a healthy one', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
});

test('REC-8.7 leaves the names of alarms to CloudFormation', () => {
  template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmName: Match.absent() });
});

test('REC-8.7 takes another threshold', () => {
  alarms({}, { threshold: 5 }).hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 5 });
});

test('REC-8.7 notifies whom it is told to', () => {
  const stack = new Stack(new App(), 'Service');
  const topic = new sns.Topic(stack, 'Topic');
  alarms({}, { actions: [new SnsAction(topic)] }, stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [stack.resolve(topic.topicArn)],
  });
});

test('REC-8.7 has the runbook that its alarms name', () => {
  expect(existsSync(join(__dirname, '../../docs/runbooks/firewall-blocks.md'))).toBe(true);
});
