import type { JobScaling } from '../jobs/job-scaling';

/**
 * The webhooks of a platform.
 *
 * @example
 * import { JobScaling, type WebhookOptions } from 'plinth';
 *
 * const webhooks: WebhookOptions = { scaling: JobScaling.onDemand(20) };
 */
export interface WebhookOptions {
  /**
   * How many senders there may be, each with up to 10 deliveries at once.
   * @default JobScaling.onDemand(5)
   */
  readonly scaling?: JobScaling;

  /**
   * Names that no endpoint may have, besides the platform's own: webhooks to them would go round in circles.
   * @default - the platform's own alone
   */
  readonly refusedHosts?: string[];

  /**
   * Whether deliveries come from addresses that never change, which receivers can let through: a way out of their own, about 75 USD a
   * month, and two Elastic IPs.
   * @default false
   */
  readonly fixedAddresses?: boolean;
}
