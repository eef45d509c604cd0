import type { StageModel } from '../model/stage-model';
import { DEFAULT_REGION } from '../secrets/secret-store';

/** The region of a stage. */
export function regionOf(model: StageModel): string {
  return model.stage.stacks.find((stack) => stack.region !== undefined)?.region ?? DEFAULT_REGION;
}

/** What the SDK finds in a task: a region, credentials that are good for nothing, and one endpoint for every service. */
export function awsEnvironment(region: string, endpoint: string, hasFunctions: boolean): { readonly [name: string]: string } {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL_KMS: endpoint,
    ...(hasFunctions && { AWS_ENDPOINT_URL_LAMBDA: endpoint }),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
