import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { LimiterStore, type LimiterStoreProps, ResultCache, type ResultCacheProps } from '../../../lib/data/cache';

/** A network whose isolated tier spans this many zones. */
export function vpcOf(stack: Stack, maxAzs = 2): ec2.IVpc {
  const subnetConfiguration = [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }];
  return new ec2.Vpc(stack, 'Vpc', { maxAzs, subnetConfiguration });
}

export function resultCache(props: Partial<ResultCacheProps> = {}) {
  const stack = new Stack(new App(), 'Stack');
  const cache = new ResultCache(stack, 'Results', { vpc: vpcOf(stack), ...props });
  return { stack, cache };
}

export function limiterStore(props: Partial<LimiterStoreProps> = {}) {
  const stack = new Stack(new App(), 'Stack');
  const store = new LimiterStore(stack, 'Limits', { vpc: vpcOf(stack), ...props });
  return { stack, store };
}

export function cacheTemplate(props?: Partial<ResultCacheProps>): Template {
  return Template.fromStack(resultCache(props).stack);
}

export function limiterTemplate(props?: Partial<LimiterStoreProps>): Template {
  return Template.fromStack(limiterStore(props).stack);
}
