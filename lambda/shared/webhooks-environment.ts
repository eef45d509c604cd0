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

/** Whether webhooks may go to this machine, as WEBHOOK_ALLOW_LOOPBACK says it (a local run alone does), and what is wrong with it. */
export function loopbackFlag({ WEBHOOK_ALLOW_LOOPBACK: given = 'false' }: NodeJS.ProcessEnv): {
  readonly allowLoopback: boolean;
  readonly faults: readonly string[];
} {
  const faults = ['true', 'false'].includes(given)
    ? []
    : [`WEBHOOK_ALLOW_LOOPBACK must be true or false, got ${given || 'nothing'}; leave it out`];
  return { allowLoopback: given === 'true', faults };
}
