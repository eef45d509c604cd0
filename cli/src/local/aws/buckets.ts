import { LocalFailure } from '../failure';
import type { DeployedValues } from '../model/deployed-values';
import { type StageResource, textOf } from '../model/stage-model';
import { physicalName } from './physical-name';

export const BUCKET_TYPE = 'AWS::S3::Bucket';

const LONGEST_NAME = 63;

/** Makes a bucket: objects as they are put, without versions, locks or life cycle. */
export async function createBucket(
  resource: StageResource,
  { url, region }: { readonly url: string; readonly region: string },
  values: DeployedValues,
): Promise<string> {
  const name = textOf(resource.properties.BucketName) ?? physicalName(resource, LONGEST_NAME).toLowerCase();
  const response = await fetch(`${url}/${name}`, { method: 'PUT' });
  if (!response.ok) throw new LocalFailure(`bucket ${name} must be taken by the local emulator, got status ${response.status}`);
  values.set(resource, 'Ref', name);
  values.set(resource, 'Arn', `arn:aws:s3:::${name}`);
  values.set(resource, 'DomainName', `${name}.s3.amazonaws.com`);
  values.set(resource, 'RegionalDomainName', `${name}.s3.${region}.amazonaws.com`);
  return name;
}
