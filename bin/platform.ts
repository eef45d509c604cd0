#!/usr/bin/env node
import { App, Validations } from 'aws-cdk-lib';
import { DeployRules, Ingress, Migrations, PlatformStage, Route, ServiceImage, StageSettings } from '../lib';

const app = new App();
// What turns CDK's own validation off turns ours off.
if (process.env.CDK_VALIDATION !== 'false') Validations.of(app).addPlugins(DeployRules.plugin());

const image = ServiceImage.fromFolder('dist/examples/recommendation-api', { command: ['node', 'server.js'] });
const migrations = Migrations.fromFolder('examples/recommendation-api/migrations');

for (const { stage, env, domain } of StageSettings.fromContext(app)) {
  new PlatformStage(app, stage, {
    stage,
    env,
    domain,
    image,
    migrations,
    container: { testPaths: ['/api/health/ready', '/api/categories', '/api/openapi.json'] },
    ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*'), Route.upload('/api/files/*')] }),
    costAllocation: { project: 'recommendation-api', team: 'platform' },
  });
}
