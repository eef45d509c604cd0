import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as sns from 'aws-cdk-lib/aws-sns';
import { ApiService, Domain, Ingress, Migrations, PlatformStage, Route, ServiceImage } from 'plinth';
import { StageModel } from '../../../cli/src/local/model/stage-model';
import type { LocalClock } from '../../../cli/src/local/triggers/clock';
import type { CloudFormationTemplate } from '../../../lib/assembly';
import { context } from '../../support/stages';

/** A folder that goes when the tests of a file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-local-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A stage of one stack with these resources, whose assets are in a folder. */
export function stageModel(Resources: object, folder = '/nowhere'): StageModel {
  const stack = { id: 'App', stackName: 'dev-App', account: '111111111111', region: 'eu-west-1', file: join(folder, 'app.json') };
  return new StageModel({ name: 'dev', stacks: [{ ...stack, template: { Resources } as CloudFormationTemplate }] });
}

export const testImage = ServiceImage.fromFolder('test/cli/local/app', { command: ['node', 'server.mjs'] });

/** An assembly with one API, no data, and a rule of its own before the catch-all. */
export function synthesizeApi(outdir: string): string {
  const app = new App({ outdir, context });
  const stack = new Stack(app, 'Api', { env: { account: '111111111111', region: 'eu-west-1' } });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  const topic = new sns.Topic(stack, 'Topic');
  const api = new ApiService(stack, 'Api', {
    vpc,
    image: testImage,
    domain: Domain.certificate('arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012'),
    container: { environment: { GREETING: 'hello', TOPIC: topic.topicArn }, testPaths: ['/api/given'] },
    ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*')] }),
  });
  new elbv2.ApplicationListenerRule(stack, 'Robots', {
    listener: api.loadBalancer.listener,
    priority: 10,
    conditions: [elbv2.ListenerCondition.pathPatterns(['/robots.txt'])],
    action: elbv2.ListenerAction.fixedResponse(200, { contentType: 'text/plain', messageBody: 'Disallow: /' }),
  });
  app.synth();
  return outdir;
}

/** The dev stage of a platform, with a table of its own. */
export function synthesizePlatform(outdir: string): string {
  const app = new App({ outdir, context });
  new PlatformStage(app, 'dev', {
    stage: 'dev',
    env: { account: '111111111111', region: 'us-east-1' },
    image: testImage,
    migrations: Migrations.fromFolder('test/cli/local/migrations'),
    costAllocation: { project: 'local', team: 'platform' },
  });
  app.synth();
  return outdir;
}

/** The command as a process of its own, as a user runs it. */
export class LocalProcess {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly exited: Promise<number | null>;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly process: ChildProcess) {
    createInterface({ input: process.stdout! }).on('line', (line) => {
      this.lines.push(line);
      for (const look of this.waiting) look();
    });
    createInterface({ input: process.stderr! }).on('line', (line) => this.errors.push(line));
    this.exited = new Promise((resolve) => {
      process.once('close', (code) => {
        resolve(code);
        for (const look of this.waiting) look();
      });
    });
    started.push(process);
  }

  static start(...words: readonly string[]): LocalProcess {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ['cli/bin/plinth.js', 'local', ...words], {
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new LocalProcess(child);
  }

  /** The first line that matches. */
  async line(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.lines.find((line) => pattern.test(line));
        if (found !== undefined) resolve(found);
        else if (this.process.exitCode !== null)
          reject(new Error(`ended without ${pattern}:\n${[...this.lines, ...this.errors].join('\n')}`));
        else return;
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  async ready(): Promise<string> {
    return (await this.line(/^ready: /)).slice('ready: '.length);
  }
}

/** Time that passes when it is told to. */
export class HandClock implements LocalClock {
  readonly asked: number[] = [];
  private time = 0;
  private wake = () => {};

  now = (): number => this.time;

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.asked.push(ms);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      signal.addEventListener('abort', () => resolve());
    });
    this.time += ms;
  }

  async pass(): Promise<void> {
    this.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Resolves when there is no such process any more. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
