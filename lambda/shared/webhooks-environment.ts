export interface WebhooksEnvironment {
  readonly tableName: string;
  readonly fanOutQueueUrl: string;
  readonly deliverQueueUrl: string;
  readonly quarantineQueueUrl: string;
}

/** What the functions of webhooks are configured with; every fault is named in one error. */
export class WebhooksEnvironmentError extends Error {
  readonly code = 'webhooks-environment';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
    this.name = 'WebhooksEnvironmentError';
  }
}

/** Reads WEBHOOK_TABLE and the URLs of the three queues. `more` are further faults, told together with these. */
export function webhooksEnvironment(environment: NodeJS.ProcessEnv, more: readonly string[] = []): WebhooksEnvironment {
  const faults: string[] = [];
  const required = (name: string): string => {
    const value = environment[name] ?? '';
    if (value === '') faults.push(`${name} must be set, got nothing`);
    return value;
  };
  const read = {
    tableName: required('WEBHOOK_TABLE'),
    fanOutQueueUrl: required('WEBHOOK_FANOUT_QUEUE_URL'),
    deliverQueueUrl: required('WEBHOOK_DELIVER_QUEUE_URL'),
    quarantineQueueUrl: required('WEBHOOK_QUARANTINE_QUEUE_URL'),
  };
  faults.push(...more);
  if (faults.length > 0) throw new WebhooksEnvironmentError(faults);
  return read;
}
