import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { WebhookAlarms } from 'plinth';
import { type AlarmMetric, propertiesOf } from '../support/service';
import { delivery } from './support';

const ALARM = 'AWS::CloudWatch::Alarm';
const root = join(__dirname, '..', '..');
const made = delivery();
WebhookAlarms.of(made.delivery).addAll();
const watched = Template.fromStack(made.stack);

const alarmOf = (says: string) => propertiesOf(watched, ALARM, ({ AlarmDescription }) => String(AlarmDescription).includes(says));
const expressionOf = (says: string) => (alarmOf(says).Metrics as AlarmMetric[])[0].Expression;
const filterOf = (what: string) =>
  propertiesOf(watched, 'AWS::Logs::MetricFilter', ({ MetricTransformations }) =>
    JSON.stringify(MetricTransformations).includes(`-${what}"`),
  );

test.each<[string, string, object]>([
  [
    'eleven endpoints that stopped answering in 15 minutes',
    'endpoints that fail',
    { Threshold: 10, Period: 900, Statistic: 'Sum', EvaluationPeriods: 1 },
  ],
  [
    'a backlog of slow endpoints',
    'backlog of slow endpoints',
    { Threshold: 1000, MetricName: 'ApproximateNumberOfMessagesVisible', EvaluationPeriods: 3 },
  ],
  ['what is due for more than five minutes', 'overdue', { Threshold: 300, Statistic: 'Maximum', Period: 300, EvaluationPeriods: 2 }],
  [
    'deliveries that wait for longer than a sender has and five minutes',
    'wait for too long',
    { Threshold: 345, MetricName: 'ApproximateAgeOfOldestMessage' },
  ],
  ['more than one percent of interrupted attempts', 'over 1 % interrupted', { Threshold: 1, EvaluationPeriods: 3 }],
  ['more than a quarter of receivers that see another time', 'see another time', { Threshold: 25, EvaluationPeriods: 3 }],
  [
    'the first dead letter',
    'could not be worked',
    { Threshold: 0, MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Maximum' },
  ],
  [
    'no whole sweep in ten minutes, also when there was none',
    'not swept',
    { Threshold: 0, EvaluationPeriods: 2, TreatMissingData: 'breaching' },
  ],
  ['functions that fail', 'functions that fail', { Threshold: 0, EvaluationPeriods: 2 }],
])('goes off for %s', (_what, says, properties) => {
  expect(alarmOf(says)).toMatchObject(properties);
});

test.each([
  ['over 1 % interrupted', 'IF(attempts >= 20, 100 * FILL(part, 0) / attempts, 0)'],
  ['see another time', 'IF(attempts >= 20, 100 * FILL(part, 0) / attempts, 0)'],
  ['not swept', 'FILL(runs, 0) - FILL(failures, 0)'],
  ['functions that fail', 'FILL(fanOut, 0) + FILL(sender, 0)'],
])('the alarm that it %s counts %s', (says, expression) => {
  expect(expressionOf(says)).toBe(expression);
});

test('one metric tells how many attempts there were and how many of them were interrupted', () => {
  const stats = (alarmOf('over 1 % interrupted').Metrics as AlarmMetric[]).flatMap(({ MetricStat }) =>
    MetricStat ? [[MetricStat.Metric.MetricName, MetricStat.Stat]] : [],
  );

  expect(new Set(stats.map(([name]) => name)).size).toBe(1);
  expect(stats.map(([, stat]) => stat)).toEqual(['SampleCount', 'Sum']);
});

test('have a runbook each', () => {
  const pages = Object.values(watched.findResources(ALARM)).map(
    ({ Properties }) => /; runbook (docs\/runbooks\/[\w-]+\.md)$/.exec(Properties.AlarmDescription)?.[1] ?? 'none',
  );

  expect(new Set(pages).size).toBe(9);
  for (const page of pages) expect(existsSync(join(root, page)) && readFileSync(join(root, page), 'utf8').length).toBeGreaterThan(300);
});

test.each([
  ['OpenedBreakers', 'lambda/shared/webhook-log.ts', ['webhook-opened']],
  ['Attempts', 'lambda/shared/webhook-log.ts', ['webhook-attempt', 'webhook-interrupted', 'interrupted']],
  ['ClockSkew', 'lambda/shared/webhook-log.ts', ['webhook-clock-skew']],
  ['OldestDue', 'lambda/webhook-sweeper/handler.ts', ['webhook-sweep', 'oldestDueSeconds']],
])('count %s by what the functions write', (what, writer, words) => {
  const told = JSON.stringify(filterOf(what));
  const written = readFileSync(join(root, writer), 'utf8');

  for (const word of words) {
    expect(told).toContain(word);
    expect(written).toContain(word);
  }
});

test('the basic ones need no metric of their own', () => {
  const { delivery: basic, stack } = delivery();
  WebhookAlarms.of(basic).addBasic();

  Template.fromStack(stack).resourceCountIs(ALARM, 4);
  Template.fromStack(stack).resourceCountIs('AWS::Logs::MetricFilter', 0);
});

test('take thresholds and actions, one by one and in any order', () => {
  const { delivery: one, stack } = delivery();
  const action = { bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111111111111:oncall' }) };
  WebhookAlarms.of(one).addClockSkew();
  WebhookAlarms.of(one).addDuplicates({ threshold: 3, actions: [action] });

  Template.fromStack(stack).hasResourceProperties(ALARM, { Threshold: 3, AlarmActions: ['arn:aws:sns:eu-west-1:111111111111:oncall'] });
});
