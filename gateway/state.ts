import { type AccessEntry, HexIds, type Logger, RouteTable } from 'plinth-runtime';
import type { Access } from './access';
import { AppConnections } from './app-connections';
import type { GatewayConfig } from './config';
import { Exchanges } from './exchanges';
import type { PlatformApi } from './platform-api';
import type { Tunnel } from './tunnel';
import type { PassedBytes } from './young-generation';

/** The times the gateway allows besides the routes' deadlines. */
export interface Timeouts {
  /** For the request line and the headers, and for the TLS handshake. */
  readonly headersMs: number;
  /** How often slow connections are looked for. */
  readonly checkMs: number;
  /** For what a refused client still sends, so that it can read the refusal. */
  readonly lingerMs: number;
  readonly liveMs: number;
  readonly readyMs: number;
}

export const TIMEOUTS: Timeouts = { headersMs: 10_000, checkMs: 1_000, lingerMs: 1_000, liveMs: 2_000, readyMs: 4_000 };

/** At about 60 KB a TLS connection, half of the container's 512 MB. */
export const MAX_CONNECTIONS = 4_096;

/** What all requests of one gateway share. */
export interface GatewayState {
  readonly config: GatewayConfig;
  readonly routes: RouteTable;
  readonly timeouts: Timeouts;
  readonly connections: AppConnections;
  readonly ids: HexIds;
  readonly logger: Logger;
  readonly record: (entry: AccessEntry) => void;
  /** Told of the bytes of bodies that pass. */
  readonly passed: PassedBytes;
  readonly exchanges: Exchanges;
  readonly tunnels: Set<Tunnel>;
  /** None: everybody may call everything. */
  readonly access?: Access;
  /** None: every route is the app's. */
  readonly platformApi?: PlatformApi;
  draining: boolean;
}

export type StateOptions = Pick<GatewayState, 'config' | 'logger' | 'record'> & {
  readonly timeouts?: Partial<Timeouts>;
  readonly passed?: PassedBytes;
  readonly access?: Access;
  readonly platformApi?: PlatformApi;
};

export function makeState({ config, logger, record, timeouts, passed = () => {}, access, platformApi }: StateOptions): GatewayState {
  return {
    config,
    logger,
    record,
    passed,
    access,
    platformApi,
    routes: new RouteTable(config.routes),
    timeouts: { ...TIMEOUTS, ...timeouts },
    connections: new AppConnections(config.app.port),
    ids: new HexIds(),
    exchanges: new Exchanges(),
    tunnels: new Set(),
    draining: false,
  };
}
