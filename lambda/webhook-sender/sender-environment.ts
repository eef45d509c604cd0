import { BlockList, isIP } from 'node:net';
import { loopbackFlag, type WebhooksEnvironment, webhooksEnvironment } from '../shared/webhooks-environment';

export interface SenderEnvironment extends WebhooksEnvironment {
  /** The ARN of the key that wraps data keys. */
  readonly keyId: string;
  readonly refusedHosts: readonly string[];
  readonly refusedNetworks: readonly string[];
  /** Said by a local run alone. */
  readonly allowLoopback: boolean;
}

/** As `webhooksEnvironment`, with WEBHOOK_KEY_ID, and the lists WEBHOOK_REFUSED_HOSTS and WEBHOOK_REFUSED_NETWORKS, which may be empty. */
export function senderEnvironment(environment: NodeJS.ProcessEnv): SenderEnvironment {
  const { WEBHOOK_KEY_ID: keyId = '' } = environment;
  const { allowLoopback, faults } = loopbackFlag(environment);
  const refusedHosts = listOf(environment.WEBHOOK_REFUSED_HOSTS);
  const refusedNetworks = listOf(environment.WEBHOOK_REFUSED_NETWORKS);
  const wrong = refusedNetworks.filter((range) => !isRange(range));
  const common = webhooksEnvironment(environment, [
    ...(keyId === '' ? ['WEBHOOK_KEY_ID must be set, got nothing'] : []),
    ...wrong.map((range) => `WEBHOOK_REFUSED_NETWORKS must be ranges such as 10.0.0.0/16, got ${range}`),
    ...faults,
  ]);
  return { ...common, keyId, refusedHosts, refusedNetworks, allowLoopback };
}

const listOf = (list = ''): readonly string[] => list.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));

function isRange(range: string): boolean {
  const [address, prefix, ...rest] = range.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(prefix ?? '')) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}
