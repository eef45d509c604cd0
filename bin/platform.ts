#!/usr/bin/env node
import { App, Duration, Validations } from 'aws-cdk-lib';
import { DeployRules, Ingress, type JobKind, JobProcessor, Migrations, PlatformStage, Route, ServiceImage, StageSettings } from '../lib';

const JOBS_PATH = '/internal/jobs/recommend';
const RECOMMEND: JobKind = { name: 'recommend', deadline: Duration.minutes(10), estimate: Duration.seconds(1) };

/** The stages of the context, each a platform that runs the recommendation API. */
export function addStages(app: App): void {
  const image = ServiceImage.fromFolder('dist/examples/recommendation-api', { command: ['node', 'server.js'] });
  const migrations = Migrations.fromFolder('examples/recommendation-api/migrations');
  const jobs = Route.api(JOBS_PATH, { deadline: Duration.seconds(30), routeClass: 'jobs' });

  for (const { stage, env, domain } of StageSettings.fromContext(app)) {
    new PlatformStage(app, stage, {
      stage,
      env,
      domain,
      image,
      migrations,
      // The document and the list of categories tell nothing about anybody, and the test traffic of deployments asks for them. The worker
      // has no API key: the app verifies the signature of its calls.
      access: { publicPaths: ['/api/openapi.json', '/api/categories', JOBS_PATH] },
      container: { testPaths: ['/api/health/ready', '/api/categories', '/api/openapi.json'] },
      ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*'), Route.upload('/api/files/*'), jobs] }),
      jobs: { kinds: [RECOMMEND], processors: { [RECOMMEND.name]: JobProcessor.http(JOBS_PATH) } },
      webhooks: {},
      costAllocation: { project: 'recommendation-api', team: 'platform' },
    });
  }
}

if (require.main === module) {
  const app = new App();
  // What turns CDK's own validation off turns ours off.
  if (process.env.CDK_VALIDATION !== 'false') Validations.of(app).addPlugins(DeployRules.plugin());
  addStages(app);
}
