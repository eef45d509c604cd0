import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ApiKeyStore, type IApiKeyStore } from './api-key-store';

/**
 * Which requests need an API key, and what the app is told.
 *
 * @example
 * import type { ApiKeyOptions } from 'plinth';
 *
 * const access: ApiKeyOptions = { publicPaths: ['/api/openapi.json', '/public/*'] };
 */
export interface ApiKeyOptions {
  /**
   * Paths that need no key, exact or a prefix that ends in `/*`; health never needs one. The paths of a deployment's test traffic must be
   * among them, or be health.
   * @default - none
   */
  readonly publicPaths?: string[];

  /**
   * Whether the app is given the key as well, beside tenant, key id, scopes and tier.
   * @default false
   */
  readonly forwardKey?: boolean;
}

/**
 * API keys of a service.
 *
 * @example
 * import { ApiKeyStore, type ApiKeysProps } from 'plinth';
 *
 * const props: ApiKeysProps = { store: new ApiKeyStore(stack, 'KeyStore'), publicPaths: ['/api/openapi.json'] };
 */
export interface ApiKeysProps extends ApiKeyOptions {
  /**
   * Where the keys are kept.
   * @default - a store of its own, which outlives its stack
   */
  readonly store?: IApiKeyStore;
}

const PUBLIC_PATH = /^\/(?:[\w\-./]*|[\w\-./]*\/\*)$/;
/** What the gateway answers itself. */
const HEALTH = ['/api/health/live', '/api/health/ready'];

/**
 * Asks for an API key before everything but health and the public paths.
 *
 * Guarantees that no request without a good key reaches the app, that a revoked key opens nothing after 60 seconds, that an address has
 * 20 failed keys a minute, and that while the store is away known keys go on for 15 minutes and unknown ones are refused. Creates a
 * store, unless it is given one.
 *
 * @example
 * import { ApiKeys, ApiService, Network, ServiceImage } from 'plinth';
 *
 * new ApiService(stack, 'Api', {
 *   vpc: new Network(stack, 'Network').vpc,
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   access: new ApiKeys(stack, 'Keys', { publicPaths: ['/api/openapi.json'] }),
 * });
 */
export class ApiKeys extends Construct {
  /** Where the keys are kept. */
  readonly store: IApiKeyStore;

  /** The paths that need no key. */
  readonly publicPaths: string[];

  private readonly forwardKey: boolean;

  constructor(scope: Construct, id: string, props: ApiKeysProps = {}) {
    super(scope, id);
    const { publicPaths = [], forwardKey = false } = props;
    const fault = publicPaths.find((path) => !PUBLIC_PATH.test(path));
    if (fault !== undefined) {
      throw new Error(
        `${this.node.path}: publicPaths must be absolute paths or prefixes that end in /*, got ${fault}; write it as /public/*`,
      );
    }
    this.publicPaths = publicPaths;
    this.forwardKey = forwardKey;
    this.store = props.store ?? new ApiKeyStore(this, 'Store');
  }

  /** @internal */
  _isPublic(path: string): boolean {
    const [plain] = path.split('?', 1);
    return [...HEALTH, ...this.publicPaths].some((open) => (open.endsWith('/*') ? plain.startsWith(open.slice(0, -1)) : plain === open));
  }

  /**
   * What the gateway is told.
   * @internal
   */
  _gatewayConfiguration() {
    const { table } = this.store;
    const { region } = Stack.of(this.store);
    return { table: table.tableName, region, publicPaths: this.publicPaths, forwardKey: this.forwardKey };
  }

  /** @internal */
  _grant(role: iam.IRole): void {
    this.store.grantAuthenticate(role);
  }
}
