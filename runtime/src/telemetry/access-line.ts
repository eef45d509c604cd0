/** One finished request, as the access log tells it. */
export interface AccessEntry {
  readonly now: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly method: string;
  /** Without its query, which may hold secrets. */
  readonly path: string;
  readonly routeClass: string;
  readonly status: number;
  /** From the request's headers to the end of the exchange. */
  readonly durationMs: number;
  /** What the metric counts: like the duration, but to the response's headers where the answer is a stream without end. */
  readonly latencyMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly clientIp: string;
  readonly userAgent: string | undefined;
  readonly outcome: string;
  /** Whether the server failed the caller: a 5xx, or an answer cut short. */
  readonly failed: boolean;
  /** Whether the line feeds the metrics; health checks and unreadable requests do not. */
  readonly measured: boolean;
  /** Whose key it was, once it was found good. */
  readonly keyId?: string;
  readonly tenantId?: string;
  /** A key was presented that opens nothing: counted apart, for an alarm. */
  readonly failedKey?: boolean;
}

const MAX_PATH = 1024;
const MAX_AGENT = 256;
const MAX_ADDRESS = 64;
const METRICS = JSON.stringify([
  {
    Namespace: 'plinth',
    Dimensions: [['Service', 'RouteClass']],
    Metrics: [
      { Name: 'Latency', Unit: 'Milliseconds' },
      { Name: 'Requests', Unit: 'Count' },
      { Name: 'ServerErrors', Unit: 'Count' },
    ],
  },
]);

// The whole service's: who tries keys does not keep to a class of routes.
const FAILED_KEY = JSON.stringify({ Namespace: 'plinth', Dimensions: [['Service']], Metrics: [{ Name: 'FailedKeys', Unit: 'Count' }] });

/** Builds access log lines: one JSON object each, an EMF record at the same time. */
export class AccessLines {
  private readonly service: string;
  private second = Number.NaN;
  private secondText = '';

  constructor(service: string) {
    this.service = JSON.stringify(service);
  }

  // Written by hand: JSON.stringify of the whole record was the dearest call of a proxied request. Ids, methods, classes and
  // outcomes are our own or held to safe characters; what a client may choose freely is quoted.
  of(entry: AccessEntry): string {
    const agent = entry.userAgent === undefined ? '' : `,"userAgent":${JSON.stringify(entry.userAgent.slice(0, MAX_AGENT))}`;
    const line =
      `{"time":"${this.timeOf(entry.now)}","level":"${entry.failed ? 'ERROR' : 'INFO'}","type":"access","service":${this.service}` +
      `,"requestId":"${entry.requestId}","traceId":"${entry.traceId}","method":"${entry.method}"` +
      `,"path":${JSON.stringify(entry.path.slice(0, MAX_PATH))},"routeClass":"${entry.routeClass}","status":${entry.status}` +
      `,"durationMs":${rounded(entry.durationMs)},"requestBytes":${entry.requestBytes},"responseBytes":${entry.responseBytes}` +
      `,"clientIp":${JSON.stringify(entry.clientIp.slice(0, MAX_ADDRESS))}${agent},"outcome":"${entry.outcome}"${caller(entry)}`;
    if (entry.failedKey)
      return `${line},"Service":${this.service},"FailedKeys":1,"_aws":{"Timestamp":${entry.now},"CloudWatchMetrics":[${FAILED_KEY}]}}\n`;
    if (!entry.measured) return `${line}}\n`;
    return (
      `${line},"Service":${this.service},"RouteClass":"${entry.routeClass}","Latency":${rounded(entry.latencyMs)},"Requests":1` +
      `,"ServerErrors":${entry.failed ? 1 : 0},"_aws":{"Timestamp":${entry.now},"CloudWatchMetrics":${METRICS}}}\n`
    );
  }

  private timeOf(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.second = second;
      this.secondText = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${this.secondText}${String(now % 1000).padStart(3, '0')}Z`;
  }
}

function caller({ keyId, tenantId }: AccessEntry): string {
  return keyId === undefined ? '' : `,"keyId":${JSON.stringify(keyId)},"tenant":${JSON.stringify(tenantId)}`;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
