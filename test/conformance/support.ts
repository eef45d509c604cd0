import { type AssemblyStage, type CloudFormationTemplate, readAssembly } from '../../lib/assembly';
import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import { Domain, Ingress, JobProcessor, PlatformStage, type PlatformStageProps, Route, ServiceImage } from 'plinth';
import { judge } from '../../lib/conformance/requirement';
import { REQUIREMENTS } from '../../lib/conformance/requirements';
import { StageView } from '../../lib/conformance/stage-view';

/** One stage as readers of assemblies make it, of templates by the id of their stack. */
export function stageOf(templates: { readonly [stack: string]: CloudFormationTemplate }, environment?: string): AssemblyStage {
  const stacks = Object.entries(templates).map(([id, template]) => ({
    id,
    stackName: id,
    account: '111111111111',
    region: 'us-east-1',
    file: `/${id}.template.json`,
    template,
  }));
  return { name: environment ?? 'app', environment, stacks };
}

/** What the platform takes jobs for. */
export const jobs = { kinds: [{ name: 'recommend' }], processors: { recommend: JobProcessor.http('/internal/jobs/recommend') } };

/** The platform in dev, as an assembly. */
export function platform(props: Partial<PlatformStageProps> & { readonly stage: string }): AssemblyStage {
  const app = new App();
  new PlatformStage(app, props.stage, {
    env: { account: '111111111111', region: 'us-east-1' },
    image: ServiceImage.fromRegistry(`registry.example.com/team/api@sha256:${'0'.repeat(64)}`),
    ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*'), Route.longPolling('/internal/jobs/*')] }),
    access: { publicPaths: ['/internal/jobs/recommend'] },
    jobs,
    costAllocation: { project: 'recommendations', team: 'platform' },
    ...props,
  });
  return readAssembly(app.synth().directory)[0];
}

export const domain = Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com');

/** What a plain stack synthesizes to. */
export function assemblyOf(fill: (stack: Stack) => void, props?: StackProps, app: AppProps = {}): AssemblyStage[] {
  const root = new App(app);
  fill(new Stack(root, 'Stack', props));
  return readAssembly(root.synth().directory);
}

/** The demands that have a certain status in a stage. */
export function demandsThatAre(status: string, stage: AssemblyStage): string[] {
  const view = new StageView(stage);
  return REQUIREMENTS.filter((requirement) => judge(requirement, view).status === status).map(({ demand }) => demand);
}

/** How a stage stands to one demand. */
export function findingOf(demand: string, stage: AssemblyStage) {
  return judge(
    REQUIREMENTS.find((one) => one.demand === demand)!,
    new StageView(stage),
  );
}
