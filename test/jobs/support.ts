import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import {
  type JobKind,
  JobProcessor,
  JobQueue,
  JobQueueAlarms,
  type JobQueueProps,
  JobWorker,
  type JobWorkerProps,
  PlatformStage,
  type PlatformStageProps,
  Route,
  Secrets,
  ServiceImage,
  Domain,
  Ingress,
} from 'plinth';

export const KINDS: JobKind[] = [{ name: 'reports.make' }];

export interface JobsOptions {
  readonly queue?: Partial<JobQueueProps>;
  readonly worker?: Partial<JobWorkerProps>;
}

/** A queue with its worker and alarms in a stack of their own. */
export function jobs({ queue, worker }: JobsOptions = {}, app = new App()) {
  const stack = new Stack(app, 'Stack');
  const { internalApiKey: internalKey } = new Secrets(stack, 'Secrets');
  const made = new JobQueue(stack, 'Jobs', { kinds: KINDS, internalKey, ...queue });
  const report = lambda.Function.fromFunctionName(stack, 'MakeReport', 'make-report');
  const processors = Object.fromEntries(made.kinds.map(({ name }) => [name, JobProcessor.function(report)]));
  const working = new JobWorker(stack, 'JobWorker', { jobs: made, processors, ...worker });
  return { stack, jobs: made, worker: working, alarms: JobQueueAlarms.of(working) };
}

export function jobsTemplate(options?: JobsOptions): Template {
  return Template.fromStack(jobs(options).stack);
}

/** A platform that works jobs by a path of its own app. */
export function addPlatformWithJobs(app: App, id: string, props: Partial<PlatformStageProps>): PlatformStage {
  return new PlatformStage(app, id, {
    stage: 'production',
    env: { account: '111111111111', region: 'eu-west-1' },
    domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
    image: ServiceImage.fromRegistry('registry.example.com/api:1'),
    access: { publicPaths: ['/internal/jobs/*'] },
    ingress: Ingress.gateway({ routes: [Route.longPolling('/internal/jobs/*')] }),
    jobs: { kinds: [{ name: 'recommend' }], processors: { recommend: JobProcessor.http('/internal/jobs/recommend') } },
    costAllocation: { project: 'shop', team: 'platform' },
    ...props,
  });
}

export const platformWithJobs = (props: Partial<PlatformStageProps> = {}) => addPlatformWithJobs(new App(), 'Stage', props);

export const templateOf = (stage: PlatformStage, stack: string): Template => Template.fromStack(stage.node.findChild(stack) as Stack);

/** A value of a template with what only a deployment knows put in by its last name. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument]] = Object.entries(value as { [intrinsic: string]: unknown });
  if (intrinsic === 'Fn::Join') return (argument as [string, unknown[]])[1].map((part) => readable(part)).join((argument as [string])[0]);
  return intrinsic === 'Ref' && argument === 'AWS::Region' ? 'eu-west-1' : 'deployed';
}
