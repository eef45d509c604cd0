import type { WebhookEvent } from 'plinth-runtime/webhooks';

type Line = { readonly event: string } & Record<string, unknown>;

/** What is worth a line and by what name: alarms count some of these. Nothing of what was sent or answered is among their fields. */
export function webhookLine(event: WebhookEvent): Line | undefined {
  switch (event.type) {
    case 'attempt': {
      const { attempt, type: _type, ...of } = event;
      const { number, trigger, outcome, failure, status, latencyMs } = attempt;
      // Its outcome is unknown to ourselves, as it was cut off: counted like those that another finds.
      const interrupted = outcome === 'unknown' ? 1 : 0;
      return { event: 'webhook-attempt', ...of, attempt: number, trigger, outcome, failure, status, latencyMs, interrupted };
    }
    case 'unknown-attempt': {
      const { type: _type, ...of } = event;
      return { event: 'webhook-interrupted', ...of, interrupted: 1 };
    }
    case 'opened':
    case 'closed':
    case 'disabled':
    case 'clock-skew':
    case 'tls':
    case 'failed':
    case 'expired': {
      const { type, ...of } = event;
      return { event: LINES[type], ...of };
    }
    case 'left':
      return { event: 'webhook-left', what: event.what, id: event.id, reason: String(event.error) };
    default:
      return undefined;
  }
}

const LINES = {
  opened: 'webhook-opened',
  closed: 'webhook-closed',
  disabled: 'webhook-disabled',
  'clock-skew': 'webhook-clock-skew',
  tls: 'webhook-tls',
  failed: 'webhook-failed',
  expired: 'webhook-expired',
} as const;

const WARNINGS: readonly WebhookEvent['type'][] = ['unknown-attempt', 'opened', 'disabled', 'clock-skew', 'tls', 'failed', 'left'];

/** Writes an event into the function's log. */
export function logWebhookEvent(event: WebhookEvent): void {
  const line = webhookLine(event);
  if (!line) return;
  if (WARNINGS.includes(event.type)) console.warn(line);
  else console.info(line);
}
