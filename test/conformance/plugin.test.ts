import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Conformance, Network } from 'plinth';

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly {
    readonly constructPath?: string;
    readonly cloudFormationResource?: { readonly logicalId: string; readonly propertyPaths: readonly string[] };
  }[];
}

interface PluginReport {
  readonly pluginName: string;
  readonly conclusion: string;
  readonly violations: readonly Violation[];
}

/** What the plugin says of an app; a failed synthesis leaves its report, too. */
function reportOf(app: App): PluginReport {
  const silent = jest.spyOn(console, 'error').mockImplementation();
  const file = join(app.outdir, 'validation-report.json');
  try {
    app.synth();
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    silent.mockRestore();
  }
  const { pluginReports }: { readonly pluginReports: readonly PluginReport[] } = JSON.parse(readFileSync(file, 'utf8'));
  return pluginReports.find(({ pluginName }) => pluginName === 'plinth')!;
}

function appWith(fill: (app: App) => void): App {
  const app = new App();
  Validations.of(app).addPlugins(Conformance.plugin());
  fill(app);
  return app;
}

const network = (app: App) => new Network(new Stack(app, 'Stack'), 'Network');
const openBalancer = (scope: App | Stage) =>
  new elbv2.CfnLoadBalancer(new Stack(scope, 'Stack'), 'Balancer', {
    subnets: ['subnet-1', 'subnet-2'],
    type: 'application',
    loadBalancerAttributes: [{ key: 'idle_timeout.timeout_seconds', value: '30' }],
  });

test('an app with one construct is judged by that alone', () => {
  expect(() => appWith(network).synth()).not.toThrow();
});

describe('an app with a load balancer that lacks all', () => {
  const { conclusion, violations } = reportOf(appWith(openBalancer));
  const of = (demand: string) => violations.find(({ ruleName }) => ruleName === demand);

  test('fails', () => {
    expect(conclusion).toBe('failure');
  });

  test('is told which demands it leaves unmet', () => {
    expect(violations.map(({ ruleName }) => ruleName)).toEqual([
      'REC-4.1',
      'REC-4.7',
      'REC-6.3',
      'REC-8.1',
      'REC-8.2',
      'REC-8.6',
      'REC-8.7',
    ]);
  });

  test('is told what is asked for and what it has', () => {
    expect(of('REC-4.7')?.description).toBe(
      'app: Idle timeout 60 s (a load balancer: LoadBalancerAttributes[Key=idle_timeout.timeout_seconds].Value must be 60 or 120, got 30)',
    );
  });

  test('is told the property', () => {
    expect(of('REC-4.7')?.violatingConstructs).toMatchObject([
      { constructPath: 'Stack/Balancer', cloudFormationResource: { propertyPaths: ['Properties.LoadBalancerAttributes[0].Value'] } },
    ]);
  });

  test('is told what is missing at its stack', () => {
    expect(of('REC-8.6')?.violatingConstructs).toMatchObject([{ constructPath: 'Stack' }]);
  });
});

test('accepts a finding by the id of the demand', () => {
  const app = appWith((scope) =>
    Validations.of(openBalancer(scope)).acknowledge({ id: 'plinth::REC-4.7', reason: 'clients answer within half a minute' }),
  );

  expect(reportOf(app).violations.map(({ ruleName }) => ruleName)).not.toContain('REC-4.7');
});

test('judges the stages of an app', () => {
  const app = appWith((scope) => openBalancer(new Stage(scope, 'beta')));

  expect(reportOf(app).violations[0].description).toMatch(/^beta: /);
});
