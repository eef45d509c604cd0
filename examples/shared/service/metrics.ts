import { createServer, type Server } from 'node:http';
import { Histogram, type Registry } from 'prom-client';
import type { Answered } from '../http/listener';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30];

/** Counts what is answered, by operation and status; the service's name begins the metric's. */
export function requestMetrics(registry: Registry, service: string): (request: Answered) => void {
  const registers = [registry];
  const durations = new Histogram({
    name: `${service}_request_duration_seconds`,
    help: 'From the headers of a request to its answer',
    labelNames: ['operation', 'method', 'status'],
    buckets: SECONDS,
    registers,
  });
  return ({ operation, method, status, durationMs }) => durations.observe({ operation, method: known(method), status }, durationMs / 1000);
}

/** Serves the metrics to Prometheus. On loopback: they are for what runs in the same task. */
export function metricsServer(registry: Registry): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}

/** A client may send any word as a method; each would be a time series of its own. */
function known(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other';
}
