import { PROBLEMS } from 'plinth-runtime';
import type { GatewayServer } from './server';

/** Routes that may outlive the drain; shorter ones are simply finished. */
const LONG_ROUTE_MS = 30_000;
const LOOK_EVERY_MS = 20;

export interface DrainTimes {
  readonly graceMs: number;
  readonly timeoutMs: number;
}

/** What was still open when the time was up. */
export interface DrainResult {
  readonly cut: number;
}

/**
 * Empties a gateway: unready at once; serving, but closing connections, for the grace; then no new connections, WebSockets and
 * event streams sent elsewhere, what waits on long routes sent away a grace before the end, and the rest finished until the end.
 */
export async function drain(server: GatewayServer, { graceMs, timeoutMs }: DrainTimes): Promise<DrainResult> {
  const { state } = server;
  const endsAt = performance.now() + timeoutMs;
  state.draining = true;
  await delay(graceMs);
  const closed = server.close();
  for (const tunnel of state.tunnels) tunnel.restart();
  for (const exchange of state.exchanges.list()) if (exchange.isStream && !exchange.isUpgraded) exchange.res.end();
  const sendAway = setTimeout(() => sendAwayLong(server), Math.max(0, endsAt - graceMs - performance.now()));
  await Promise.race([closed, emptyOr(server, endsAt)]);
  clearTimeout(sendAway);
  const cut = state.exchanges.size;
  server.destroy();
  return { cut };
}

function sendAwayLong(server: GatewayServer): void {
  for (const exchange of server.state.exchanges.list()) {
    if (exchange.isWaiting && exchange.route.deadlineMs > LONG_ROUTE_MS) exchange.cut(PROBLEMS.draining);
  }
}

async function emptyOr(server: GatewayServer, endsAt: number): Promise<void> {
  const { exchanges, tunnels } = server.state;
  while (performance.now() < endsAt && exchanges.size + tunnels.size > 0) await delay(LOOK_EVERY_MS);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
