import { App, Duration, Size, Validations } from 'aws-cdk-lib';
import { DeployRules, Ingress, Migrations, PlatformStage, Route, ServiceImage, StageSettings } from '../../lib';

/** The stages of the context, each a platform that runs the contextual platform's service. */
export function contextualApp(app: App = new App()): App {
  // What turns CDK's own validation off turns ours off.
  if (process.env.CDK_VALIDATION !== 'false') Validations.of(app).addPlugins(DeployRules.plugin());

  const image = ServiceImage.fromFolder('dist/examples/contextual-platform', { command: ['node', 'server.js'] });
  const migrations = Migrations.fromFolder('examples/contextual-platform/migrations');
  // A batch is as large as a call of this API gets.
  const documents = Route.upload('/v1/collections/*', {
    maxBody: Size.mebibytes(1),
    deadline: Duration.seconds(30),
    routeClass: 'documents',
  });

  for (const { stage, env, domain } of StageSettings.fromContext(app)) {
    new PlatformStage(app, stage, {
      stage,
      env,
      domain,
      image,
      migrations,
      access: { publicPaths: ['/api/openapi.json'] },
      container: { testPaths: ['/api/health/ready', '/api/openapi.json'] },
      ingress: Ingress.gateway({ routes: [documents] }),
      costAllocation: { project: 'contextual-platform', team: 'platform' },
    });
  }
  return app;
}

if (require.main === module) contextualApp();
