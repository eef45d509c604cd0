import type { KeySealer } from '../../signing/envelope-sealer';
import { keyId } from '../../signing/jwks';
import { generateKeyPair } from '../../signing/key-pair';
import { generateSecret } from '../../signing/secrets';
import type { Endpoint, SealedKey } from '../endpoint';
import { headersContext, sealContext } from '../webhook-ports';
import type { CustomHeaders } from './endpoint-draft';

type Owner = Pick<Endpoint, 'id' | 'tenantId'>;

/** A secret as its owner may see it. */
export interface RevealedSecret {
  readonly kid: string;
  readonly secret: string;
  readonly createdAt: number;
  /** It signs no more from then on. */
  readonly notAfter?: number;
}

export const isLive = ({ notAfter = Number.POSITIVE_INFINITY }: Pick<SealedKey, 'notAfter'>, now: number): boolean => now < notAfter;

/** Makes, seals and opens what an endpoint signs with and sends along. */
export class EndpointKeys {
  constructor(
    private readonly sealer: KeySealer,
    private readonly newKeyId: () => string,
  ) {}

  /** A secret and a key pair. */
  async first(owner: Owner, secret: string, now: number): Promise<readonly SealedKey[]> {
    const pair = generateKeyPair();
    const sealed = await this.seal(owner, pair.privateKey);
    const { publicKey } = pair;
    return [await this.secret(owner, secret, now), { kid: keyId(publicKey), version: 'v1a', sealed, publicKey, createdAt: now }];
  }

  async secret(owner: Owner, secret: string = generateSecret(), now: number): Promise<SealedKey> {
    return { kid: this.newKeyId(), version: 'v1', sealed: await this.seal(owner, secret), createdAt: now };
  }

  /** The secrets that sign, newest first. */
  reveal(endpoint: Endpoint, now: number): Promise<RevealedSecret[]> {
    const live = endpoint.keys.filter((key) => key.version === 'v1' && isLive(key, now));
    return Promise.all(
      live.map(async ({ kid, sealed, createdAt, notAfter }) => {
        const secret = (await this.sealer.open(sealed, sealContext(endpoint.tenantId, endpoint.id))).toString('utf8');
        return { kid, secret, createdAt, notAfter };
      }),
    );
  }

  async headers({ tenantId, id }: Owner, headers: CustomHeaders = {}): Promise<Pick<Endpoint, 'headerNames' | 'sealedHeaders'>> {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const headerNames = Object.keys(lower);
    if (headerNames.length === 0) return { headerNames, sealedHeaders: undefined };
    return { headerNames, sealedHeaders: await this.sealer.seal(Buffer.from(JSON.stringify(lower)), headersContext(tenantId, id)) };
  }

  private seal({ tenantId, id }: Owner, text: string): Promise<string> {
    return this.sealer.seal(Buffer.from(text), sealContext(tenantId, id));
  }
}

/** The keys with a new secret before them; the others sign until the overlap is over. */
export function rotated(keys: readonly SealedKey[], fresh: SealedKey, overlapMs: number, now: number): readonly SealedKey[] {
  const ends = now + overlapMs;
  const others = keys
    .map((key) => (key.version === 'v1' ? { ...key, notAfter: Math.min(key.notAfter ?? ends, ends) } : key))
    .filter((key) => isLive(key, now));
  return [fresh, ...others];
}
