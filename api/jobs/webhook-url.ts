import { UrlRules } from 'plinth-runtime/safe-fetch';
import { type FieldFault, shown } from '../shared/problem';

const FIELD = 'webhook_url';

/** What the platform posts to unless it is told otherwise. */
const publicUrls = new UrlRules();

/** What is wrong with a webhook's URL as it is written. Where its name leads is looked at when something is sent there. */
export function webhookUrlFault(given: unknown, rules: UrlRules = publicUrls): FieldFault | undefined {
  if (typeof given !== 'string') return { field: FIELD, given: shown(given), allowed: rules.allowed };
  const fault = rules.fault(given);
  return fault && { field: FIELD, ...fault };
}
