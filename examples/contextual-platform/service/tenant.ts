import type { Call } from '../../shared/http/call';
import { RequestProblem } from '../../shared/http/problems';
import { TENANT_MISSING } from './problems';

const TENANT = /^[!-~]{1,128}$/;

/** Whose request it is: whom the gateway knows by the key. It drops what a client sends under that name. */
export function tenantOf({ headers }: Pick<Call, 'headers'>): string {
  const told = headers['plinth-tenant-id'];
  if (typeof told === 'string' && TENANT.test(told)) return told;
  throw new RequestProblem(
    TENANT_MISSING,
    'the gateway must name the tenant in plinth-tenant-id, got none; send the request with an API key',
  );
}
