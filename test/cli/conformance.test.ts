import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, basename, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { runProgram } from '../../cli/src/program';
import { PROOFS } from '../../lib/conformance/proofs';
import { platformAssembly } from '../support/stages';

async function run(assembly: string, ...flags: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram(['conformance', basename(assembly), ...flags], {
    directory: dirname(assembly),
    environment: {},
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
  });
  return { code, out, err };
}

const platform = platformAssembly();

function openBalancer(): string {
  const app = new App();
  new elbv2.CfnLoadBalancer(new Stack(app, 'Stack'), 'Balancer', { subnets: ['subnet-1', 'subnet-2'] });
  return app.synth().directory;
}

test('fails on demands whose tests have not run', async () => {
  expect((await run(platform)).code).toBe(1);
});

test('says that tests have not run', async () => {
  expect((await run(platform)).out).toContain('REC-4.8 unmet: not run: npm test');
});

test('passes the templates of the platform', async () => {
  expect((await run(platform, '--fail-on', 'template')).code).toBe(0);
});

test('fails on templates that leave a demand unmet', async () => {
  expect((await run(openBalancer(), '--fail-on', 'template')).code).toBe(1);
});

test('prints a row a demand that is built', async () => {
  expect((await run(platform)).out.filter((line) => line.startsWith('REC-6.2 '))).toEqual([
    'REC-6.2   relaxed  met      met         relaxed  NAT for outbound calls',
    'REC-6.2 relaxed in dev: dev has one NAT gateway for both zones',
  ]);
});

test('prints every demand', async () => {
  const words = new Set((await run(platform)).out.join(' ').split(' '));

  expect([...words].filter((word) => /^(REC|CTX|VEC|AST|DOC)-\d+\.\d+$/.test(word))).toHaveLength(232);
});

test('prints the sums last: without results of tests, what they and our files would show is unmet', async () => {
  expect((await run(platform)).out.at(-1)).toMatch(new RegExp(`^232 demands: \\d+ met, 4 relaxed, ${PROOFS.length} unmet, \\d+ planned$`));
});

test('prints at most a hundred columns', async () => {
  expect((await run(openBalancer())).out.filter((line) => line.length > 100)).toEqual([]);
});

test('prints JSON', async () => {
  const { demands } = JSON.parse((await run(platform, '--json')).out.join('\n'));

  expect(demands.find(({ id }: { readonly id: string }) => id === 'REC-4.7')).toEqual({
    id: 'REC-4.7',
    kind: 'template',
    ask: 'Idle timeout 60 s',
    status: 'met',
    stages: expect.objectContaining({
      production: {
        status: 'met',
        evidence: [
          {
            stack: expect.stringMatching(/^productionService/),
            logicalId: expect.stringMatching(/^TierApiLoadBalancer/),
            path: expect.stringMatching(/^Properties\.LoadBalancerAttributes\[\d\]\.Value$/),
            value: '120',
          },
        ],
      },
    }),
    tests: [],
    files: [],
  });
});

test('refuses a directory that is not there', async () => {
  expect(await run('/gone/cdk.out')).toMatchObject({
    code: 2,
    err: ['plinth: ASSEMBLY must be a directory that `cdk synth` wrote, got cdk.out; it is not there'],
  });
});

test('refuses a directory that is no assembly', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plinth-none-'));

  expect(await run(directory)).toMatchObject({
    code: 2,
    err: [`plinth: ${directory}: the assembly must hold a manifest.json, found none; run \`cdk synth\` and name its output directory`],
  });
});

test('refuses a kind that no demand has', async () => {
  expect(await run(platform, '--fail-on', 'law')).toMatchObject({
    code: 2,
    err: ['plinth conformance: --fail-on must be one of template, runtime, process, got law'],
  });
});
