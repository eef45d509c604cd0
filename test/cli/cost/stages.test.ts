import { App } from 'aws-cdk-lib';
import { Domain, Ingress, PlatformStage, ServiceImage, StageSizing } from 'plinth';
import { estimate } from '../../../cli/src/cost/estimate';
import { type Usage, USAGE } from '../../../cli/src/cost/usage';
import { assumptionsOf } from '../../../cli/src/cost/usage-file';
import { readAssembly } from '../../../lib/assembly';
import { platformAssembly } from '../../support/stages';

const stages = [...readAssembly(platformAssembly()), ...readAssembly(highTraffic().synth().directory)];
const assumptions = assumptionsOf(stages);
const bills = stages.map((stage, index) => estimate(stage, assumptions[index]));

/** The platform of bin/ at its largest sizing. */
function highTraffic(): App {
  const app = new App();
  new PlatformStage(app, 'high-traffic', {
    stage: 'high-traffic',
    sizing: StageSizing.highTraffic(),
    image: ServiceImage.fromFolder('dist/examples/recommendation-api', { command: ['node', 'server.js'] }),
    domain: Domain.certificate('arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-0000-0000-000000000000'),
    ingress: Ingress.gateway(),
    costAllocation: { project: 'recommendation-api', team: 'platform' },
  });
  return app;
}

function billOf(name: string, usage: Partial<Usage> = {}) {
  const index = stages.findIndex((stage) => stage.name === name);
  return estimate(stages[index], { ...assumptions[index], usage: { ...assumptions[index].usage, ...usage } });
}

test.each([
  ['dev', 200],
  ['production', 800],
  ['high-traffic', 1500],
])('%s costs at most %d USD a month', (name, most) => {
  const { monthlyUsd, band } = billOf(name);

  expect(monthlyUsd).toBeLessThanOrEqual(most);
  expect(band?.[1]).toBe(most);
});

test.each(bills.map((bill) => [bill.stage, bill] as const))('every resource of %s has a price or is free', (_, { unpriced }) => {
  expect(unpriced).toEqual([]);
});

test.each(bills.map((bill) => [bill.stage, bill] as const))('every line of %s is what its basis multiplies to', (_, { lines }) => {
  const product = (basis: string) => basis.split(' x ').reduce((sum, factor) => sum * Number.parseFloat(factor), 1);

  const wrong = lines.filter(({ basis, usd }) => Math.abs(product(basis) - usd) > 0.00005001);

  expect(wrong).toEqual([]);
});

test.each(bills.map((bill) => [bill.stage, bill] as const))('%s costs the sum of its lines', (_, { lines, monthlyUsd }) => {
  expect(monthlyUsd).toBeCloseTo(
    lines.reduce((sum, { usd }) => sum + usd, 0),
    2,
  );
});

test.each(bills.map((bill) => [bill.stage, bill] as const))(
  'every line of %s carries the four cost tags, but for metrics, which take none',
  (_, { lines }) => {
    const untagged = lines.filter(
      ({ tags, basis }) => !/^\d+ metrics? x/.test(basis) && Object.keys(tags).join(' ') !== 'environment service project team',
    );

    expect(untagged).toEqual([]);
  },
);

test('production is priced with 4 vCPU and 16 GB of PostgreSQL in two zones', () => {
  expect(billOf('production').lines.map(({ basis }) => basis)).toContain('2 db.t4g.xlarge x 730 h x 0.258');
});

test('dev keeps its budget with Spot at 0.3 of its price, and not at 0.31', () => {
  expect([0.3, 0.31].map((spotShareOfPrice) => billOf('dev', { spotShareOfPrice }).withinBand)).toEqual([true, false]);
});

test('eight times the requests leave production within its budget', () => {
  expect(billOf('production', { requestsPerDay: 8 * USAGE.production.requestsPerDay }).withinBand).toBe(true);
});
