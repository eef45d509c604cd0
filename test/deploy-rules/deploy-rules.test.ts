import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { DeployRules } from '../../lib/conformance';

const FIXTURES = join(__dirname, 'fixtures');
const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Shared, as making its engine takes seconds. */
const plugin = DeployRules.plugin();
const rules = [...new Set(DeployRules.sources().flatMap(({ content }) => content.match(/(?<=")plinth-[a-z0-9-]+/g) ?? []))].toSorted();
const templates = readdirSync(FIXTURES).filter((file) => file.endsWith('.json'));
const findings = validate(templates);

interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly severity?: string;
  readonly resources: (string | undefined)[];
}

/** What our rules say of every template, in one run of the engine. */
function validate(files: string[]): Map<string, Finding[]> {
  const stackTemplates = files.map((file) => ({
    stackConstructPath: file,
    templatePath: join(FIXTURES, file),
    accountId: '111111111111',
    region: 'eu-west-1',
  }));
  const { violations } = plugin.validate({ stackTemplates, templatePaths: [], appConstruct: new App() });
  const ours = violations.filter(({ ruleName }) => ruleName.startsWith('plinth-'));
  return new Map(
    stackTemplates.map(({ stackConstructPath, templatePath }): [string, Finding[]] => [
      stackConstructPath,
      ours.flatMap(({ ruleName, description, severity, violatingResources }) => {
        const here = violatingResources.filter((resource) => resource.templatePath === templatePath);
        if (here.length === 0) return [];
        return [{ rule: ruleName, message: description, severity, resources: here.map(({ resourceLogicalId }) => resourceLogicalId) }];
      }),
    ]),
  );
}

const fired = (file: string) => [...new Set((findings.get(file) ?? []).map(({ rule }) => rule))];

test('has at least twenty rules', () => {
  expect(rules.length).toBeGreaterThanOrEqual(20);
});

test('has no fixture without a rule', () => {
  expect(new Set(templates.map((file) => file.replace(/(\.passes)?\.json$/, '')))).toEqual(new Set(rules));
});

describe.each(rules)('%s', (rule) => {
  test('has a template that fails and one that passes', () => {
    expect([`${rule}.json`, `${rule}.passes.json`].filter((file) => !existsSync(join(FIXTURES, file)))).toEqual([]);
  });

  test('fires on its template, and no other rule does', () => {
    expect(fired(`${rule}.json`)).toEqual([rule]);
  });

  test('lets the corrected template pass', () => {
    expect(fired(`${rule}.passes.json`)).toEqual([]);
  });

  test('is an error that names what must be, what is and what to change', () => {
    const [finding] = findings.get(`${rule}.json`) ?? [];
    expect(finding).toMatchObject({ rule, severity: 'error', message: expect.stringMatching(/ must .*, got .*; [a-z]/) });
  });
});

test.each([
  ['plinth-alarm-topic-key', ['Alarm', 'Other']],
  ['plinth-cache-durability', ['Burstable', 'OneZone', 'Older', 'Unsharded']],
  ['plinth-cluster-failover', ['Cache', 'Shards']],
])('%s finds each fault of its template', (rule, resources) => {
  expect(new Set((findings.get(`${rule}.json`) ?? []).flatMap(({ resources: found }) => found))).toEqual(new Set(resources));
});

/** An app with a log group that keeps its lines for ever. */
function appWithFault(context: { [flag: string]: boolean }) {
  const app = new App({ context });
  Validations.of(app).addPlugins(plugin);
  const stack = new Stack(app, 'Stack');
  const group = new logs.CfnLogGroup(stack, 'Group');
  return { app, stack, group };
}

test('fails the synthesis of an app that validates strictly', () => {
  const { app } = appWithFault(STRICT);
  expect(() => app.synth()).toThrow('a log group must have a retention, got none; set RetentionInDays');
});

test('warns in an app that does not', () => {
  const report = jest.spyOn(console, 'error').mockImplementation();
  appWithFault({}).app.synth();
  expect(report).toHaveBeenCalledWith(expect.stringContaining("Acknowledge with 'CloudFormation-Validate::plinth-log-retention'"));
  report.mockRestore();
});

test('accepts a finding that was acknowledged on its resource', () => {
  const { app, group } = appWithFault(STRICT);
  Validations.of(group).acknowledge({ id: 'CloudFormation-Validate::plinth-log-retention', reason: 'kept for ever on purpose' });
  expect(() => app.synth()).not.toThrow();
});

test('accepts a finding about a whole template that was acknowledged on its stack', () => {
  const { app, stack, group } = appWithFault(STRICT);
  group.retentionInDays = 30;
  for (let number = 1; number <= 6; number++) new CfnResource(stack, `Address${number}`, { type: 'AWS::EC2::EIP' });
  Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::plinth-elastic-ips', reason: 'the quota was raised' });
  expect(() => app.synth()).not.toThrow();
});

test('runs rules of the caller beside its own', () => {
  const content = 'rule no_group { Resources.*[ Type == "AWS::Logs::LogGroup" ] empty <<groups must not be, got one; remove it>> }';
  const app = new App({ context: STRICT });
  Validations.of(app).addPlugins(DeployRules.plugin({ guardRules: [{ name: 'own', content }] }));
  new logs.CfnLogGroup(new Stack(app, 'Stack'), 'Group', { retentionInDays: 30 });
  expect(() => app.synth()).toThrow('groups must not be, got one; remove it');
});
